/** What no honest peer does: each is refused, named, and changes nothing for the others. */
import assert from "node:assert/strict";
import { deflateSync } from "fflate";
import { joinBytes } from "../field/bytes.ts";
import { signMessage } from "../field/sync/ephemeral_message.ts";
import { encodeFrame, type SyncFrame } from "../field/sync/frames.ts";
import type { IncidentKind } from "../field/sync/incidents.ts";
import { STEP_BYTES, WINDOW_BYTES } from "../field/sync/send_window.ts";
import { idOf } from "./fixtures/devices.ts";
import { Forger, NOW } from "./fixtures/replicas.ts";
import { crew, join, pair } from "./fixtures/sync_crew.ts";
import { type SyncDevice, SyncNet, thumbOf } from "./fixtures/sync_net.ts";

/** Ann with proved sessions to Bob, for whom the test speaks, and to Cal, who is honest. */
async function speakingForBob() {
  const { net, devices: [ann, bob, cal] } = await crew(1, "ann", "bob", "cal");
  const honest = await net.connect(ann, cal);
  const link = await net.connect(ann, bob);
  await net.deliver();
  const say = (frame: SyncFrame | Uint8Array) =>
    ann.node.receive(link, frame instanceof Uint8Array ? frame : encodeFrame(frame));
  return { net, ann, bob, cal, link, honest, say };
}

type Speaking = Awaited<ReturnType<typeof speakingForBob>>;

function namesOf({ node }: SyncDevice): (readonly [IncidentKind, string | undefined])[] {
  return node.incidents.map(({ kind, device }) => [kind, device] as const);
}

const chunk = (bytes: number): SyncFrame => ({
  kind: "blob-chunk",
  hash: idOf(1),
  type: "x",
  offset: 0,
  total: bytes,
  bytes: new Uint8Array(bytes),
});

const HARM: readonly [string, IncidentKind, (bob: Speaking) => Promise<unknown>][] = [
  ["garbage", "malformed", ({ say }) => say(new Uint8Array(50).fill(0xee))],
  ["a frame that is too large", "oversized", ({ say }) => say(new Uint8Array(70_000))],
  ["a frame that unpacks to too much", "oversized", ({ say }) => {
    const zeros = deflateSync(new Uint8Array(50_000_000), { level: 9 });
    return say(joinBytes(Uint8Array.of(1), zeros));
  }],
  [
    "an answer to what was not asked",
    "malformed",
    ({ say }) => say({ kind: "entries", entries: [], answers: 9 }),
  ],
  ["many frames at once", "too-fast", ({ say }) =>
    Promise.all(
      Array.from({ length: 200 }, () => say({ kind: "summary", digest: new Uint8Array(8) })),
    )],
  [
    "more bytes than it has credit for",
    "too-fast",
    ({ say }) => Promise.all(Array.from({ length: 20 }, () => say(chunk(16_000)))),
  ],
  [
    "credit for what was never sent",
    "malformed",
    ({ say }) => say({ kind: "credit", bytes: STEP_BYTES, control: 0 }),
  ],
  ["credit in crumbs", "malformed", ({ say }) => say({ kind: "credit", bytes: 1, control: 0 })],
  ["a wish for more pictures than it may have", "too-fast", async ({ ann, say }) => {
    const large = await thumbOf(1, 500_000);
    await ann.store.commit({ blobs: [large], at: 1 });
    await say({ kind: "blob-want", parts: [{ hash: large.hash, offset: 0 }] });
    for (let n = 0; n < 12; n++) {
      const parts = Array.from({ length: 16 }, (_, i) => ({
        hash: (n * 16 + i).toString(16).padStart(64, "0"),
        offset: 0,
      }));
      await say({ kind: "blob-want", parts });
    }
  }],
  ["records that are not genuine", "forged", async ({ say, bob }) => {
    const forger = await Forger.named("eve");
    const forged = await forger.entry({ device: bob.id, change: forger.change() });
    await say({ kind: "entries", entries: [forged.bytes] });
  }],
  ["a message that is not genuine", "forged", async ({ say, bob }) => {
    const unsigned = { topic: "$x", counter: 1, at: NOW, bytes: new Uint8Array(1) };
    const message = await signMessage(bob.signer, { ...unsigned, retain: false, critical: false });
    await say({ kind: "ephemeral", message: { ...message, at: NOW + 1 } });
  }],
];

for (const [what, kind, harm] of HARM) {
  Deno.test(`a peer that sends ${what} is let go and named, and the others go on`, async () => {
    const world = await speakingForBob();
    const { net, ann, bob, cal, honest, link } = world;
    if (what.includes("pictures")) net.stalled.add(bob); // else they are all answered at once
    await harm(world);
    assert.deepEqual(namesOf(ann), [[kind, bob.id]]);
    assert.equal(ann.node.incidents[0].times, 1);
    assert.deepEqual(net.drops.filter(({ by }) => by === "ann").map((one) => one.link), [link]);
    assert.equal(net.drops[0].reason, ann.node.incidents[0].message);
    net.stalled.clear();
    await ann.record(7);
    await net.deliver();
    assert.equal(await cal.store.countObservations(), 1);
    assert.deepEqual(net.linksOf(cal).map(({ id }) => id), [honest]);
  });
}

Deno.test("who sends within its credit is not let go, however much that is in the end", async () => {
  const { net, ann, say } = await speakingForBob();
  for (let n = 0; n < 100; n++) await say(chunk(16_000));
  for (let n = 0; n < 400; n++) await say({ kind: "clock-probe", n });
  assert.deepEqual(ann.node.incidents, []);
  const told = net.said.filter(({ kind }) => kind === "credit").length;
  assert.ok(told >= 100 * 16_000 / WINDOW_BYTES, `${told} credits`);
});

Deno.test("control frames without end run out of credit: it is given at a bounded rate", async () => {
  const { ann, say } = await speakingForBob();
  for (let n = 0; n < 3000; n++) await say({ kind: "clock-probe", n });
  assert.deepEqual(ann.node.incidents.map(({ kind }) => kind), ["too-fast"]);
});

Deno.test("a device that forked is named; who passed on both halves is not", async () => {
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
  for (const device of [ann, bob]) {
    const forks = device.node.incidents.filter(({ kind }) => kind === "forked");
    assert.deepEqual(forks.map((fork) => fork.device), [one.id], device.name);
  }
});

Deno.test("a device that the crew removed is told so when it calls, and its call is noted", async () => {
  const { net, ann, bob } = await pair();
  await ann.replica.remove(bob.id);
  await net.connect(ann, bob);
  await net.deliver();
  assert.deepEqual(namesOf(ann), [["revoked", bob.id]]);
  await net.connect(ann, bob);
  await net.deliver();
  assert.deepEqual(namesOf(ann), [["revoked", bob.id]]);
  assert.equal(ann.node.incidents[0].times, 2, "the same again is counted");
});

Deno.test("somebody in between, who passes hellos and proofs on between two channels, is found out by both", async () => {
  const { net, ann, bob } = await pair();
  ann.node.open("to-mallory", new Uint8Array(32).fill(1));
  bob.node.open("from-mallory", new Uint8Array(32).fill(2));
  const said = net.said.length;
  const hellos = net.said.slice(-2);
  await ann.node.receive("to-mallory", encodeFrame(hellos[1]));
  await bob.node.receive("from-mallory", encodeFrame(hellos[0]));
  const [annsProof, bobsProof] = net.said.slice(said);
  assert.deepEqual([annsProof.kind, bobsProof.kind], ["proof", "proof"]);
  await ann.node.receive("to-mallory", encodeFrame(bobsProof));
  await bob.node.receive("from-mallory", encodeFrame(annsProof));
  for (const device of [ann, bob]) {
    assert.deepEqual(namesOf(device), [["impostor", undefined]], device.name);
    assert.equal(device.node.connected.size, 0);
  }
});

Deno.test("a proof from another session gets nobody in, and is noted when nothing better follows", async () => {
  const { net, ann, bob } = await pair();
  await net.connect(ann, bob);
  await net.deliver();
  const recorded = net.sent.filter(({ from, frame }) =>
    from === "bob" && frame !== null && frame !== "unknown" &&
    (frame.kind === "hello" || frame.kind === "proof")
  );
  net.cutAll();
  ann.node.open("replay", new Uint8Array(32));
  for (const { frame } of recorded) {
    await ann.node.receive("replay", encodeFrame(frame as SyncFrame));
  }
  assert.equal(ann.node.connected.size, 0);
  await net.pass(16_000);
  assert.deepEqual(namesOf(ann), [["replayed", undefined]]);
});

Deno.test("a stranger that says nothing, or too much, is let go without a name", async () => {
  const { net, ann } = await pair();
  ann.node.open("silent", new Uint8Array(32));
  await net.pass(16_000);
  ann.node.open("loud", new Uint8Array(32));
  for (let n = 0; n < 8; n++) await ann.node.receive("loud", new Uint8Array(60_000));
  ann.node.open("garbled", new Uint8Array(32));
  await ann.node.receive("garbled", new Uint8Array(60).fill(9));
  assert.deepEqual(namesOf(ann), [
    ["malformed", undefined],
    ["too-fast", undefined],
    ["silent", undefined],
  ]);
});

Deno.test("a viewer may say what it listens to, and publishes nothing else", async () => {
  const net = new SyncNet();
  const [ann, bob] = [await net.device("ann"), await net.device("bob")];
  const link = await join(net, ann, bob, "viewer");
  ann.node.subscribe("a", () => assert.fail("nobody may hear it"));
  bob.node.subscribe("b", () => {});
  await net.pass(2000);
  assert.deepEqual(ann.node.incidents, []);
  await assert.rejects(bob.node.publish({ topic: "a", bytes: new Uint8Array(1) }), {
    code: "entry-not-allowed",
  });
  const unsigned = { topic: "a", counter: 2 ** 52, at: NOW, bytes: new Uint8Array(1) };
  const message = await signMessage(bob.signer, { ...unsigned, retain: false, critical: false });
  await ann.node.receive(link, encodeFrame({ kind: "ephemeral", message }));
  assert.deepEqual(namesOf(ann), [["wrong-role", bob.id]]);
});

Deno.test("a picture that is not what was asked for is noted, and comes from elsewhere", async () => {
  const { net, devices: [ann, bob, cal] } = await crew(1, "ann", "bob", "cal");
  const thumb = await thumbOf(1);
  await cal.store.commit({ blobs: [thumb], at: 1 });
  await ann.store.commit({ wanted: [thumb.hash] });
  const link = await net.connect(ann, bob);
  while (!net.said.some(({ kind }) => kind === "blob-want")) await net.deliver(1);
  const { hash, type } = thumb;
  const bytes = new Uint8Array(4000);
  const frame = { kind: "blob-chunk", hash, type, offset: 0, total: 4000, bytes } as const;
  await ann.node.receive(link, encodeFrame(frame));
  assert.deepEqual(namesOf(ann), [["forged", bob.id]]);
  await net.connect(ann, cal);
  await net.deliver();
  assert.deepEqual((await ann.store.blob(hash))?.bytes, thumb.bytes);
});

Deno.test("a peer that wants the same again and again is given it, within its window", async () => {
  const { net, ann, bob, say } = await speakingForBob();
  for (let n = 0; n < 50; n++) await ann.record(n);
  net.stalled.add(bob);
  const feeds = [{ device: ann.id, after: 0 }];
  for (let n = 1; n <= 100; n++) {
    await say({ kind: "want", feeds, mostBytes: 1e9, n });
    assert.ok(net.underWay.bytes <= WINDOW_BYTES + 64 * 1024);
  }
  assert.deepEqual(ann.node.incidents, []);
});
