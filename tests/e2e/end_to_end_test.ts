import assert from "node:assert/strict";
import { inOne } from "./end_to_end.ts";

Deno.test("inOne() tells the body's error first, then what failed while cleaning up", async () => {
  const failing: AsyncDisposable = {
    [Symbol.asyncDispose]: () => Promise.reject(new Error("errors in the console")),
  };
  const body = async () => {
    await using _page = failing;
    throw new Error("no boxes seen");
  };
  const thrown = await body().then(() => undefined, inOne);
  assert.ok(thrown instanceof Error);
  assert.equal(thrown.message, "no boxes seen\nand then: errors in the console");
  assert.match(String(thrown.cause), /no boxes seen/);
});

Deno.test("inOne() leaves a single error as it is", () => {
  const error = new Error("no boxes seen");
  assert.equal(inOne(error), error);
});
