import assert from "node:assert/strict";
import { waitFor } from "./wait_for.ts";

const OFTEN = { pauseMs: 1 };
const QUICK = { withinMs: 50, pauseMs: 1 };

Deno.test("waitFor() gives the first value that holds", async () => {
  let looks = 0;
  assert.equal(await waitFor("three looks", () => ++looks, (n) => n === 3, OFTEN), 3);
});

Deno.test("waitFor() tells what it waited for and what it last saw", async () => {
  await assert.rejects(
    waitFor("five peers", () => ({ peers: 4 }), ({ peers }) => peers === 5, QUICK),
    /Waited 50 ms for five peers. Last seen: { peers: 4 }/,
  );
});

Deno.test("waitFor() takes a throwing probe for 'not yet'", async () => {
  let looks = 0;
  const probe = () => {
    if (++looks < 3) throw new Error("page is reloading");
    return looks;
  };
  assert.equal(await waitFor("the page", probe, () => true, OFTEN), 3);
});

Deno.test("waitFor() does not hang on a look that never ends", async () => {
  await assert.rejects(
    waitFor("an answer", () => new Promise<number>(() => {}), () => true, QUICK),
    /Last seen: nothing: no look ended/,
  );
});
