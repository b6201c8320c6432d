import assert from "node:assert/strict";
import { assertNever, FieldError, fromFailure, toFailure } from "./errors.ts";

Deno.test("toFailure() keeps the code, message and cause of a FieldError as plain data", () => {
  const cause = new RangeError("disk is gone");
  const failure = toFailure(new FieldError("storage-failed", "Nothing was saved.", { cause }));
  assert.deepEqual(failure, {
    code: "storage-failed",
    message: "Nothing was saved.",
    cause: "RangeError: disk is gone",
  });
  assert.deepEqual(structuredClone(failure), failure);
});

Deno.test("toFailure() leaves out a cause that is not there", () => {
  assert.deepEqual(toFailure(new FieldError("camera-lost", "Unplugged.")), {
    code: "camera-lost",
    message: "Unplugged.",
  });
});

Deno.test("toFailure() makes whatever was thrown an internal failure that names it", () => {
  for (const thrown of [new TypeError("x is not a function"), "text", 7, null, undefined]) {
    const failure = toFailure(thrown);
    assert.equal(failure.code, "internal");
    assert.ok(failure.cause?.includes(thrown instanceof Error ? "TypeError: x" : String(thrown)));
  }
});

Deno.test("fromFailure() is the inverse of toFailure()", () => {
  const failures = [
    { code: "model-damaged", message: "Its SHA-256 differs.", cause: "was abc" },
    { code: "invite-expired", message: "Ask again." },
  ] as const;
  for (const failure of failures) {
    const error = fromFailure(failure);
    assert.ok(error instanceof FieldError && error instanceof Error);
    assert.deepEqual(toFailure(error), failure);
  }
});

Deno.test("assertNever() names the variant that was not handled", () => {
  const variant = { kind: "new" } as never;
  assert.throws(() => assertNever(variant), /Unhandled variant: \{"kind":"new"\}/);
});
