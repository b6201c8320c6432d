import assert from "node:assert/strict";
import type { Media } from "../../field/media.ts";
import { pictureWords } from "./picture_state_words.ts";

const GATE = "9a".repeat(32);
const media = (state: Media["state"], copies: readonly string[] = []): Media => ({
  hash: "00",
  type: "image/jpeg",
  size: 0,
  at: 0,
  state,
  copies,
});

Deno.test("pictureWords() says nothing of a picture that is here or being fetched", () => {
  assert.equal(pictureWords({ state: "waiting" }, "picture", null), "");
  assert.equal(pictureWords({ state: "here", url: "blob:1" }, "picture", null), "");
});

Deno.test("pictureWords() tells what was removed from what is on its way, and who has it", () => {
  assert.equal(
    pictureWords({ state: "missing", media: media("wanted") }, "picture", null),
    "The picture is not here yet. It comes with the next sync.",
  );
  assert.equal(
    pictureWords({ state: "missing", media: media("thinned", [GATE]) }, "whole frame", null),
    "The whole frame was removed here to save space. Device 9a9a 9a9a has it.",
  );
});

Deno.test("pictureWords() of a picture that nothing is known of expects it from a peer", () => {
  assert.match(pictureWords({ state: "missing", media: null }, "picture", null), /not here yet/);
});
