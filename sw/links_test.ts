import assert from "node:assert/strict";
import { Links } from "./links.ts";

const BINDING = new Uint8Array(32);
const PAGE = { id: "page" } as Parameters<Links["open"]>[3];

function stage() {
  const node = { opened: 0, ticks: 0 };
  let run: (() => void) | undefined;
  const failures: unknown[] = [];
  const links = new Links({
    pages: { tellOne: () => {} },
    node: {
      open: () => void node.opened++,
      close: () => {},
      closeAll: () => {},
      tick: () => Promise.resolve(void node.ticks++),
    },
    every: (_ms, tick) => {
      run = tick;
      return () => run = undefined;
    },
    onFailure: (thrown) => failures.push(thrown),
    onTick: () => {},
  });
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      run?.();
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    }
    assert.deepEqual(failures, []);
  };
  return { links, node, pass };
}

/** Which pages there are, as the worker's own scope says. */
async function withPages(ids: readonly string[], body: () => Promise<void>): Promise<void> {
  const clients = { get: (id: string) => Promise.resolve(ids.includes(id) ? { id } : undefined) };
  Object.defineProperty(globalThis, "clients", { value: clients, configurable: true });
  try {
    await body();
  } finally {
    Reflect.deleteProperty(globalThis, "clients");
  }
}

Deno.test("Links ticks while a page looks for links, and half a minute after it last did", async () => {
  const { links, node, pass } = stage();
  await pass(10);
  assert.equal(node.ticks, 0, "nobody looks for anybody");
  links.looking();
  await pass(20);
  assert.equal(node.ticks, 20, "there is no link, and time passes all the same");
  links.looking();
  await pass(100);
  assert.equal(node.ticks, 50);
  links.looking();
  await pass(5);
  assert.equal(node.ticks, 55, "it goes on when one looks again");
});

Deno.test("Links ticks for as long as there is a link, and forgets those of a page that is gone", async () => {
  const { links, node, pass } = stage();
  links.open("link", BINDING, "webrtc", PAGE);
  await withPages(["page"], () => pass(100));
  assert.equal(node.ticks, 100);
  await withPages([], () => pass(100));
  assert.equal(node.ticks, 101);
});
