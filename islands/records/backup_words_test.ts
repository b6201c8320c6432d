import assert from "node:assert/strict";
import type { RestoreReport, Status } from "../../field/messages.ts";
import { makeFormats } from "../format.ts";
import { backupOutcome, mayRestoreIdentity } from "./backup_words.ts";

const formats = makeFormats({ locale: "en-GB", timeZone: "UTC" });
const WHOLE: RestoreReport = {
  bytes: 1e6,
  added: 1310,
  known: 0,
  refused: 0,
  media: 412,
  faults: [],
  moreFaults: 0,
  whole: true,
};

Deno.test("backupOutcome() is good only when all of it came and verifies", () => {
  assert.deepEqual(backupOutcome(WHOLE, false, formats), {
    tone: "good",
    title: "All of the backup is here, and it verifies",
    lines: ["1,310 new entries, 412 pictures."],
  });
  for (const part of [{ whole: false }, { refused: 1 }, { faults: ["x"] }]) {
    assert.equal(backupOutcome({ ...WHOLE, ...part }, false, formats).tone, "problem");
  }
});

Deno.test("backupOutcome() says what was not taken, what was here, and that the end is missing", () => {
  const report = { ...WHOLE, added: 1, known: 3, refused: 2, media: 0, whole: false };
  assert.deepEqual(backupOutcome(report, false, formats).lines, [
    "1 new entry, 3 were here already.",
    "2 did not verify and were not taken.",
    "The file is damaged, or its end is missing. What verifies was taken.",
  ]);
});

Deno.test("backupOutcome() of a stopped restore blames nobody and tells how to go on", () => {
  const { tone, lines } = backupOutcome({ ...WHOLE, whole: false }, true, formats);
  assert.equal(tone, "info");
  assert.match(lines.at(-1) ?? "", /same file again/);
});

Deno.test("mayRestoreIdentity() is true for a device that has written nothing, and no other", () => {
  const blank: Status = {
    device: { id: "aa", name: "Phone" },
    boot: "b",
    version: "1",
    source: null,
    saved: 0,
    pending: 0,
    total: 40,
    missingMedia: 0,
    engine: { name: "e", model: "m", state: "ready", p50Ms: null, fps: 0 },
    crew: null,
    peers: [],
    storage: { usedBytes: 0, quotaBytes: 0, persistent: false },
  };
  assert.equal(mayRestoreIdentity(blank), true);
  assert.equal(mayRestoreIdentity({ ...blank, joining: null }), true);
  for (
    const written of [
      { saved: 1 },
      { pending: 1 },
      { crew: { id: "aa", role: "admin", members: 1 } },
      { joining: { inviter: "bb", expires: 1 } },
      { unconfirmed: true },
    ] satisfies Partial<Status>[]
  ) {
    assert.equal(mayRestoreIdentity({ ...blank, ...written }), false, JSON.stringify(written));
  }
});
