/** Bundles of a crew of which someone was removed: what is restored is the same, to the byte and to the eye. */
import assert from "node:assert/strict";
import { equalBytes } from "../../field/bytes.ts";
import { bundleOf, restoreInto } from "../fixtures/bundles.ts";
import {
  crewNamed,
  feedOf,
  indexOf,
  meet,
  openDevice,
  recordEach,
  type TestDevice,
} from "../fixtures/replicas.ts";

/** Ann removed Bob; Cal had more of Bob's feed by then than Ann. */
async function crewWithout(bobsRole: "sensor" | "viewer"): Promise<TestDevice[]> {
  const [ann, bob, cal] = await crewNamed(["ann", "bob", "cal"]);
  for (const [n, device] of [ann, bob, cal].entries()) await recordEach(device, 10 * n, 10 * n + 2);
  await bob.replica.rename("Bob");
  await meet(ann, bob, cal);
  await recordEach(bob, 20, 23);
  await bob.replica.rename("Bob, later");
  await cal.replica.receive(await feedOf(bob.store, bob.id));
  await ann.replica.remove(bob.id);
  if (bobsRole === "viewer") await ann.replica.admit(bob.id, "viewer");
  await meet(ann, cal);
  return [ann, bob, cal];
}

for (const role of ["sensor", "viewer"] as const) {
  Deno.test(`a bundle of a crew with a removed member (a ${role} now) is the same again when restored`, async () => {
    const crew = await crewWithout(role);
    for (const [n, device] of crew.entries()) {
      const bundle = await bundleOf(device.store);
      const empty = await openDevice(`empty ${n}`);
      const report = await restoreInto(empty, bundle);
      assert.equal(report.refused, 0, JSON.stringify(report));
      assert.ok(equalBytes(await bundleOf(empty.store), bundle), `of ${n}`);
      if (device === crew[1]) continue; // Bob himself sees all of his own
      for (const { replica } of [device, empty]) await replica.rebuildIndex();
      assert.deepEqual(await indexOf(empty.store), await indexOf(device.store));
      for (const { id } of crew) assert.equal(empty.replica.nameOf(id), device.replica.nameOf(id));
    }
  });
}

Deno.test("what a removed device called itself afterwards is shown by nobody", async () => {
  const [ann, bob, cal] = await crewWithout("sensor");
  const opened = await Promise.all(
    ["ann", "cal"].map((name, i) => openDevice(name, [ann, cal][i].store)),
  );
  for (const { replica } of [ann, cal, ...opened]) assert.equal(replica.nameOf(bob.id), "Bob");
});

Deno.test("what is shown of a removed device is there when receive() of the removal resolves, or told as being built", async () => {
  const [ann, bob, cal] = await crewNamed(["ann", "bob", "cal"]);
  await recordEach(bob, 0, 1);
  await meet(ann, bob, cal);
  await recordEach(bob, 1, 3);
  await cal.replica.receive(await feedOf(bob.store, bob.id));
  await ann.replica.remove(bob.id);
  await cal.replica.receive(await feedOf(ann.store, ann.id));
  const isBuilt = cal.replica.indexState.whole;
  const shown = await cal.store.countObservations(bob.id);
  assert.ok(!isBuilt || shown === 1, `built, but shows ${shown}`);
  await cal.replica.rebuildIndex();
  assert.equal(await cal.store.countObservations(bob.id), 1);
});
