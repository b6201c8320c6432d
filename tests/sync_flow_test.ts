/** Lanes and credit over whole nodes: what is under way is bounded, and what matters goes first. */
import assert from "node:assert/strict";
import { encodeFrame, PROTOCOL_VERSION } from "../field/sync/frames.ts";
import { ENOUGH_NEIGHBOURS } from "../field/sync/node.ts";
import { costOf, WINDOW_BYTES } from "../field/sync/send_window.ts";
import { crew, join, pair } from "./fixtures/sync_crew.ts";
import { type SentFrame, type SyncDevice, SyncNet, thumbOf } from "./fixtures/sync_net.ts";

/** Bytes on links that count against the window, and those of control frames. */
function weigh(sent: readonly SentFrame[]): { readonly data: number; readonly control: number } {
  let [data, control] = [0, 0];
  for (const { frame, bytes } of sent) {
    const isData = frame !== null && frame !== "unknown" && costOf(frame.kind, bytes).bytes > 0;
    if (isData) data += bytes;
    else control += bytes;
  }
  return { data, control };
}

function kindsOf(sent: readonly SentFrame[]): string[] {
  return sent.map(({ frame }) => frame === null || frame === "unknown" ? "?" : frame.kind);
}

/** Ann has pictures of `megabytes` in all that Bob's records speak of; the two are linked. */
async function picturesToFetch(megabytes: number) {
  const { net, ann, bob } = await pair();
  const blobs = await Promise.all(
    Array.from({ length: megabytes / 2 }, (_, n) => thumbOf(n, 2 << 20)),
  );
  await net.connect(ann, bob);
  await net.deliver();
  const observation = await ann.record(1);
  await net.deliver();
  net.sent.length = 0;
  await ann.store.commit({ blobs, at: 1 });
  await bob.store.commit({ wanted: blobs.map(({ hash }) => hash) });
  return { net, ann, bob, blobs, observation };
}

Deno.test("a peer that stops reading while 50 MB of pictures wait holds 256 KB of the link, and an alert goes next", async () => {
  const { net, ann, bob, observation } = await picturesToFetch(50);
  await bob.node.tick();
  while (!kindsOf(net.sent).includes("blob-chunk")) assert.equal(await net.deliver(1), 1);
  net.stalled.add(bob);
  await net.pass(20_000);
  const before = net.sent.filter(({ from }) => from === "ann");
  const { data, control } = weigh(before);
  console.log(`handed to the link: ${data} bytes of data, ${control} of control`);
  assert.ok(data <= WINDOW_BYTES);
  assert.ok(control <= 16 * 1024);
  const [link] = ann.node.peers();
  assert.ok(link.waiting.mediaParts > 0);

  await ann.replica.note([{ observation: observation.id, field: "comment", value: "Help!" }]);
  await ann.node.announce([ann.id]);
  const [alert] = net.sent.filter(({ from }) => from === "ann").slice(before.length);
  assert.equal(kindsOf([alert])[0], "entries", "handed over before any picture");

  net.stalled.clear();
  let chunks = 0;
  while ((await bob.store.edits(observation.id)).length === 0) {
    const [next] = await nextFrom(net, bob);
    if (next === "blob-chunk") chunks++;
  }
  assert.ok(chunks * 16_000 <= 64 * 1024, "only what was under way comes before it");
});

/** Delivers one frame; its kind, if it went to `to`. */
async function nextFrom(net: SyncNet, to: SyncDevice): Promise<string[]> {
  const next = net.nextTo(to);
  assert.equal(await net.deliver(1), 1);
  return next === null ? [] : [next];
}

Deno.test("pictures never hold more than their share of the window, and all of them come", async () => {
  const { net, ann, bob, blobs } = await picturesToFetch(6);
  await bob.node.tick();
  let most = 0;
  while (await net.deliver(1) > 0) most = Math.max(most, net.underWay.bytes);
  assert.ok(most <= 70 * 1024, `${most} bytes under way`);
  await net.pass(30_000);
  for (const { hash } of blobs) assert.ok(await bob.store.blob(hash));
  assert.deepEqual(ann.node.peers()[0].waiting, { records: 0, mediaParts: 0 });
  assert.deepEqual(net.drops, []);
});

Deno.test("a picture whose link is cut goes on where it broke off, from another peer too", async () => {
  const { net, devices: [ann, bob, cal] } = await crew(1, "ann", "bob", "cal");
  const thumb = await thumbOf(1, 1_000_000);
  for (const { store } of [ann, cal]) await store.commit({ blobs: [thumb], at: 1 });
  await bob.store.commit({ wanted: [thumb.hash] });
  const chunks = (to: string) =>
    net.sent.filter((one) => one.to === to && kindsOf([one])[0] === "blob-chunk").length;
  await net.connect(ann, bob);
  while (chunks("bob") < 30) assert.equal(await net.deliver(1), 1);
  net.cutAll();
  await net.connect(cal, bob);
  await net.deliver();
  assert.ok(await bob.store.blob(thumb.hash));
  const parts = Math.ceil(1_000_000 / 16_000);
  assert.ok(chunks("bob") <= parts + 5, `${chunks("bob")} parts of ${parts}`);
});

Deno.test("pressure tells what waits for peers, and falls when they read", async () => {
  const { net, ann, bob } = await pair();
  await net.connect(ann, bob);
  await net.deliver();
  assert.equal(ann.node.pressure, 0);
  net.stalled.add(bob);
  for (let n = 0; n < 600; n++) await ann.record(n);
  assert.equal(ann.node.pressure, 1);
  assert.equal(ann.node.peers()[0].waiting.records, 600);
  net.stalled.clear();
  await net.deliver();
  assert.ok(ann.node.pressure < 0.1, `${ann.node.pressure}`);
  assert.deepEqual(ann.node.peers()[0].waiting, { records: 0, mediaParts: 0 });
});

Deno.test("a link is known by its kind, round trip, loss and pictures", async () => {
  const { net, ann, bob } = await pair();
  await ann.record(1, await thumbOf(1));
  const binding = new Uint8Array(32);
  await net.connect(ann, bob, "pair");
  await net.deliver();
  await net.pass(60_000);
  const [link] = ann.node.peers();
  assert.deepEqual([link.device, link.via, link.loss], [bob.id, "pair", 0]);
  assert.equal(link.rttMs, 0);
  assert.deepEqual(link.media, { have: 1, of: 1 });
  ann.node.open("other", binding);
  assert.equal(ann.node.peers().length, 1, "not yet proved");
  assert.ok(ann.changes.includes("links"));
});

Deno.test("two devices of different versions tell each other which of them to update", async () => {
  const { net, ann, bob } = await pair();
  for (
    const [version, toAnn, toBob] of [
      [PROTOCOL_VERSION - 1, "The other device", "This device"],
      [PROTOCOL_VERSION + 1, "This device", "The other device"],
    ] as const
  ) {
    net.drops.length = net.said.length = 0;
    ann.node.open("old", new Uint8Array(32));
    const nonce = new Uint8Array(16);
    const hello = { kind: "hello", device: bob.id, nonce, invite: null, version } as const;
    await ann.node.receive("old", encodeFrame(hello));
    assert.match(net.drops[0].reason, new RegExp(`^${toAnn} has an older version`));
    const bye = net.said.findLast(({ kind }) => kind === "bye");
    assert.match(bye?.kind === "bye" ? bye.reason : "", new RegExp(`^${toBob} has an older`));
  }
  assert.deepEqual(ann.node.incidents, []);
});

Deno.test("a member with enough neighbours sends others away politely, but not whom it invited", async () => {
  const { net, ann, bob } = await pair();
  ann.mayAccept = () => false;
  await net.connect(ann, bob);
  await net.deliver();
  assert.equal(ann.node.connected.size + bob.node.connected.size, 0);
  assert.equal(bob.node.book.of(ann.id).reason, ENOUGH_NEIGHBOURS);
  assert.deepEqual([ann.node.incidents, bob.node.incidents], [[], []]);
  const cal = await net.device("cal");
  await join(net, ann, cal);
  assert.deepEqual([...ann.node.connected], [cal.id]);
});

Deno.test("leave() parts from a neighbour with a word, and the neighbour blames nobody", async () => {
  const { net, devices: [ann, bob, cal] } = await crew(1, "ann", "bob", "cal");
  await net.connect(ann, bob);
  await net.connect(ann, cal);
  await net.deliver();
  ann.node.leave(bob.id);
  ann.node.leave(bob.id);
  await net.deliver();
  assert.deepEqual([...ann.node.connected], [cal.id]);
  assert.equal(bob.node.connected.size, 0);
  for (const [device, other] of [[ann, bob], [bob, ann]]) {
    assert.equal(device.node.book.of(other.id).reason, ENOUGH_NEIGHBOURS);
    assert.deepEqual(device.node.incidents, []);
  }
  await net.connect(bob, ann);
  await net.deliver();
  assert.equal(bob.node.connected.size, 1, "it may come back");
});

Deno.test("leave() of an inviter does not cost the newcomer its invite", async () => {
  const net = new SyncNet();
  const [ann, bob] = [await net.device("ann"), await net.device("bob")];
  const { code } = await ann.membership.invite("sensor");
  await bob.membership.take(code);
  await net.connect(ann, bob);
  const hasMet = () => ann.node.connected.has(bob.id) && bob.node.connected.has(ann.id);
  while (!hasMet()) assert.equal(await net.deliver(1), 1);
  ann.node.leave(bob.id);
  await net.deliver();
  assert.equal(bob.node.connected.size, 0);
  assert.notEqual(bob.membership.ticket, null, "its crew does not name it yet");
  assert.ok(!bob.changes.some((what) => what.startsWith("refused")));
  await net.connect(ann, bob);
  await net.deliver();
  assert.ok(bob.replica.crew?.members.has(bob.id));
});

Deno.test("a peer that says nothing for 30 seconds is let go; a device that slept does not blame others", async () => {
  const { net, ann, bob } = await pair();
  const link = await net.connect(ann, bob);
  await net.deliver();
  await net.pass(60_000);
  assert.equal(ann.node.connected.size, 1, "quiet peers stay");
  net.now += 600_000;
  await net.pass(5_000);
  assert.equal(ann.node.connected.size, 1, "ten minutes asleep");
  net.deaf.add(link);
  await net.pass(25_000);
  assert.equal(ann.node.connected.size, 1);
  await net.pass(10_000);
  assert.equal(ann.node.connected.size, 0);
  assert.deepEqual(ann.node.incidents.map(({ kind }) => kind), ["silent"]);
});
