/** The part of `node:assert/strict` that the ops' tests use, for browsers. */
class AssertionError extends Error {
  override readonly name = "AssertionError";
}

function ok(value: unknown, message = "not true"): void {
  if (!value) throw new AssertionError(message);
}

function equal(actual: unknown, expected: unknown, message?: string): void {
  if (!Object.is(actual, expected)) fail(message ?? `${show(actual)} is not ${show(expected)}`);
}

function notEqual(actual: unknown, expected: unknown, message?: string): void {
  ok(!Object.is(actual, expected), message ?? `${show(actual)} twice`);
}

function deepEqual(actual: unknown, expected: unknown, message?: string): void {
  ok(same(actual, expected), message ?? `${show(actual)} is not ${show(expected)}`);
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))];
  return left.length === right.size &&
    left.every(([key, value]) => right.has(key) && same(value, right.get(key)));
}

type Expected =
  | RegExp
  | ((thrown: unknown) => boolean)
  | (new (...args: never[]) => Error)
  | string
  | undefined;

/** `expected` as in Node: a text is what to say when nothing was thrown. */
function throws(body: () => unknown, expected?: Expected): void {
  try {
    body();
  } catch (thrown) {
    return fits(thrown, expected);
  }
  throw new AssertionError("nothing was thrown");
}

async function rejects(work: Promise<unknown> | (() => Promise<unknown>), expected?: Expected) {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (thrown) {
    return fits(thrown, expected);
  }
  throw new AssertionError("nothing was thrown");
}

function fits(thrown: unknown, expected: Expected): void {
  const text = String(thrown);
  if (expected instanceof RegExp) return match(text, expected);
  if (expected === undefined || typeof expected === "string") return; // any error, or only a message
  ok(isErrorClass(expected) ? thrown instanceof expected : expected(thrown), `not it: ${text}`);
}

function isErrorClass(expected: unknown): expected is new (...args: never[]) => Error {
  return typeof expected === "function" && expected.prototype instanceof Error;
}

function match(text: string, pattern: RegExp): void {
  ok(pattern.test(text), `${show(text)} does not match ${pattern}`);
}

function doesNotThrow(body: () => unknown): void {
  body();
}

function fail(message = "failed"): never {
  throw new AssertionError(message);
}

function show(value: unknown): string {
  return typeof value === "bigint" ? `${value}` : String(JSON.stringify(value)).slice(0, 200);
}

export default Object.assign(ok, {
  ok,
  equal,
  strictEqual: equal,
  notEqual,
  deepEqual,
  deepStrictEqual: deepEqual,
  throws,
  rejects,
  match,
  doesNotThrow,
  fail,
  AssertionError,
});
