/** Stands in for `Deno.test` in a browser: tests are kept, to be run when asked. */
export interface CollectedTest {
  readonly name: string;
  readonly body: () => void | Promise<void>;
}

export const collected: CollectedTest[] = [];

Object.assign(globalThis, {
  Deno: { test: (name: string, body: CollectedTest["body"]) => collected.push({ name, body }) },
});
