import assert from "node:assert/strict";
import type { NoteField, NoteValue, StoredEdit } from "../../field/notes.ts";
import { makeFormats } from "../format.ts";
import { editedBy, editWords } from "./history_words.ts";

const formats = makeFormats({ locale: "en-GB", timeZone: "UTC" });
const NOW = Date.UTC(2026, 10, 21, 15);

function edit(field: NoteField, value: NoteValue): StoredEdit {
  const at = Date.UTC(2026, 10, 21, 14, 2) * 1024;
  return { observation: "o", field, value, counter: 1, by: "d", at };
}

Deno.test("editWords() says what an edit did", () => {
  const words: readonly (readonly [NoteField, NoteValue, string])[] = [
    ["class", "fox", "said it is “fox”"],
    ["class", null, "took the class back"],
    ["comment", "near the gate", "wrote “near the gate”"],
    ["comment", null, "took the comment away"],
    ["star", true, "gave it a star"],
    ["star", false, "took the star away"],
    ["wrong", true, "marked it as wrong"],
    ["wrong", false, "took “wrong” back"],
    ["label/juvenile", true, "added the label “juvenile”"],
    ["label/juvenile", false, "took the label “juvenile” away"],
  ];
  for (const [field, value, expected] of words) {
    assert.equal(editWords(edit(field, value)), expected);
  }
});

Deno.test("editWords() quotes the beginning of a long comment", () => {
  const words = editWords(edit("comment", "x".repeat(500)));
  assert.ok(words.length < 100 && words.endsWith("…”"));
});

Deno.test("editedBy() says who and when", () => {
  assert.equal(
    editedBy(edit("star", true), () => "Gate phone", formats, NOW),
    "Gate phone, 14:02",
  );
});
