/** Stands in for `Deno.test` in the bundle: tests are kept, to be run when asked. */
export interface CollectedTest {
  readonly name: string;
  readonly body: () => void | Promise<void>;
}

export const collected: CollectedTest[] = [];
/** What is to be done after each of them. */
export const afterEach: CollectedTest["body"][] = [];

const collectTest = (name: string, body: CollectedTest["body"]) => collected.push({ name, body });

Object.assign(globalThis, {
  collectTest: Object.assign(collectTest, {
    afterEach: (body: CollectedTest["body"]) => afterEach.push(body),
  }),
});
