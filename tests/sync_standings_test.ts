/** How members who are no neighbours learn how far each other is. */
import assert from "node:assert/strict";
import { crew } from "./fixtures/sync_crew.ts";
import type { SyncDevice, SyncNet } from "./fixtures/sync_net.ts";

/** Each is linked with its neighbours in the row only. */
async function row(...names: readonly string[]) {
  const { net, devices } = await crew(1, ...names);
  for (const [i, one] of devices.slice(1).entries()) await net.connect(devices[i], one);
  await net.deliver();
  return { net, devices };
}

function knowsAllAt(here: SyncDevice, other: SyncDevice): boolean {
  const { heads } = here.node.book.of(other.id);
  return here.replica.heads.every(({ device, seq }) => heads.get(device) === seq);
}

function timesSaid(net: SyncNet): number {
  return net.said.filter((frame) =>
    frame.kind === "ephemeral" && frame.message.topic === "$standing"
  ).length;
}

Deno.test("a member at the other end of the mesh is known to have everything, once it says so", async () => {
  const { net, devices: [ann, bob, cal, dee] } = await row("ann", "bob", "cal", "dee");
  await ann.record(1);
  await net.pass(25_000);
  for (const [here, other] of [[ann, dee], [dee, ann], [bob, dee], [cal, ann]]) {
    assert.ok(knowsAllAt(here, other), `${here.name} of ${other.name}`);
  }
  assert.notEqual(ann.node.standing(dee.id), undefined);
});

Deno.test("one that lacks what is here is not taken to have it, though it is heard", async () => {
  const { net, devices: [ann, bob, , dee] } = await row("ann", "bob", "cal", "dee");
  await net.pass(25_000);
  net.stalled.add(bob); // nothing gets from Ann to the others
  await ann.record(1);
  await net.pass(10_000);
  assert.notEqual(ann.node.standing(dee.id), undefined);
  assert.equal(knowsAllAt(ann, dee), false);
});

Deno.test("one that was not heard for long stands nowhere", async () => {
  const { net, devices: [ann, , cal, dee] } = await row("ann", "bob", "cal", "dee");
  await net.pass(25_000);
  for (const { id } of net.linksOf(dee)) net.cut(id);
  await net.pass(100_000);
  assert.notEqual(ann.node.standing(dee.id), undefined);
  await net.pass(60_000);
  assert.equal(ann.node.standing(dee.id), undefined);
  assert.notEqual(ann.node.standing(cal.id), undefined);
});

Deno.test("where everybody is a neighbour nobody says how it stands", async () => {
  const { net, devices: [ann, bob] } = await crew(1, "ann", "bob");
  await net.connect(ann, bob);
  await ann.record(1);
  await net.pass(120_000);
  assert.equal(timesSaid(net), 0);
});

Deno.test("a quiet crew says it once a minute", async () => {
  const { net, devices } = await row("ann", "bob", "cal", "dee");
  await net.pass(60_000);
  const before = timesSaid(net);
  const minutes = 10;
  await net.pass(minutes * 60_000);
  const links = devices.length - 1;
  const times = timesSaid(net) - before;
  assert.ok(times <= devices.length * (minutes + 1) * links, `${times} times`);
});
