import assert from "node:assert/strict";
import {
  crewNamed,
  Forger,
  openDevice,
  seenBy,
  type TestDevice,
} from "../../tests/fixtures/replicas.ts";

/** Ann, who knows that Bob forked after so many entries, and holds one side of it; Cal, who knows nothing yet. */
async function knowing(before: number) {
  const [ann, bob, cal] = await crewNamed(["ann", "bob", "cal"]);
  const [one, other] = [await Forger.named("bob"), await Forger.named("bob")];
  const shared = [];
  for (let n = 0; n < before; n++) shared.push(await one.entry());
  if (shared.length > 0) other.continues(shared[shared.length - 1]);
  const [left, right] = [
    await one.entry(),
    await other.entry({ change: other.observing(seenBy(bob, 1)) }),
  ];
  const later = await one.entry();
  await ann.replica.receive([...shared, left].map(({ bytes }) => bytes));
  await ann.replica.receive([right.bytes]);
  assert.notEqual(ann.replica.headOf(bob.id)?.quarantined, undefined);
  return { ann, bob, cal, shared, left, right, later };
}

const isWarned = (device: TestDevice, of: { id: string }) =>
  device.replica.headOf(of.id)?.quarantined !== undefined;

/** As a node asks: from where it is, and once more from its last entry where the other says that there was a fork. */
async function askFor(from: TestDevice, to: TestDevice, of: { id: string }): Promise<void> {
  const after = () => to.replica.headOf(of.id)?.seq ?? 0;
  await to.replica.receive(await from.replica.entriesAfter(of.id, after(), 1e9));
  await to.replica.receive(await from.replica.entriesAfter(of.id, Math.max(0, after() - 1), 1e9));
}

Deno.test("entriesAfter() of a device that forked proves it to who has nothing of it yet, and so on", async () => {
  for (const before of [0, 1, 3, 10]) {
    const { ann, bob, cal } = await knowing(before);
    await askFor(ann, cal, bob);
    assert.ok(isWarned(cal, bob), `after ${before} entries`);
    assert.ok((await cal.store.quarantine()).some(({ why }) => why === "forked"));
    const dee = await openDevice("dee");
    await dee.replica.follow(ann.id);
    await askFor(ann, dee, ann);
    await askFor(cal, dee, bob);
    assert.ok(isWarned(dee, bob), "Cal can prove it to others");
  }
});

Deno.test("entriesAfter() gives what came before the fork first: it stays the crew's", async () => {
  const { ann, bob, cal, shared } = await knowing(10);
  await askFor(ann, cal, bob);
  assert.ok(isWarned(cal, bob));
  assert.ok((cal.replica.headOf(bob.id)?.seq ?? 0) >= shared.length);
  assert.deepEqual((await cal.replica.verify()).faults, []);
});

Deno.test("entriesAfter() proves it to who holds either side of the fork, also further on", async () => {
  const { ann, bob, shared, left, right, later } = await knowing(2);
  const sides = { left: [left], right: [right], further: [left, later] };
  for (const [name, side] of Object.entries(sides)) {
    const device = await openDevice(name);
    await device.replica.follow(ann.id);
    await device.replica.receive(await ann.replica.entriesAfter(ann.id, 0, 1e9));
    await device.replica.receive([...shared, ...side].map(({ bytes }) => bytes));
    assert.ok(!isWarned(device, bob));
    await device.replica.receive(await ann.replica.entriesAfter(bob.id, left.seq - 1, 1e9));
    assert.ok(isWarned(device, bob), name);
    assert.deepEqual((await device.replica.verify()).faults, []);
  }
});

Deno.test("entriesAfter() of a device that did not fork gives its entries and nothing else", async () => {
  const { ann, bob } = await knowing(1);
  const own = await ann.replica.entriesAfter(ann.id, 0, 1e9);
  assert.equal(own.length, ann.replica.headOf(ann.id)?.seq);
  await ann.replica.remove(bob.id);
});

Deno.test("entriesAfter() of a removed device proves the fork as far as its feed is still the crew's", async () => {
  const { ann, bob, cal, left, right } = await knowing(1);
  await ann.replica.remove(bob.id);
  await askFor(ann, cal, ann);
  assert.ok(cal.replica.crew?.removed.has(bob.id));
  await askFor(ann, cal, bob);
  assert.ok(isWarned(cal, bob), "else the two would hold different feeds, and never know why");
  const { fork, ...other } = { fork: left.seq, ...await knowing(1) };
  const forger = await Forger.named("bob");
  forger.continues(other.left);
  const beyond = await forger.entry();
  const twin = await Forger.named("bob");
  twin.continues(other.left);
  await other.ann.replica.remove(other.bob.id);
  const { refused } = await other.ann.replica.receive([
    beyond.bytes,
    (await twin.entry({ change: twin.observing(seenBy(other.bob, 2)) })).bytes,
  ]);
  assert.ok(refused.length > 0);
  const given = await other.ann.replica.entriesAfter(other.bob.id, 0, 1e9);
  assert.equal(given.length, fork + 1, "nothing from beyond its removal");
  assert.equal(right.seq, fork);
});
