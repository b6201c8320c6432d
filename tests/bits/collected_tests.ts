/** Stands in for `Deno.test` in the bundle: tests are kept, to be run when asked. */
export interface CollectedTest {
  readonly name: string;
  readonly body: () => void | Promise<void>;
}

export const collected: CollectedTest[] = [];

Object.assign(globalThis, {
  collectTest: (name: string, body: CollectedTest["body"]) => collected.push({ name, body }),
});
