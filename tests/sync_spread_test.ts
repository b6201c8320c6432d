/** How fresh entries reach everybody once, and feeds are asked of one neighbour at a time. */
import assert from "node:assert/strict";
import { crew } from "./fixtures/sync_crew.ts";
import { feedOf } from "./fixtures/replicas.ts";
import type { SentFrame, SyncDevice, SyncNet } from "./fixtures/sync_net.ts";

function entryBytes(sent: readonly SentFrame[], to?: SyncDevice): number {
  let bytes = 0;
  for (const one of sent) {
    const { frame } = one;
    if (frame === null || frame === "unknown" || frame.kind !== "entries") continue;
    if (!to || one.to === to.name) { for (const entry of frame.entries) bytes += entry.length; }
  }
  return bytes;
}

function countOf(net: SyncNet, kind: string): number {
  return net.sent.filter(({ frame }) =>
    frame !== null && frame !== "unknown" && frame.kind === kind
  ).length;
}

async function feedBytes({ store, id }: SyncDevice): Promise<number> {
  return (await feedOf(store, id)).reduce((sum, { length }) => sum + length, 0);
}

/** Everybody is linked with everybody. */
async function linkAll(net: SyncNet, devices: readonly SyncDevice[]): Promise<void> {
  for (const [i, a] of devices.entries()) {
    for (const b of devices.slice(i + 1)) await net.connect(a, b);
  }
  await net.deliver();
}

async function assertAllHave(devices: readonly SyncDevice[], count: number): Promise<void> {
  for (const { store, name } of devices) {
    assert.equal(await store.countObservations(), count, name);
  }
}

Deno.test("four neighbours of a device and of each other fetch its 1,000 entries once each", async () => {
  const { net, devices } = await crew(1, "ann", "bob", "cal", "dee", "eli");
  const [ann, ...others] = devices;
  const before = await feedBytes(ann);
  for (let n = 0; n < 1000; n++) await ann.record(n);
  const payload = await feedBytes(ann) - before;
  await linkAll(net, devices);
  await net.pass(30_000);
  await assertAllHave(devices, 1000);
  const shares = others.map((one) => entryBytes(net.sent, one) / payload);
  console.log(`received, in payloads: ${shares.map((share) => share.toFixed(3)).join(" ")}`);
  for (const share of shares) assert.ok(share <= 1.1);
  assert.deepEqual(net.drops, []);
});

Deno.test("of four neighbours that have the same 1,000 entries each is not asked for all of them", async () => {
  const { net, devices } = await crew(1, "ann", "bob", "cal", "dee", "eli");
  const [ann, bob, cal, dee, eli] = devices;
  for (let n = 0; n < 1000; n++) await ann.record(n);
  for (const other of [bob, cal, dee]) await other.replica.receive(await feedOf(ann.store, ann.id));
  const payload = await feedBytes(ann);
  for (const other of [ann, bob, cal, dee]) await net.connect(other, eli);
  await net.deliver();
  assert.equal(await eli.store.countObservations(), 1000);
  assert.ok(entryBytes(net.sent, eli) <= 1.1 * payload, `${entryBytes(net.sent, eli)} bytes`);
});

Deno.test("what is recorded is pushed: one entry crosses a link in one frame, nobody asks", async () => {
  const { net, devices: [ann, bob] } = await crew(1, "ann", "bob");
  await linkAll(net, [ann, bob]);
  net.sent.length = 0;
  await ann.record(1);
  assert.equal(await net.deliver(1), 1);
  assert.equal(await bob.store.countObservations(), 1);
  await net.deliver();
  assert.deepEqual([countOf(net, "entries"), countOf(net, "want"), countOf(net, "heads")], [
    1,
    0,
    0,
  ]);
  assert.equal(countOf(net, "ack"), 1);
});

Deno.test("in a mesh each entry soon reaches each device once: what comes twice is pruned", async () => {
  const { net, devices } = await crew(1, "ann", "bob", "cal", "dee", "eli");
  const [ann, , cal] = devices;
  await linkAll(net, devices);
  for (let n = 0; n < 10; n++) { // the tree forms
    await ann.record(n);
    await net.deliver();
    await net.pass(2000);
  }
  net.sent.length = 0;
  const before = await feedBytes(ann);
  for (let n = 10; n < 30; n++) {
    await ann.record(n);
    await net.deliver();
  }
  await assertAllHave(devices, 30);
  const payload = (await feedBytes(ann) - before) * 4;
  assert.ok(entryBytes(net.sent) <= 1.05 * payload, `${entryBytes(net.sent) / payload} payloads`);
  await cal.record(100);
  await net.deliver();
  await assertAllHave(devices, 31);
});

Deno.test("one tree serves all origins: whoever records, all have it at once, and nobody asks", async () => {
  const { net, devices } = await crew(1, "ann", "bob", "cal", "dee", "eli", "fay");
  for (const [i, one] of devices.entries()) { // a ring with chords
    for (const step of [1, 2]) await net.connect(one, devices[(i + step) % devices.length]);
  }
  await net.deliver();
  for (let n = 0; n < 12; n++) { // the tree forms
    await devices[n % devices.length].record(n);
    await net.deliver();
    await net.pass(2000);
  }
  net.sent.length = 0;
  for (const [i, one] of devices.entries()) {
    await one.record(100 + i);
    await net.deliver();
    await assertAllHave(devices, 13 + i);
  }
  assert.equal(countOf(net, "want"), 0);
  assert.equal(countOf(net, "entries"), devices.length * (devices.length - 1));
});

Deno.test("when a device that passed things on leaves, its neighbours get them elsewhere at once", async () => {
  const { net, devices: [ann, bob, cal, dee] } = await crew(1, "ann", "bob", "cal", "dee");
  // Dee hears of Ann through Bob and Cal
  const left = await net.connect(ann, bob);
  await net.connect(ann, cal);
  const viaBob = await net.connect(bob, dee);
  await net.connect(cal, dee);
  await net.deliver();
  for (let n = 0; n < 5; n++) {
    await ann.record(n);
    await net.deliver();
    await net.pass(2000);
  }
  await assertAllHave([ann, bob, cal, dee], 5);
  net.cut(left);
  net.cut(viaBob);
  await net.pass(1000);
  net.sent.length = 0;
  await ann.record(5);
  await net.deliver();
  assert.equal(await dee.store.countObservations(), 6, "without any time passing");
  assert.equal(countOf(net, "want"), 0);
});

Deno.test("a link that was silenced tells what there is, and is asked when nobody else brings it", async () => {
  const { net, devices: [ann, bob, cal] } = await crew(1, "ann", "bob", "cal");
  await linkAll(net, [ann, bob, cal]);
  for (let n = 0; n < 5; n++) {
    await ann.record(n);
    await net.deliver();
  }
  const pruned = net.sent.filter(({ frame }) =>
    frame !== null && frame !== "unknown" && frame.kind === "pushing" && !frame.isWanted
  );
  assert.ok(pruned.length > 0, "bob and cal silence each other");
  // Bob does not read any more what Ann sends, and his link is still there
  const annBob = net.linksOf(ann).find(({ ends }) => ends.includes(bob));
  assert.ok(annBob);
  net.deaf.add(annBob.id);
  await ann.record(9);
  await net.deliver();
  assert.equal(await cal.store.countObservations(), 6);
  assert.equal(await bob.store.countObservations(), 5, "Cal told him, and he waits for Ann");
  await net.pass(3000);
  assert.equal(await bob.store.countObservations(), 6, "then he asks Cal");
});

Deno.test("a neighbour that does not answer gives way to the next one", async () => {
  const { net, devices: [ann, bob, cal] } = await crew(1, "ann", "bob", "cal");
  for (let n = 0; n < 200; n++) await ann.record(n);
  await net.connect(ann, cal);
  await net.deliver();
  net.cutAll();
  await net.connect(bob, ann);
  await net.connect(bob, cal);
  while (countOf(net, "want") < 2) assert.equal(await net.deliver(1), 1); // Cal's, and now Bob's
  net.stalled.add(ann);
  await net.deliver();
  await net.pass(24_000);
  assert.equal(await bob.store.countObservations(), 200);
});

/** The first frame of entries that Ann hands over after so many, and what is in it. */
function entriesAfter(net: SyncNet, count: number): number {
  return net.sent.slice(count).filter(({ from, frame }) =>
    from === "ann" && frame !== null && frame !== "unknown" && frame.kind === "entries"
  ).length;
}

Deno.test("a note goes at once where observations have filled their lane: those of its feed with it", async () => {
  for (const isOwnFeed of [false, true]) {
    const { net, devices: [ann, bob, cal] } = await crew(1, "ann", "bob", "cal");
    const observation = await bob.record(0);
    const crowded = isOwnFeed ? ann : cal;
    for (let n = 1; n < 700; n++) await crowded.record(n);
    if (!isOwnFeed) await ann.replica.receive(await feedOf(cal.store, cal.id));
    await net.connect(ann, bob);
    while (countOf(net, "want") < 2) assert.equal(await net.deliver(1), 1);
    net.stalled.add(bob);
    await net.deliver();
    assert.ok(ann.node.peers()[0].waiting.records > 500);
    const before = net.sent.length;
    await ann.record(5000);
    assert.equal(entriesAfter(net, before), 0, "an observation waits");
    await ann.replica.note([{ observation: observation.id, field: "comment", value: "Help!" }]);
    await ann.node.announce([ann.id]);
    assert.ok(entriesAfter(net, before) > 0, "the note does not");
    net.stalled.clear();
    await net.deliver();
    assert.equal((await bob.store.edits(observation.id)).length, 1);
    await net.pass(20_000);
    assert.equal(await bob.store.countObservations(), 701);
  }
});

Deno.test("who pushed the same to each other at once each know soon that the other has it", async () => {
  const { net, devices } = await crew(1, "ann", "bob", "cal");
  await linkAll(net, devices);
  for (let n = 0; n < 5; n++) {
    await devices[0].record(n);
    await net.deliver();
    for (const [i, one] of devices.entries()) {
      const others = devices.filter((_, j) => j !== i);
      const seqs = others.map(({ id }) => one.node.book.of(id).heads.get(devices[0].id));
      const { seq } = one.replica.headOf(devices[0].id) ?? {};
      assert.deepEqual(seqs, [seq, seq], `${one.name} after entry ${n}`);
    }
  }
});
