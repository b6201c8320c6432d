import assert from "node:assert/strict";
import { inviteInHash, opensElsewhere } from "./crew_words.ts";

Deno.test("opensElsewhere() knows addresses that mean this computer only", () => {
  assert.equal(opensElsewhere("http://localhost:8000/crew#join=a"), false);
  assert.equal(opensElsewhere("http://127.0.0.1:8000/crew"), false);
  assert.equal(opensElsewhere("http://[::1]:8000/crew"), false);
  assert.equal(opensElsewhere("https://192.168.1.4:8443/crew"), true);
});

Deno.test("inviteInHash() finds the code behind join", () => {
  assert.equal(inviteInHash("#join=abc_-9"), "abc_-9");
  assert.equal(inviteInHash("#main"), null);
  assert.equal(inviteInHash("#join="), null);
  assert.equal(inviteInHash(""), null);
});
