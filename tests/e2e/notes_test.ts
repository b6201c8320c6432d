import assert from "node:assert/strict";
import type { NoteField, NoteValue } from "../../field/notes.ts";
import type { NotedObservation } from "../../field/observation.ts";
import {
  assertVerifies,
  click,
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
import type { WatchedPage } from "./watched_page.ts";

const COMMENT = "Limping, hind leg 🦊 والثعلب يعرج";

endToEnd("what a person says of an observation is kept, found and shown to all", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using page = await openApp(await browser.newContext(), hub.url);
  await page.page.evaluate(() => globalThis.fieldmesh.setKeepFrames(true));
  await record(page, 2);
  const [newest] = await observations(page);
  await click(page, "link", "Log");
  await openNewest(page);

  await retype(page, "input[list]", "red fox");
  await click(page, "button", "Correct");
  await untilNoted(page, newest.id, ({ notes }) => notes?.class === "red fox");
  await untilShown(page, /The model said/); // what is saved moves what lies below it once it is shown
  await page.page.locator(".labels input").fill("juvenile");
  await click(page, "button", "Add");
  await untilNoted(page, newest.id, ({ notes }) => notes?.labels[0] === "juvenile");
  await page.page.waitForSelector(".labels .tag");
  await click(page, "button", "Star");
  await untilNoted(page, newest.id, ({ notes }) => notes?.star === true);
  await page.page.locator(".note-comment textarea").fill(COMMENT);
  await click(page, "button", "Close");
  await untilShown(page, /comment not saved yet/);
  await openNewest(page);
  await click(page, "button", "Save the comment");
  await untilNoted(page, newest.id, ({ notes }) => notes?.comment === COMMENT);
  await click(page, "button", "Whole frame");
  await page.page.waitForSelector(".whole-frame .box");
  await click(page, "button", "Close");

  await reloadApp(page);
  await untilShown(page, /Red fox/);
  await page.page.locator("input[type=search]").fill("juv red");
  await untilShown(page, /1 observation found/);
  await openNewest(page);
  await click(page, "button", "Star");
  await untilNoted(page, newest.id, ({ notes }) => notes?.star === false);
  await page.waitFor("the star to go", isStarred, (starred) => starred === "false");
  await click(page, "button", "Close");
  await page.page.locator("input[type=search]").fill("zebra");
  await untilShown(page, /Nothing found/);
  await click(page, "button", "Show all");
  await untilShown(page, /2 observations on this device/);
  await assertVerifies(page);
});

endToEnd("notes of two devices merge field by field, and tell whose they are", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using one = await openApp(await browser.newContext(), hub.url);
  await one.page.evaluate(() => globalThis.fieldmesh.rename("Gate phone"));
  const { link } = await one.page.evaluate(() => globalThis.fieldmesh.invite());
  await using other = await openApp(await browser.newContext(), link);
  await click(other, "button", "Join and share");
  await untilShown(other, /This device is in the crew/);
  await click(other, "button", "Done");
  await record(one, 1);
  const [{ id }] = await observations(one);
  const { total } = await status(one);
  await waitForStatus(other, "the observation", (now) => now.total === total);

  await radio(one, false);
  await radio(other, false);
  await note(one, id, "class", "red fox");
  await note(one, id, "label/juvenile", true);
  await note(one, id, "comment", "by the gate");
  await note(other, id, "label/limping", true);
  await note(other, id, "star", true);
  await note(other, id, "comment", "on the ridge");
  await radio(one, true);
  await radio(other, true);

  for (const page of [one, other]) {
    const { notes } = await untilNoted(
      page,
      id,
      ({ notes }) => notes?.labels.length === 2 && notes.star && notes.class === "red fox",
    );
    assert.deepEqual(notes?.labels, ["juvenile", "limping"]);
  }
  const comments = await Promise.all(
    [one, other].map(async (page) => (await notedOn(page, id))?.notes?.comment),
  );
  assert.equal(comments[0], comments[1], "of two comments all devices show the same");

  await click(other, "link", "Log");
  await openNewest(other);
  await other.page.locator(".history summary").click();
  await untilShown(other, /Said it is “red fox”\s+Gate phone/);
  await untilShown(other, /Wrote “by the gate”\s+Gate phone/);
  await untilShown(other, /Wrote “on the ridge”\s+This device/);
});

endToEnd("a removed device is told so, and comes back by a new invite", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using one = await openApp(await browser.newContext(), hub.url);
  const { link } = await one.page.evaluate(() => globalThis.fieldmesh.invite());
  await using other = await openApp(await browser.newContext(), link);
  await click(other, "button", "Join and share");
  await untilShown(other, /This device is in the crew/);
  await click(other, "button", "Done");
  const { device } = await status(other);
  await waitForStatus(one, "the member", ({ peers }) => peers.some(({ connected }) => connected));

  await one.page.evaluate((id) => globalThis.fieldmesh.removeMember(id), device.id);
  await untilShown(other, /The crew takes nothing from this device any more/);
  await record(other, 1);
  assert.equal((await status(one)).total, 0);

  const again = await one.page.evaluate(() => globalThis.fieldmesh.invite());
  await click(other, "button", "Join again …");
  await other.page.locator("#invite-text").fill(again.link);
  await click(other, "button", "Join and share");
  await untilShown(other, /This device is in the crew/);
  const { saved } = await status(other);
  await waitForStatus(one, "what it recorded meanwhile", ({ total }) => total === saved);
  await waitForStatus(other, "no word of a removal", ({ crew }) => crew?.removedBy === undefined);
});

/** Watches the demo until so many observations of this device are saved and none is open. */
async function record(page: WatchedPage, least: number): Promise<void> {
  await startDemo(page);
  await untilSaved(page, least);
  await stop(page);
  await waitForStatus(page, "everything on disk", ({ pending }) => pending === 0);
}

async function openNewest({ page }: WatchedPage): Promise<void> {
  await page.locator(".log-row button").click();
  await page.waitForSelector("dialog:modal .notes");
}

/** As a user does: a field that is drawn anew meanwhile keeps only what came in by typing. */
async function retype({ page }: WatchedPage, selector: string, words: string): Promise<void> {
  await page.locator(selector).click({ count: 3 });
  await page.keyboard.type(words);
}

/** Resolves with the observation when it holds here. */
async function untilNoted(
  page: WatchedPage,
  id: string,
  holds: (noted: NotedObservation) => boolean | undefined,
): Promise<NotedObservation> {
  const found = await page.waitFor(
    "the notes to be saved",
    () => globalThis.fieldmesh.observations({ limit: 500 }),
    (all) => all.some((one) => one.id === id && holds(one)),
  );
  const noted = found.find((one) => one.id === id);
  assert.ok(noted);
  return noted;
}

function notedOn({ page }: WatchedPage, id: string): Promise<NotedObservation | null> {
  return page.evaluate((id) => globalThis.fieldmesh.observation(id), id);
}

function note(
  { page }: WatchedPage,
  observation: string,
  field: NoteField,
  value: NoteValue,
): Promise<void> {
  return page.evaluate(
    (observation, field, value) =>
      globalThis.fieldmesh.note(
        { observation, field, value } as Parameters<
          typeof globalThis.fieldmesh.note
        >[0],
      ),
    observation,
    field,
    value,
  );
}

async function radio(page: WatchedPage, on: boolean): Promise<void> {
  await page.page.evaluate((on) => globalThis.fieldmesh.setRadio(on), on);
  await waitForStatus(
    page,
    on ? "a connected peer" : "no connected peer",
    ({ peers }) => on || peers.every(({ connected }) => !connected),
  );
}

function isStarred(): string | null | undefined {
  return document.querySelector(".marks button")?.getAttribute("aria-pressed");
}
