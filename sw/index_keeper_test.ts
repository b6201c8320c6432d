import assert from "node:assert/strict";
import type { Store } from "../field/store/store.ts";
import { IndexKeeper } from "./index_keeper.ts";

type Rebuild = PromiseWithResolvers<void> & {
  readonly tell: (done: number, total: number) => void;
};

function desk({ isWhole }: { isWhole: boolean }) {
  const rebuilds: Rebuild[] = [];
  const failures: unknown[] = [];
  let changes = 0;
  const store: Pick<Store, "indexIsWhole" | "onDamage"> = {
    indexIsWhole: () => Promise.resolve(isWhole),
    onDamage: null,
  };
  const keeper = new IndexKeeper({
    store,
    replica: {
      rebuildIndex: (onProgress) => {
        const gate = Promise.withResolvers<void>();
        rebuilds.push({ ...gate, tell: (done, total) => onProgress?.(done, total) });
        return gate.promise;
      },
    },
    onChanged: () => changes++,
    onFailure: (failure) => failures.push(failure),
  });
  return { keeper, store, rebuilds, failures, changes: () => changes };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

Deno.test("check() builds a list that is not whole, and tells how far it is", async () => {
  const { keeper, rebuilds, changes } = desk({ isWhole: false });
  await keeper.check();
  assert.equal(rebuilds.length, 1);
  assert.deepEqual(keeper.progress, { done: 0, total: 0 });
  rebuilds[0].tell(3, 9);
  assert.deepEqual(keeper.progress, { done: 3, total: 9 });
  const before = changes();
  rebuilds[0].resolve();
  await settle();
  assert.equal(keeper.progress, null);
  assert.ok(changes() > before);
});

Deno.test("check() leaves a whole list alone", async () => {
  const { keeper, rebuilds } = desk({ isWhole: true });
  await keeper.check();
  assert.equal(rebuilds.length, 0);
  assert.equal(keeper.progress, null);
});

Deno.test("a damaged list is built anew, one building at a time; a damaged snapshot is not the list's", async () => {
  const { store, rebuilds, keeper } = desk({ isWhole: true });
  store.onDamage?.("snapshot");
  assert.equal(rebuilds.length, 0);
  store.onDamage?.("index");
  keeper.rebuild();
  assert.equal(rebuilds.length, 1);
  rebuilds[0].resolve();
  await settle();
  keeper.rebuild();
  assert.equal(rebuilds.length, 2);
});

Deno.test("damage that is found while the list is built: once more afterwards, but not for ever", async () => {
  const { store, rebuilds } = desk({ isWhole: true });
  store.onDamage?.("index");
  for (let n = 0; n < 10; n++) {
    store.onDamage?.("index");
    rebuilds.at(-1)?.resolve();
    await settle();
  }
  assert.equal(rebuilds.length, 3);
});

Deno.test("building that fails is told, and can be tried again", async () => {
  const { keeper, rebuilds, failures } = desk({ isWhole: true });
  keeper.rebuild();
  rebuilds[0].reject(new Error("disk"));
  await settle();
  assert.equal(failures.length, 1);
  assert.equal(keeper.progress, null);
  keeper.rebuild();
  assert.equal(rebuilds.length, 2);
});

Deno.test("close() hears of no damage any more", () => {
  const { keeper, store } = desk({ isWhole: true });
  keeper.close();
  assert.equal(store.onDamage, null);
});
