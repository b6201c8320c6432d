import assert from "node:assert/strict";
import { parseSource, sourceWord, startWish } from "./source_choice.ts";

Deno.test("parseSource() remembers the demo and falls back to the camera", () => {
  assert.equal(parseSource("demo"), "demo");
  assert.equal(parseSource("camera"), "camera");
  assert.equal(parseSource("file"), "camera");
  assert.equal(parseSource(null), "camera");
});

Deno.test("startWish() reads known wishes only", () => {
  assert.equal(startWish("?start=demo"), "demo");
  assert.equal(startWish("?x=1&start=last"), "last");
  assert.equal(startWish("?start=everything"), null);
  assert.equal(startWish(""), null);
});

Deno.test("sourceWord() names a file by its name", () => {
  assert.equal(sourceWord("demo"), "Demo");
  assert.equal(sourceWord(new File([], "gate.mp4")), "gate.mp4");
});
