import assert from "node:assert/strict";
import type { Observation, Status } from "../../field/messages.ts";
import { encodeTicket, parseTicket } from "../../field/invite.ts";
import {
  assertVerifies,
  click,
  HUB_STOPPED,
  observations,
  openApp,
  reloadApp,
  startDemo,
  status,
  stop,
  untilSaved,
  untilShown,
  waitForStatus,
} from "./app.ts";
import { openChromium } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { RunningHub } from "./hub.ts";
import { askWithoutInvite } from "./stranger.ts";
import type { WatchedPage } from "./watched_page.ts";

/** Since both were connected again. */
const SAME_WITHIN_MS = 5_000;
/** What a member may say before the other side has proved who it is. */
const BEFORE_PROOF = ["hello", "proof", "bye"];

endToEnd("two devices of a crew, cut and connected again, hold the same records", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using one = await openApp(await browser.newContext(), hub.url, { expect: HUB_STOPPED });
  const { link } = await one.page.evaluate(() => globalThis.fieldmesh.invite());
  await using other = await openApp(await browser.newContext(), link, { expect: HUB_STOPPED });
  await joinAsUser(other);
  await record(one);
  await assertSame(one, other);

  await hub.stop();
  for (const page of [one, other]) {
    await reloadApp(page);
    await record(page);
  }
  assert.notDeepEqual(await idsOn(one), await idsOn(other), "the devices were never cut");

  await hub.startAgain();
  await untilConnected(one);
  await untilConnected(other);
  await assertSame(one, other);
  await assertVerifies(one);
  await assertVerifies(other);
});

endToEnd("a device without an invite gets nothing, however it asks", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using member = await openApp(await browser.newContext(), hub.url);
  const { code } = await member.page.evaluate(() => globalThis.fieldmesh.invite());
  await record(member);
  await using stranger = await openApp(await browser.newContext(), hub.url, {
    expect: [/fieldmesh: (invite-refused|peer-refused)/],
  });

  const { device } = await status(member);
  const answers = await askWithoutInvite(stranger, device.id, await observations(member));
  assert.ok(answers.includes("hello"), "the member was never reached");
  assert.deepEqual(answers.filter((kind) => !BEFORE_PROOF.includes(kind)), []);

  await assert.rejects(
    stranger.page.evaluate((code) => globalThis.fieldmesh.join(code), withGuessedSecret(code)),
    /invite/i,
  );
  const { crew, total, peers } = await status(stranger);
  assert.deepEqual({ crew, total, peers }, { crew: null, total: 0, peers: [] });
  assert.deepEqual((await status(member)).peers, []);
});

/** As its user does after opening the invite's link. */
async function joinAsUser(page: WatchedPage): Promise<void> {
  await click(page, "button", "Join and share");
  await untilShown(page, /This device is in the crew/);
}

/** Watches the demo until something new of this device is saved. */
async function record(page: WatchedPage): Promise<void> {
  const { saved } = await status(page);
  await startDemo(page);
  await untilSaved(page, saved + 1);
  await stop(page);
}

function untilConnected(page: WatchedPage): Promise<Status> {
  const connected = ({ peers }: Status) => peers.some((peer) => peer.connected);
  return waitForStatus(page, "a connected peer", connected);
}

/** The same observations within the bound, each thumbnail on both devices. */
async function assertSame(one: WatchedPage, other: WatchedPage): Promise<void> {
  const deadline = performance.now() + SAME_WITHIN_MS;
  const wanted = new Set([...await idsOn(one), ...await idsOn(other)]);
  for (const page of [one, other]) {
    await page.waitFor(
      "all records and pictures",
      look,
      ({ total, missingMedia }) => total >= wanted.size && missingMedia === 0,
      {
        withinMs: Math.max(1, deadline - performance.now()),
      },
    );
  }
  assert.deepEqual(await idsOn(other), await idsOn(one));
  for (const page of [one, other]) {
    const lacking = await withoutThumbnail(page, await observations(page));
    assert.deepEqual(lacking, [], "thumbnails are missing");
  }
}

function look(): Promise<Status> {
  return globalThis.fieldmesh.status();
}

async function idsOn(page: WatchedPage): Promise<string[]> {
  return (await observations(page)).map(({ id }) => id).sort();
}

/** Ids of those whose thumbnail was never made or has not arrived. */
async function withoutThumbnail(
  { page }: WatchedPage,
  all: readonly Observation[],
): Promise<string[]> {
  const arrived = await page.evaluate(
    (thumbs) =>
      Promise.all(thumbs.map(async (hash) => await globalThis.fieldmesh.blob(hash) !== null)),
    all.flatMap(({ thumb }) => thumb ?? []),
  );
  const withThumb = all.filter(({ thumb }) => thumb !== undefined);
  const there = new Set(withThumb.filter((_, index) => arrived[index]));
  return all.filter((one) => !there.has(one)).map(({ id, thumb }) =>
    `${id}: ${thumb ?? "no picture"}`
  );
}

/** The invite as someone would forge it who knows all but its secret. */
function withGuessedSecret(code: string): string {
  const ticket = parseTicket(code);
  assert.ok(ticket);
  return encodeTicket({ ...ticket, secret: crypto.getRandomValues(new Uint8Array(16)) });
}
