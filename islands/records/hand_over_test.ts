import assert from "node:assert/strict";
import type { ExportFormat } from "../../field/messages.ts";
import { makeFormats } from "../format.ts";
import { SHOW_ALL } from "../log/log_filter.ts";
import { isComplete, nounOf, PURPOSES, type SelectionFacts, selections } from "./hand_over.ts";

const formats = makeFormats({ locale: "en-GB", timeZone: "Europe/Berlin" });
const NOON = Date.UTC(2026, 10, 21, 11);
const MIDNIGHT = Date.UTC(2026, 10, 20, 23);
const YESTERDAY = Date.UTC(2026, 10, 20, 13, 2);

function choices(rest: Partial<SelectionFacts> = {}) {
  return selections({
    now: NOON,
    total: 1204,
    lastHandOver: null,
    shown: SHOW_ALL,
    shownWords: [],
    ...rest,
  }, formats);
}

Deno.test("selections() offers all and today always, the others when there is something to them", () => {
  assert.deepEqual(choices().map(({ which }) => which), ["all", "today"]);
  const full = choices({
    lastHandOver: { at: YESTERDAY, total: 3 },
    shown: { ...SHOW_ALL, starred: true },
  });
  assert.deepEqual(full.map(({ which }) => which), ["all", "today", "since", "log"]);
});

Deno.test("selections() asks for everything without a query, so that a new condition cannot leave out", () => {
  const [all] = choices();
  assert.equal(all.query, undefined);
  assert.equal(all.name, "All 1,204 observations");
  assert.equal(choices({ total: null })[0].name, "All observations");
});

Deno.test("selections() begins today at the user's midnight, that included", () => {
  const today = choices().find(({ which }) => which === "today");
  assert.deepEqual(today?.query, { since: MIDNIGHT - 1 });
});

Deno.test("selections() goes on from the last hand-over and says when that was", () => {
  const since = choices({ lastHandOver: { at: YESTERDAY, total: 3 } })[2];
  assert.deepEqual(since.query, { since: YESTERDAY });
  assert.equal(since.name, "Since the last hand-over: Yesterday, 14:02");
});

Deno.test("selections() hands over what the log shows, and names it", () => {
  const shown = { ...SHOW_ALL, text: " fox ", classes: ["cat"], starred: true };
  const asInLog = choices({ shown, shownWords: ["cat", "starred"] })[2];
  assert.deepEqual(asInLog.query, { text: "fox", classes: ["cat"], starred: true });
  assert.equal(asInLog.name, "As in the log: “fox”, cat, starred");
});

Deno.test("isComplete() is false where a later hand-over would leave out what this one did", () => {
  assert.deepEqual(
    (["all", "today", "since", "log"] as const).map(isComplete),
    [true, false, true, false],
  );
});

Deno.test("PURPOSES offers every format but the backup once", () => {
  const every: { readonly [F in Exclude<ExportFormat, "bundle">]: true } = {
    zip: true,
    "camtrap-dp": true,
    megadetector: true,
    coco: true,
    csv: true,
    geojson: true,
  };
  assert.deepEqual(PURPOSES.map(({ format }) => format).sort(), Object.keys(every).sort());
});

Deno.test("nounOf() names the file, and the bundle by its purpose", () => {
  assert.equal(nounOf("camtrap-dp"), "Camtrap DP package");
  assert.equal(nounOf("bundle"), "backup");
});
