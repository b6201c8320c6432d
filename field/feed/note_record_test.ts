import assert from "node:assert/strict";
import fc from "fast-check";
import { bytesOf } from "../../tests/fixtures/devices.ts";
import { encodeCbor } from "../cbor.ts";
import { type CountedEdit, MOST_COUNTER, noteRecord, parseNoteRecord } from "./note_record.ts";
import { MOST_COMMENT_LENGTH, type NoteField } from "../notes.ts";

const OBSERVATION = "0123456789ab-1z9";

const text = fc.string({ minLength: 1, maxLength: 40 }).filter((one) => one.trim().length > 0);
const label = text.map((one) => one.trim()).map((one): NoteField => `label/${one}`);
const anyEdit: fc.Arbitrary<CountedEdit> = fc.oneof(
  fc.tuple(fc.constantFrom<NoteField>("class", "comment"), fc.option(text, { nil: null })),
  fc.tuple(fc.oneof(fc.constantFrom<NoteField>("star", "wrong"), label), fc.boolean()),
).chain(([field, value]) =>
  fc.integer({ min: 1, max: MOST_COUNTER }).map((counter) => ({
    ...{ observation: OBSERVATION, field, value, counter },
  }))
);

Deno.test("parseNoteRecord() reads what noteRecord() wrote", () => {
  fc.assert(fc.property(anyEdit, (edit) => {
    const { key, value } = noteRecord(edit);
    assert.deepEqual(parseNoteRecord(key, value), edit);
  }));
});

Deno.test("parseNoteRecord() is null for what is no edit", () => {
  const { key, value } = noteRecord({
    ...{ observation: OBSERVATION, field: "comment", value: "x", counter: 1 },
  });
  assert.ok(parseNoteRecord(key, value));
  for (const other of ["", "comment", ` comment`, `${OBSERVATION} `, `${OBSERVATION}  comment`]) {
    assert.equal(parseNoteRecord(other, value), null, other);
  }
  const values: unknown[] = [
    ...[null, "x", [], [1, 1], [2, 1, "x"], [1, 0, "x"], [1, 1.5, "x"], [1, "1", "x"]],
    ...[[1, MOST_COUNTER + 1, "x"], [1, 1, true], [1, 1, 7], [1, 1, ""], [1, 1, "x", 0]],
    [1, 1, "x".repeat(MOST_COMMENT_LENGTH + 1)],
  ];
  for (const one of values) assert.equal(parseNoteRecord(key, encodeCbor(one)), null, String(one));
  assert.equal(parseNoteRecord(key, bytesOf("not cbor")), null);
});
