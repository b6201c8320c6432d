/** What devices know of each other's media, and what becomes of it. */
import assert from "node:assert/strict";
import { FieldError } from "../field/errors.ts";
import { MemoryStore } from "../field/store/memory_store.ts";
import type { Commit } from "../field/store/store.ts";
import { encodeFrame } from "../field/sync/frames.ts";
import { idOf } from "./fixtures/devices.ts";
import { crew, join, pair } from "./fixtures/sync_crew.ts";
import { type SyncDevice, SyncNet, thumbOf } from "./fixtures/sync_net.ts";

async function copiesOf({ store }: SyncDevice, hash: string): Promise<readonly string[]> {
  return (await store.media(hash))?.copies ?? [];
}

/** A disk without room for pictures, when the test says so. */
class SmallStore extends MemoryStore {
  isFull = false;

  override async commit(commit: Commit): Promise<void> {
    if (this.isFull && (commit.blobs?.length ?? 0) > 0) {
      throw new FieldError("storage-full", "full");
    }
    await super.commit(commit);
  }
}

Deno.test("a picture that crossed is known on both sides to be on the other", async () => {
  const { net, ann, bob } = await pair();
  await net.connect(ann, bob);
  await net.deliver();
  const thumb = await thumbOf(1, 100_000);
  await ann.record(1, thumb);
  await net.deliver();
  await net.pass(3000);
  assert.deepEqual(await copiesOf(ann, thumb.hash), [bob.id]);
  assert.deepEqual(await copiesOf(bob, thumb.hash), [ann.id], "it was asked about");
});

Deno.test("what was said of copies and not heard is asked for when the devices meet again", async () => {
  const { net, ann, bob } = await pair();
  const thumbs = await Promise.all([1, 2, 3].map((n) => thumbOf(n)));
  await net.connect(ann, bob);
  for (const [n, thumb] of thumbs.entries()) await ann.record(n, thumb);
  await net.deliver();
  net.cutAll();
  await ann.restart(); // before it wrote down what it had heard
  for (const { hash } of thumbs) assert.deepEqual(await copiesOf(ann, hash), []);
  await net.connect(ann, bob);
  await net.deliver();
  await net.pass(3000);
  for (const { hash } of thumbs) assert.deepEqual(await copiesOf(ann, hash), [bob.id]);
  const asks = net.said.filter(({ kind }) => kind === "blob-ask").length;
  await net.pass(60_000);
  const later = net.said.filter(({ kind }) => kind === "blob-ask").length;
  assert.equal(later, asks, "asked once a session");
});

Deno.test("a device in the middle tells both sides of its copy", async () => {
  const { net, devices: [ann, bob, cal] } = await crew(1, "ann", "bob", "cal");
  await net.connect(ann, bob);
  await net.connect(bob, cal);
  const thumb = await thumbOf(1);
  await ann.record(1, thumb);
  await net.deliver();
  await net.pass(10_000);
  assert.deepEqual(await copiesOf(ann, thumb.hash), [bob.id]);
  assert.deepEqual((await copiesOf(bob, thumb.hash)).toSorted(), [ann.id, cal.id].sort());
  assert.deepEqual(await copiesOf(cal, thumb.hash), [bob.id]);
});

Deno.test("two devices that both remove what others have never rely on each other", async () => {
  const { net, ann, bob } = await pair();
  ann.keeping = bob.keeping = "shared";
  await net.connect(ann, bob);
  const thumb = await thumbOf(1);
  await ann.record(1, thumb);
  await net.deliver();
  await net.pass(10_000);
  const relying = [await copiesOf(ann, thumb.hash), await copiesOf(bob, thumb.hash)];
  assert.deepEqual(relying.map(({ length }) => length).sort(), [0, 1]);
  const [smaller] = [ann, bob].toSorted((a, b) => a.id < b.id ? -1 : 1);
  assert.equal((await copiesOf(smaller, thumb.hash)).length, 1);
});

Deno.test("an inviter whose crew we are not in yet is not believed to have a copy", async () => {
  const net = new SyncNet();
  const [ann, bob] = [await net.device("ann"), await net.device("bob")];
  const thumb = await thumbOf(1);
  await bob.record(1, thumb);
  const { code } = await ann.membership.invite("sensor");
  await bob.membership.take(code);
  const link = await net.connect(ann, bob);
  while (!bob.node.connected.has(ann.id)) assert.equal(await net.deliver(1), 1);
  assert.ok(!bob.replica.knows(ann.id), "Bob has heard the inviter, but is in no crew yet");
  const have = encodeFrame({ kind: "blob-have", hashes: [thumb.hash], keeping: "all" });
  await bob.node.receive(link, have);
  await bob.node.tick();
  assert.deepEqual(await copiesOf(bob, thumb.hash), []);
});

Deno.test("a picture that was removed here to save space is not fetched again", async () => {
  const { net, ann, bob } = await pair();
  await net.connect(ann, bob);
  const thumb = await thumbOf(1);
  await ann.record(1, thumb);
  await net.deliver();
  await bob.store.commit({ thin: [thumb.hash], at: net.now });
  net.cutAll();
  await net.connect(ann, bob);
  await net.deliver();
  await net.pass(20_000);
  assert.equal((await bob.store.media(thumb.hash))?.state, "thinned");
  assert.equal(await bob.store.blob(thumb.hash), null);
});

Deno.test("a disk without room for pictures still takes the records, and the pictures once there is room", async () => {
  const net = new SyncNet();
  const store = new SmallStore();
  const [ann, bob] = [await net.device("ann"), await net.device("bob", store)];
  await join(net, ann, bob);
  store.isFull = true;
  const thumb = await thumbOf(1);
  await ann.record(1, thumb);
  await net.deliver();
  await ann.record(2);
  await net.deliver();
  assert.deepEqual(await bob.observationIds(), await ann.observationIds());
  assert.ok(bob.changes.includes("full: storage-full"));
  assert.deepEqual(net.drops, [], "the link is not to blame");
  store.isFull = false;
  await net.pass(70_000);
  assert.notEqual(await store.blob(thumb.hash), null);
});

Deno.test("many pictures that nobody else has are asked about in parts", async () => {
  const { net, ann, bob } = await pair();
  const blobs = Array.from({ length: 600 }, (_, n) => ({
    hash: n.toString(16).padStart(64, "0"),
    type: "image/jpeg",
    bytes: Uint8Array.of(1),
  }));
  await ann.store.commit({ blobs, at: 1 });
  await bob.store.commit({ blobs, at: 1 });
  await net.connect(ann, bob);
  await net.deliver();
  await net.pass(25_000); // each is read and proved, so many in a second
  for (const device of [ann, bob]) assert.equal((await device.store.mediaTotals()).onlyHere, 0);
  assert.deepEqual(net.drops, []);
});

Deno.test("a blob-have of media that nobody speaks of leaves nothing behind", async () => {
  const { net, ann, bob } = await pair();
  const link = await net.connect(ann, bob);
  await net.deliver();
  const hashes = Array.from({ length: 256 }, (_, n) => idOf(n));
  await ann.node.receive(link, encodeFrame({ kind: "blob-have", hashes, keeping: "all" }));
  await ann.node.tick();
  assert.deepEqual(await ann.store.mediaAfter(null, 10), []);
});

Deno.test("pictures that were removed to save space are not counted as missing", async () => {
  const { net, ann, bob } = await pair();
  const thumbs = await Promise.all([1, 2, 3].map((n) => thumbOf(n)));
  for (const [n, thumb] of thumbs.entries()) await ann.record(n, thumb);
  await net.connect(ann, bob);
  await net.deliver();
  await bob.store.commit({ thin: [thumbs[0].hash], at: net.now });
  await bob.store.commit({ wanted: [idOf(0x77)] });
  await net.pass(60_000);
  assert.deepEqual(ann.node.peers()[0].media, { have: 2, of: 3 });
  assert.deepEqual(bob.node.peers()[0].media, { have: 3, of: 3 });
});

Deno.test("50 MB of pictures over links that are cut again and again come from where they stopped, from whoever is there", async () => {
  const { net, devices: [ann, bob, cal] } = await crew(1, "ann", "bob", "cal");
  const blobs = await Promise.all(Array.from({ length: 25 }, (_, n) => thumbOf(n, 2_000_000)));
  for (const { store } of [ann, cal]) await store.commit({ blobs, at: 1 });
  await bob.store.commit({ wanted: blobs.map(({ hash }) => hash) });
  let [cuts, parts] = [0, 0];
  for (; cuts < 100 && await bob.store.countWanted() > 0; cuts++) {
    net.sent.length = net.said.length = 0;
    await net.connect(cuts % 2 === 0 ? ann : cal, bob);
    await net.deliver(200);
    net.cutAll();
    parts += chunksTo(net, bob).length;
  }
  for (const { hash, bytes } of blobs) assert.deepEqual((await bob.store.blob(hash))?.bytes, bytes);
  assert.ok(cuts > 20, `${cuts} cuts`);
  // what was under way is lost with a link: four parts
  assert.ok(parts <= 25 * 125 + 4 * cuts, `${parts} parts over ${cuts} links`);
});

function chunksTo(net: SyncNet, { name }: SyncDevice) {
  return net.sent.filter(({ to, frame }) =>
    to === name && frame !== null && frame !== "unknown" && frame.kind === "blob-chunk"
  );
}
