import assert from "node:assert/strict";
import { draftOf, dropDraft, hasDraft, keepDraft } from "./drafts.ts";

Deno.test("keepDraft() keeps what is typed, with what was saved when it began", () => {
  keepDraft("a-1", "limp", "");
  keepDraft("a-1", "limping", "seen by the other device meanwhile");
  assert.deepEqual(draftOf("a-1"), { text: "limping", base: "" });
  assert.ok(hasDraft("a-1"));
  assert.ok(!hasDraft("a-12"));
  dropDraft("a-1");
  assert.ok(!hasDraft("a-1"));
});

Deno.test("keepDraft() of what is saved already keeps nothing", () => {
  keepDraft("a-2", "limping", "limp");
  keepDraft("a-2", "limp", "limp");
  assert.equal(draftOf("a-2"), undefined);
  assert.ok(!hasDraft("a-2"));
});
