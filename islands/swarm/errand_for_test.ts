import assert from "node:assert/strict";
import type { Ask } from "../../field/decide/actions.ts";
import { errandFor } from "./errand_for.ts";

const CONFIRM: Ask = {
  ...{ kind: "confirm", agent: "me", subject: "track other:7", place: [12_500, 8_000] },
};
const RATE: Ask = { kind: "rate", agent: "me", percent: 200, forMs: 5_000 };

Deno.test("errandFor() is where this device is asked to look, in metres", () => {
  const errand = errandFor("me", { asks: [RATE, CONFIRM] });
  assert.deepEqual(errand, { track: "other:7", place: [12.5, 8] });
});

Deno.test("errandFor() is null when another is asked, or nobody", () => {
  assert.equal(errandFor("you", { asks: [CONFIRM] }), null);
  assert.equal(errandFor("me", { asks: [RATE] }), null);
});
