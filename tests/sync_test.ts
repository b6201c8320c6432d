import assert from "node:assert/strict";
import fc from "fast-check";
import { joinBytes } from "../field/bytes.ts";
import { encodeCbor } from "../field/cbor.ts";
import { encodeTicket, INVITE_LASTS_MS } from "../field/invite.ts";
import { ANSWERS_BYTES, encodeFrame } from "../field/sync/frames.ts";
import { idOf, observationAt } from "./fixtures/devices.ts";
import { FailingStore, feedOf, Forger, NOW } from "./fixtures/replicas.ts";
import { crew, join, pair } from "./fixtures/sync_crew.ts";
import { type SentFrame, type SyncDevice, SyncNet, thumbOf } from "./fixtures/sync_net.ts";

/** All hold the same entries, observations, members and thumbnails. */
async function assertSame(...devices: readonly SyncDevice[]): Promise<void> {
  const states = await Promise.all(devices.map(async ({ store, replica }) => ({
    heads: replica.heads.map(({ device, seq }) => `${device.slice(0, 8)} ${seq}`).sort(),
    observations: await store.observations({ limit: 500 }),
    members: [...replica.crew?.members.keys() ?? []].sort(),
    wanted: await store.countWanted(),
    faults: (await replica.verify()).faults,
  })));
  for (const state of states) {
    assert.deepEqual(state, states[0]);
    assert.equal(state.wanted, 0, "thumbnails are missing");
    assert.deepEqual(state.faults, []);
  }
}

const kinds = (sent: readonly SentFrame[]) =>
  sent.map(({ frame }) => frame === null || frame === "unknown" ? String(frame) : frame.kind);

const HANDSHAKE = new Set(["hello", "proof"]);

// ------------------------------------------------------------------ joining

Deno.test("an invited device joins, and what each had recorded before is on both", async () => {
  const net = new SyncNet();
  const [ann, bob] = [await net.device("ann"), await net.device("bob")];
  await ann.record(1, await thumbOf(1));
  await bob.record(2, await thumbOf(2));
  await bob.replica.rename("Bob's phone");
  await join(net, ann, bob);
  await assertSame(ann, bob);
  assert.equal(bob.replica.crew?.founder, ann.id);
  assert.equal(ann.replica.crew?.members.get(bob.id)?.role, "sensor");
  assert.equal(bob.membership.ticket, null);
  assert.equal(ann.replica.nameOf(bob.id), "Bob's phone");
  assert.deepEqual([...ann.node.connected], [bob.id]);
  assert.deepEqual([...bob.node.connected], [ann.id]);
  assert.deepEqual(net.drops, []);
  for (const device of [ann, bob]) assert.ok(device.changes.includes("crew"));
});

Deno.test("a whole team joins by one invite, and all know each other", async () => {
  const net = new SyncNet();
  const [ann, ...others] = await Promise.all(
    ["ann", "bob", "cal", "dee"].map((n) => net.device(n)),
  );
  const { code } = await ann.membership.invite("sensor");
  for (const [i, other] of others.entries()) {
    await other.record(i);
    await other.membership.take(code);
    await net.connect(ann, other);
  }
  await net.deliverInBursts();
  await net.pass(20_000);
  await assertSame(ann, ...others);
  assert.equal(others[2].replica.crew?.members.size, 4);
});

Deno.test("a device joins by an admin who is not the founder, also when the link ends at once", async () => {
  for (let frames = 1; frames < 16; frames++) {
    const net = new SyncNet(frames);
    const [ann, bob] = [await net.device("ann"), await net.device("bob")];
    await join(net, ann, bob, "admin");
    net.cutAll();
    const cal = await net.device("cal");
    const { code } = await bob.membership.invite("sensor");
    await cal.membership.take(code);
    await net.connect(bob, cal);
    await net.deliver(frames);
    net.cutAll();
    await net.settle([bob, cal]); // Ann is far away
    assert.equal(cal.replica.crew?.founder, ann.id, `after ${frames} frames`);
    assert.ok(cal.replica.knows(bob.id), `cut after ${frames} frames, Cal is lost to Bob for ever`);
    await assertSame(bob, cal);
  }
});

Deno.test("two devices that take up each other's invites come to rest, in one crew", async () => {
  const net = new SyncNet();
  const [ann, bob] = [await net.device("ann"), await net.device("bob")];
  const { code: anns } = await ann.membership.invite("sensor");
  const { code: bobs } = await bob.membership.invite("sensor");
  await ann.membership.take(bobs);
  await bob.membership.take(anns);
  await ann.record(1);
  await bob.record(2);
  await net.connect(ann, bob);
  await net.deliver();
  await net.settle([ann, bob]);
  assert.equal(ann.replica.crew?.founder, bob.replica.crew?.founder);
  await assertSame(ann, bob);
});

Deno.test("two devices that take up each other's invites while they meet come to rest, too", async () => {
  for (const frames of [0, 1, 2, 3, 4, 6, 8, 10]) {
    for (const names of [["ann", "bob"], ["bob", "ann"]]) {
      const net = new SyncNet(frames);
      const [one, two] = await Promise.all(names.map((name) => net.device(name)));
      const { code: ones } = await one.membership.invite("sensor");
      const { code: twos } = await two.membership.invite("sensor");
      await one.membership.take(twos);
      await net.connect(one, two);
      await net.deliver(frames);
      await two.membership.take(ones).catch((error) => assert.equal(error.code, "already-in-crew"));
      await net.settle([one, two]);
      net.cutAll();
      await net.settle([one, two]);
      assert.equal(one.replica.crew?.founder, two.replica.crew?.founder, `${frames}: ${names}`);
      await assertSame(one, two);
    }
  }
});

Deno.test("an invite that its inviter refuses is forgotten, and the user is told", async () => {
  const net = new SyncNet();
  const [ann, bob] = [await net.device("ann"), await net.device("bob")];
  const { code } = await ann.membership.invite("sensor");
  await bob.membership.take(code);
  net.now += INVITE_LASTS_MS + 1;
  await net.connect(ann, bob);
  await net.deliver();
  assert.equal(bob.membership.ticket, null);
  assert.ok(bob.changes.includes("refused: invite-refused"));
  assert.equal(bob.replica.crew, null);
});

Deno.test("nobody but the inviter can end an invite that a device took up", async () => {
  const net = new SyncNet();
  const [ann, bob, eve] = await Promise.all(["ann", "bob", "eve"].map((name) => net.device(name)));
  await bob.membership.take((await ann.membership.invite("sensor")).code);
  const bye = encodeFrame({ kind: "bye", reason: "No." });
  bob.node.open("unproved", new Uint8Array(32));
  await bob.node.receive("unproved", bye);
  const link = await net.connect(eve, bob);
  await net.deliver();
  await bob.node.receive(link, bye);
  assert.notEqual(bob.membership.ticket, null);
  await net.connect(ann, bob);
  await net.deliver();
  await assertSame(ann, bob);
});

Deno.test("a stranger gets nothing but hello, proof and bye, and leaves nothing behind", async () => {
  const { net, ann, bob } = await pair();
  await ann.record(1, await thumbOf(1));
  await net.pass(2_000); // what is known of Bob has been written
  const settings = (await ann.store.settings("")).size;
  const eve = await net.device("eve");
  await eve.record(9);
  for (const [a, b] of [[ann, eve], [eve, bob]]) {
    await net.connect(a, b);
    await net.deliver();
    await net.pass(20_000);
  }
  const got = kinds(net.sent.filter(({ to }) => to === "eve"));
  assert.deepEqual([...new Set(got)].filter((kind) => !HANDSHAKE.has(kind)), ["bye"]);
  assert.deepEqual(await eve.observationIds(), [observationAt(eve.id, NOW + 9).id]);
  assert.equal(eve.replica.headOf(ann.id), undefined);
  assert.equal(ann.replica.headOf(eve.id), undefined);
  assert.equal(await ann.store.countObservations(), 1);
  assert.equal(ann.node.connected.size, 0);
  assert.equal((await ann.store.settings("")).size, settings, "strangers fill the disk");
});

Deno.test("a stranger with an invite that was made up, has expired or is used up gets nothing", async () => {
  const net = new SyncNet();
  const [ann, eve] = [await net.device("ann"), await net.device("eve")];
  await ann.record(1);
  const { code } = await ann.membership.invite("sensor");
  await eve.membership.take(code);
  const ticket = eve.membership.ticket;
  assert.ok(ticket);
  net.now += INVITE_LASTS_MS + 1;
  await net.connect(ann, eve);
  await net.deliver();
  assert.deepEqual(await eve.observationIds(), []);
  assert.ok(!ann.replica.knows(eve.id));
  assert.ok(kinds(net.sent).includes("bye"));
});

Deno.test("a stranger who has seen an invite's id, but not its secret, gets nothing", async () => {
  const net = new SyncNet();
  const [ann, eve] = [await net.device("ann"), await net.device("eve")];
  const { code } = await ann.membership.invite("sensor");
  const eves = await net.device("bob");
  await eves.membership.take(code);
  // Eve's code has the id that Bob's hello shows to anyone, and a secret of her own
  assert.ok(eves.membership.ticket);
  const forged = encodeTicket({ ...eves.membership.ticket, secret: new Uint8Array(16) });
  await eve.membership.take(forged);
  await net.connect(ann, eve);
  await net.deliver();
  assert.ok(!ann.replica.knows(eve.id));
  assert.ok(
    ann.membership.find(eves.membership.ticket.id, idOf(1)),
    "the invite is not used up by her",
  );
});

Deno.test("a device that calls itself, or gets no answer, lets go of the link", async () => {
  const { net, ann } = await pair();
  const link = new Uint8Array(32);
  ann.node.open("mirror", link);
  const nonce = new Uint8Array(16);
  const hello = encodeFrame({ kind: "hello", device: ann.id, nonce, invite: null });
  await ann.node.receive("mirror", hello);
  assert.equal(net.drops.length, 1);
  ann.node.open("silent", link);
  await net.pass(14_000);
  assert.equal(net.drops.length, 1);
  await net.pass(2_000);
  assert.deepEqual(net.drops.map(({ link }) => link), ["mirror", "silent"]);
});

// ------------------------------------------------------------------ exchange

Deno.test("two devices that recorded apart are the same after they have met", async () => {
  const { net, ann, bob } = await pair();
  for (let n = 0; n < 30; n++) await ann.record(n, n % 3 ? undefined : await thumbOf(n));
  for (let n = 100; n < 120; n++) await bob.record(n, n % 4 ? undefined : await thumbOf(n));
  await net.connect(ann, bob);
  await net.deliver();
  await assertSame(ann, bob);
  assert.equal(await bob.store.countObservations(), 50);
  assert.deepEqual(net.drops, []);
});

Deno.test("two devices with nothing new exchange less than 300 bytes after the handshake", async () => {
  const { net, ann, bob } = await pair();
  for (let n = 0; n < 10; n++) await ann.record(n);
  await net.connect(ann, bob);
  await net.deliver();
  net.cutAll();
  net.sent.length = 0;
  await net.connect(ann, bob);
  await net.deliver();
  const shaken = net.sent.filter((one) => HANDSHAKE.has(kinds([one])[0]));
  const after = net.sent.filter((one) => !HANDSHAKE.has(kinds([one])[0]));
  const bytes = (sent: readonly SentFrame[]) => sent.reduce((sum, one) => sum + one.bytes, 0);
  console.log(
    `nothing new: ${bytes(after)} bytes in ${after.length} frames (${kinds(after)}), ` +
      `handshake ${bytes(shaken)} bytes`,
  );
  assert.ok(bytes(after) < 300);
  assert.ok(bytes(net.sent) < 600);
  net.sent.length = 0;
  await net.pass(60_000);
  console.log(`and ${bytes(net.sent)} bytes in the minute after that`);
  assert.ok(bytes(net.sent) < 300);
});

Deno.test("what is recorded while a peer is connected arrives at once, and the peer says so", async () => {
  const { net, ann, bob } = await pair();
  await net.connect(ann, bob);
  await net.deliver();
  await ann.record(1, await thumbOf(1));
  await net.deliver();
  await assertSame(ann, bob);
  const seq = ann.replica.headOf(ann.id)?.seq;
  assert.equal(ann.node.book.of(bob.id).heads.get(ann.id), seq);
  assert.equal(bob.node.book.of(ann.id).heads.get(ann.id), seq);
  assert.equal(ann.node.book.of(bob.id).lastAt, net.now);
});

Deno.test("what a peer holds is known again after a restart, while it is away", async () => {
  const { net, ann, bob } = await pair();
  await ann.record(1);
  await net.connect(ann, bob);
  await net.deliver();
  await net.pass(2_000);
  net.cutAll();
  await ann.restart();
  const page = ann.node.book.of(bob.id);
  assert.equal(page.heads.get(ann.id), ann.replica.headOf(ann.id)?.seq);
  assert.ok(page.lastAt !== null && page.lastAt >= NOW && page.lastAt <= net.now);
});

Deno.test("a large feed crosses in parts, and a sender never has more than a megabyte under way", async () => {
  const { net, ann, bob } = await pair();
  const filler = "x".repeat(200);
  for (let n = 0; n < 40; n++) {
    const batch = Array.from(
      { length: 64 },
      (_, i) =>
        observationAt(ann.id, NOW + 64 * n + i, { source: `${filler}${i}`, thumb: undefined }),
    );
    await ann.replica.record(batch.map(({ thumb: _, ...one }) => one), []);
  }
  for (let n = 0; n < 24; n++) await ann.record(5000 + n, await thumbOf(n, 200_000));
  await net.connect(ann, bob);
  let most = 0;
  while (await net.deliver(1) > 0) most = Math.max(most, net.underWay.bytes);
  await net.pass(20_000);
  console.log(`most under way: ${most} bytes`);
  assert.ok(most <= 1_000_000);
  await assertSame(ann, bob);
  assert.equal(await bob.store.countObservations(), 40 * 64 + 24);
});

// ------------------------------------------------------------------ interruptions

/** Ann and Bob, who have recorded apart; the number of frames that their meeting takes. */
async function apart(seed: number) {
  const met = await pair(seed);
  for (let n = 0; n < 3; n++) await met.ann.record(n, await thumbOf(n, 40_000));
  for (let n = 10; n < 12; n++) await met.bob.record(n, await thumbOf(n));
  return met;
}

async function framesOfMeeting(): Promise<number> {
  const { net, ann, bob } = await apart(0);
  await net.connect(ann, bob);
  return await net.deliver();
}

Deno.test("a link cut after any number of frames: the next one completes the exchange", async () => {
  const frames = await framesOfMeeting();
  for (let cutAfter = 0; cutAfter <= frames; cutAfter++) {
    const { net, ann, bob } = await apart(cutAfter);
    await net.connect(ann, bob);
    await net.deliver(cutAfter);
    net.cutAll();
    await net.connect(ann, bob);
    await net.deliver();
    await assertSame(ann, bob);
    assert.deepEqual(net.drops, []);
  }
});

Deno.test("a worker restarted after any number of frames, with frames under way: the link goes on", async () => {
  const frames = await framesOfMeeting();
  const dropped: number[] = [];
  for (let at = 0; at <= frames; at++) {
    const { net, ann, bob } = await apart(at);
    await net.connect(ann, bob);
    await net.deliver(at);
    await (at % 2 ? ann : bob).restart();
    await net.deliver();
    if (net.drops.length > 0) dropped.push(at);
    await net.settle([ann, bob]);
    await assertSame(ann, bob);
  }
  assert.deepEqual(dropped, [], "the link had to be dialled again");
});

Deno.test("both workers restarted at once, or one twice in a row: the link goes on", async () => {
  const frames = await framesOfMeeting();
  const dropped: string[] = [];
  for (let at = 0; at <= frames; at++) {
    for (const how of ["both", "twice", "one after the other"] as const) {
      const { net, ann, bob } = await apart(at);
      await net.connect(ann, bob);
      await net.deliver(at);
      await ann.restart();
      if (how === "one after the other") await net.deliver(1);
      await (how === "twice" ? ann : bob).restart();
      await net.deliver();
      if (net.drops.length > 0) dropped.push(`${how} after ${at}`);
      await net.settle([ann, bob]);
      await assertSame(ann, bob);
    }
  }
  assert.deepEqual(dropped, [], "the link had to be dialled again");
});

Deno.test("a page that tells of its links twice does not cost a link", async () => {
  const { net, ann, bob } = await apart(1);
  const link = await net.connect(ann, bob);
  await net.deliver();
  const [{ binding }] = net.linksOf(ann);
  ann.node.open(link, binding);
  ann.node.open(link, binding);
  await net.deliver();
  assert.deepEqual(net.drops, []);
  assert.deepEqual([...ann.node.connected], [bob.id]);
  assert.deepEqual([...bob.node.connected], [ann.id]);
});

Deno.test("a page that tells of its links again in the middle of the exchange only delays it", async () => {
  const frames = await framesOfMeeting();
  for (let at = 0; at <= frames; at++) {
    const { net, ann, bob } = await apart(at);
    const link = await net.connect(ann, bob);
    await net.deliver(at);
    const [{ binding }] = net.linksOf(bob);
    bob.node.open(link, binding);
    await net.deliver();
    await net.pass(3_000);
    assert.deepEqual(net.drops, []);
    await assertSame(ann, bob);
  }
});

Deno.test("a peer that calls again replaces its older link", async () => {
  const { net, ann, bob } = await apart(1);
  const older = await net.connect(ann, bob);
  await net.deliver(5);
  await net.connect(ann, bob);
  await net.deliver();
  await assertSame(ann, bob);
  assert.deepEqual([...new Set(net.drops.map(({ link }) => link))], [older]);
  assert.deepEqual([...ann.node.connected], [bob.id]);
  assert.deepEqual([...bob.node.connected], [ann.id]);
});

Deno.test("frames that arrive in bursts, before the ones before are dealt with, do no harm", async () => {
  const { net, ann, bob } = await apart(1);
  await net.connect(ann, bob);
  await net.deliverInBursts();
  await net.pass(20_000);
  await assertSame(ann, bob);
  assert.deepEqual(net.drops, []);
});

Deno.test("a disk that fails once costs nothing but time", async () => {
  const { net, ann } = await pair();
  const store = new FailingStore();
  const cal = await net.device("cal", store);
  await join(net, ann, cal);
  net.cutAll();
  await ann.record(1, await thumbOf(1));
  for (const spoil of [() => store.failNext = new Error("full"), () => {}]) {
    spoil();
    await net.connect(ann, cal);
    await net.deliver();
    await net.settle([ann, cal]);
  }
  await assertSame(ann, cal);
});

Deno.test("an answer that comes late is not held against the peer", async () => {
  const { net, ann, bob } = await apart(1);
  await net.connect(ann, bob);
  while (!kinds(net.sent).includes("entries")) await net.deliver(1);
  await net.pass(25_000, { delivering: false }); // a slow link: the answer is under way all the time
  await net.deliver();
  assert.deepEqual(net.drops, []);
  await net.pass(40_000);
  await assertSame(ann, bob);
});

// ------------------------------------------------------------------ relay

Deno.test("a device in the middle, never online with both at once, carries everything across", async () => {
  const { net, devices: [ann, bob, cal] } = await crew(1, "ann", "bob", "cal");
  await ann.record(1, await thumbOf(1));
  await cal.record(2, await thumbOf(2));
  for (const [a, b] of [[ann, bob], [bob, cal], [ann, bob]]) {
    await net.connect(a, b);
    await net.deliver();
    net.cutAll();
    await net.pass(60_000);
  }
  await assertSame(ann, bob, cal);
  assert.ok(!net.sent.some(({ from, to }) => from !== "bob" && to !== "bob"));
  assert.equal(cal.node.book.of(bob.id).heads.get(ann.id), ann.replica.headOf(ann.id)?.seq);
});

Deno.test("a device in the middle passes on at once, thumbnails too, while both are online", async () => {
  const { net, devices: [ann, bob, cal] } = await crew(1, "ann", "bob", "cal");
  await net.connect(ann, bob);
  await net.connect(bob, cal);
  await net.deliver();
  await ann.record(1, await thumbOf(1, 100_000));
  await cal.record(2, await thumbOf(2, 100_000));
  await net.deliver();
  assert.deepEqual(await cal.observationIds(), await ann.observationIds());
  await net.pass(30_000);
  await assertSame(ann, bob, cal);
});

Deno.test("a new member is made known through a device in the middle", async () => {
  const { net, devices: [ann, bob] } = await crew(1, "ann", "bob");
  const cal = await net.device("cal");
  await join(net, ann, cal);
  await cal.record(3);
  await net.deliver();
  net.cutAll();
  await net.connect(ann, bob);
  await net.deliver();
  await assertSame(ann, bob, cal);
  net.cutAll();
  await net.connect(bob, cal);
  await net.deliver();
  assert.deepEqual([...bob.node.connected], [cal.id]);
});

// ------------------------------------------------------------------ peers that do harm

/** Ann with a proved session to Bob, whose node is told nothing any more: the test speaks for him. */
async function speakingForBob() {
  const { net, ann, bob } = await pair();
  await ann.record(1, await thumbOf(1));
  const link = await net.connect(ann, bob);
  await net.deliver();
  net.sent.length = 0;
  assert.ok(ann.node.connected.has(bob.id));
  return { net, ann, bob, say: (bytes: Uint8Array) => ann.node.receive(link, bytes) };
}

for (
  const [what, bytes] of [
    ["garbage", new Uint8Array(50).fill(0xee)],
    ["an empty frame", new Uint8Array(0)],
    ["a frame that is too large", new Uint8Array(70_000)],
    ["a malformed frame", joinBytes(Uint8Array.of(0), encodeCbor([4, "heads"]))],
    ["entries that were not asked for", encodeFrame({ kind: "entries", entries: [] })],
  ] as const
) {
  Deno.test(`a peer that sends ${what} is dropped`, async () => {
    const { net, ann, say } = await speakingForBob();
    await say(bytes);
    assert.equal(net.drops.length, 1);
    assert.equal(ann.node.connected.size, 0);
    await say(encodeFrame({ kind: "summary", digest: new Uint8Array(8) }));
    assert.deepEqual(kinds(net.sent), [], "it is not answered any more");
  });
}

Deno.test("a peer that sends an unknown frame is not dropped: it may be newer", async () => {
  const { net, ann, say } = await speakingForBob();
  await say(joinBytes(Uint8Array.of(0), encodeCbor([77, "new"])));
  assert.deepEqual(net.drops, []);
  assert.equal(ann.node.connected.size, 1);
});

Deno.test("a peer that sends faster than it may is dropped", async () => {
  const { net, say } = await speakingForBob();
  const summary = encodeFrame({ kind: "summary", digest: new Uint8Array(8) });
  await Promise.all(Array.from({ length: 200 }, () => say(summary)));
  assert.equal(net.drops.length, 1);
});

Deno.test("a peer that answers a want with forged entries is dropped, and nothing is kept", async () => {
  const { net, ann, bob, say } = await speakingForBob();
  const head = { device: bob.id, seq: 50, hash: new Uint8Array(8) };
  await say(encodeFrame({ kind: "heads", heads: [head] }));
  assert.deepEqual(kinds(net.sent).slice(-1), ["want"]);
  const forger = await Forger.named("eve");
  const forged = await forger.entry({ device: bob.id, change: forger.change() });
  const before = await ann.observationIds();
  await say(encodeFrame({ kind: "entries", entries: [forged.bytes] }));
  assert.equal(net.drops.length, 1);
  assert.deepEqual(await ann.observationIds(), before);
  assert.equal(ann.replica.headOf(bob.id)?.quarantined, undefined, "Bob is not to blame");
});

Deno.test("a peer that claims heads which it does not have is asked a few times, not for ever", async () => {
  const { net, bob, say } = await speakingForBob();
  const heads = [{ device: bob.id, seq: 50, hash: new Uint8Array(8) }];
  await say(encodeFrame({ kind: "heads", heads }));
  for (let answer = 0; answer < 50; answer++) {
    const before = kinds(net.sent).filter((kind) => kind === "want").length;
    if (before <= answer) break;
    await say(encodeFrame({ kind: "entries", entries: [], answers: before }));
  }
  const wants = kinds(net.sent).filter((kind) => kind === "want").length;
  assert.ok(wants <= 3, `${wants} wants`);
  assert.deepEqual(net.drops, []);
});

Deno.test("a member that forked is put in quarantine by both sides, and the others go on", async () => {
  const { net, devices: [ann, bob] } = await crew(1, "ann", "bob");
  const [one, twin] = [await Forger.named("eve"), await Forger.named("eve")];
  await ann.replica.admit(one.id, "sensor");
  await net.connect(ann, bob);
  await net.deliver();
  net.cutAll();
  await ann.replica.receive([(await one.entry()).bytes]);
  await bob.replica.receive([(await twin.entry({ change: twin.change("1") })).bytes]);
  await net.connect(ann, bob);
  await net.deliver();
  await ann.record(1);
  await bob.record(2);
  await net.deliver();
  assert.notEqual(ann.replica.headOf(one.id)?.quarantined, undefined);
  assert.notEqual(bob.replica.headOf(one.id)?.quarantined, undefined);
  assert.deepEqual(await ann.observationIds(), await bob.observationIds());
  net.sent.length = 0;
  await net.pass(60_000);
  const bytes = net.sent.reduce((sum, one) => sum + one.bytes, 0);
  assert.ok(bytes < 3000, `${bytes} bytes a minute about a device that nobody takes anything from`);
});

Deno.test("a member is given the crew's feeds only, not what else is on this disk", async () => {
  const net = new SyncNet();
  const [ann, bob, dee] = await Promise.all(["ann", "bob", "dee"].map((name) => net.device(name)));
  // Ann was in a crew with Dee before; now she is in Bob's
  await ann.replica.follow(dee.id);
  await dee.record(9);
  await ann.replica.receive(await feedOf(dee.store, dee.id));
  await ann.replica.follow(ann.id);
  const link = await join(net, ann, bob);
  assert.equal(bob.replica.headOf(dee.id), undefined);
  net.sent.length = 0;
  const feeds = [{ device: dee.id, after: 0 }];
  await ann.node.receive(link, encodeFrame({ kind: "want", feeds, mostBytes: 50_000 }));
  const [answer] = net.sent.slice(-1);
  assert.deepEqual(answer.frame, { kind: "entries", entries: [], answers: 1, more: false });
});

Deno.test("nobody can blame a member by saying that he is it", async () => {
  const { net, ann, bob } = await pair();
  const nonce = new Uint8Array(16);
  ann.node.open("evil", new Uint8Array(32));
  await ann.node.receive(
    "evil",
    encodeFrame({ kind: "hello", device: bob.id, nonce, invite: null }),
  );
  const own = net.said.findLast(({ kind }) => kind === "hello");
  assert.ok(own?.kind === "hello" && own.device === ann.id);
  const answers = own.nonce.slice(0, ANSWERS_BYTES);
  const sig = new Uint8Array(64);
  await ann.node.receive("evil", encodeFrame({ kind: "proof", answers, sig, invite: null }));
  assert.equal(net.drops.length, 1);
  await net.pass(20_000);
  assert.equal(ann.node.connected.size, 0);
  assert.equal(ann.node.book.of(bob.id).reason, undefined, "shown to the user as Bob's doing");
});

// ------------------------------------------------------------------ anything, in any order

type Step =
  | { readonly do: "record"; readonly by: number; readonly thumb: boolean }
  | { readonly do: "connect"; readonly by: number }
  | { readonly do: "cut" | "burst" }
  | { readonly do: "restart"; readonly by: number }
  | { readonly do: "deliver"; readonly frames: number }
  | { readonly do: "pass"; readonly seconds: number };

const who = fc.nat(2);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("record" as const), by: who, thumb: fc.boolean() }),
  fc.record({ do: fc.constant("connect" as const), by: who }),
  fc.record({ do: fc.constantFrom("cut" as const, "burst" as const) }),
  fc.record({ do: fc.constant("restart" as const), by: who }),
  fc.record({ do: fc.constant("deliver" as const), frames: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ do: fc.constant("pass" as const), seconds: fc.integer({ min: 1, max: 25 }) }),
);

Deno.test("three devices are the same in the end, whatever happened before", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.nat(), async (steps, seed) => {
      const { net, devices } = await crew(seed, "ann", "bob", "cal");
      let recorded = 0;
      for (const one of steps) {
        if (one.do === "record") {
          await devices[one.by].record(++recorded, one.thumb ? await thumbOf(recorded) : undefined);
        } else if (one.do === "connect") {
          await net.connect(devices[one.by], devices[(one.by + 1) % 3]);
        } else if (one.do === "restart") await devices[one.by].restart();
        else if (one.do === "deliver") await net.deliver(one.frames);
        else if (one.do === "pass") await net.pass(one.seconds * 1000, { delivering: false });
        else if (one.do === "cut") net.cutAll();
        else await net.deliverInBursts();
      }
      const [ann, bob, cal] = devices;
      await net.settle([ann, bob], [bob, cal]);
      await assertSame(...devices);
      assert.equal((await ann.observationIds()).length, recorded);
      assert.equal(ann.node.book.of(idOf(1)).lastAt, null);
    }),
    { numRuns: 12 },
  );
});
