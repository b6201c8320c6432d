/** A hub that is a member of the crew: devices that are never there together share their records through it. */
import assert from "node:assert/strict";
import type { MemberStatus } from "../../hub/member_words.ts";
import { HubProcess } from "../fixtures/hub_process.ts";
import { TemporaryFolder } from "../temporary_folder.ts";
import { waitFor } from "../wait_for.ts";
import {
  assertVerifies,
  HUB_STOPPED,
  observations,
  openApp,
  startDemo,
  status,
  stop,
  untilSaved,
  waitForStatus,
} from "./app.ts";
import { openChromium } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";

const TAKEN_WITHIN_MS = 60_000;

endToEnd("a hub started with --hub-of brings together devices that never meet", async () => {
  await using files = await TemporaryFolder.make("hub-member");
  await using browser = await openChromium();
  let hub = await HubProcess.start(files.path, 0);
  try {
    const [ones, others] = [await browser.newContext(), await browser.newContext()];
    const expect = HUB_STOPPED;
    await using one = await openApp(ones, hub.url, { expect });
    const { link } = await one.page.evaluate(() => globalThis.fieldmesh.invite());
    const other = await openApp(others, hub.url, { expect });
    await other.page.evaluate((invite) => globalThis.fieldmesh.join(invite), link);

    const { port } = hub;
    const again = await one.page.evaluate(() => globalThis.fieldmesh.invite());
    await hub.stop();
    hub = await HubProcess.start(files.path, port, "--hub-of", again.link);
    await untilHub(hub, "in the crew", ({ state, members }) => state === "member" && members === 3);
    await waitForStatus(other, "a crew of three", ({ crew }) => crew?.members === 3);
    await other[Symbol.asyncDispose]();

    const { saved } = await status(one);
    await startDemo(one);
    await untilSaved(one, saved + 3);
    await stop(one);
    const made = await observations(one);
    const { media } = await one.page.evaluate(() => globalThis.fieldmesh.storage());
    assert.ok(media.here > 0, "no pictures were made");
    // while the end of a record is on its way, the hub may wait for nothing and lack a picture all the same
    await untilHub(
      hub,
      "all of them",
      ({ observations, pictures, picturesWaiting }) =>
        observations === made.length && pictures === media.here && picturesWaiting === 0,
    );
    await one[Symbol.asyncDispose]();

    // as a power cut would end it; the invite is not needed again
    await hub.kill();
    hub = await HubProcess.start(files.path, port);
    await using later = await openApp(others, hub.url, { expect });
    await waitForStatus(
      later,
      "all records and pictures",
      ({ total, missingMedia }) => total >= made.length && missingMedia === 0,
    );
    const ids = (await observations(later)).map(({ id }) => id).sort();
    assert.deepEqual(ids, made.map(({ id }) => id).sort());
    await assertVerifies(later);
    await hub.stop();
  } finally {
    await hub.kill();
  }
});

async function untilHub(
  hub: HubProcess,
  what: string,
  holds: (status: MemberStatus) => boolean,
): Promise<void> {
  const look = async () => await hub.member() as MemberStatus | null;
  const isSo = (member: MemberStatus | null) => member !== null && holds(member);
  await waitFor(`the hub to have ${what}`, look, isSo, { withinMs: TAKEN_WITHIN_MS });
}
