/** Somebody with no key in the crew. */
import assert from "node:assert/strict";
import { encodeFrame, type SyncFrame } from "../../field/sync/frames.ts";
import { idOf, signerNamed } from "../fixtures/devices.ts";
import { HostileNet, NOBODY } from "./hostile_net.ts";
import { MINUTE, MOST_HELD_BYTES, MOST_UNREAD_BYTES, Scene, SECOND } from "./scene.ts";

const hash8 = new Uint8Array(8);

/** One of each kind that means something only within a session. */
const FRAMES_OF_MEMBERS: readonly SyncFrame[] = [
  { kind: "summary", digest: hash8 },
  { kind: "heads", heads: [{ device: NOBODY, seq: 1, hash: hash8 }] },
  { kind: "want", feeds: [{ device: NOBODY, after: 0 }], mostBytes: 1e6 },
  { kind: "entries", entries: [] },
  { kind: "ack", heads: [] },
  { kind: "blob-want", parts: [{ hash: idOf(1), offset: 0 }] },
  { kind: "blob-have", hashes: [idOf(1)], keeping: "all" },
  { kind: "blob-ask", hashes: [idOf(1)] },
  { kind: "clock-probe", n: 1 },
  { kind: "clock", n: 1, receivedAt: 1, heldMs: 1 },
];

Deno.test("a stranger who says everything but who it is hears nothing and is let go", async () => {
  const scene = await Scene.open("none");
  const line = await scene.net.line(scene.ann);
  for (let times = 0; times < 20; times++) await line.say(...FRAMES_OF_MEMBERS);
  assert.deepEqual(line.heard.filter((frame) => kindOf(frame) !== "hello"), []);
  await scene.net.pass(20 * SECOND);
  assert.notEqual(line.dropped, null);
  await scene.assertUnharmed();
  scene.assertNamed(scene.ann, ["malformed", "silent", "too-fast"], null);
});

Deno.test("a stranger who greets and then says all that members say gets nothing of the crew", async () => {
  const scene = await Scene.open("none");
  const line = await scene.net.line(scene.ann);
  await line.greet(NOBODY);
  await line.say(...FRAMES_OF_MEMBERS);
  const beyond = line.heard.filter((frame) => !["hello", "proof", "bye"].includes(kindOf(frame)));
  assert.deepEqual(beyond, []);
  await scene.net.pass(20 * SECOND);
  assert.notEqual(line.dropped, null);
  await scene.assertUnharmed();
  scene.assertNamed(scene.ann, ["malformed", "silent"], null);
});

Deno.test("a key that nobody knows proves itself in vain", async () => {
  const scene = await Scene.open("none");
  const line = await scene.net.line(scene.ann);
  const eve = await signerNamed("eve");
  await line.enter(eve);
  assert.ok(!line.isIn);
  assert.notEqual(line.dropped, null);
  assert.ok(line.all("bye").length > 0, "it is told why");
  await scene.assertUnharmed();
  scene.assertNamed(scene.ann, ["wrong-role", "impostor"], eve.id);
});

Deno.test("an honest newcomer who calls before the word of it has come is not in the log in the end", async () => {
  const scene = await Scene.open("none");
  const { ann, bob, net } = scene;
  net.cutAll();
  const cal = await scene.another("cal");
  await net.connect(cal, bob);
  await net.deliver();
  assert.ok(!bob.node.connected.has(cal.id));
  scene.assertNamed(bob, ["wrong-role"], cal.id);
  await net.connect(ann, bob);
  await net.deliver();
  await scene.assertHonestMeet();
  assert.deepEqual(bob.node.incidents, [], "it was a member");
  await net.connect(cal, bob);
  await net.deliver();
  assert.ok(bob.node.connected.has(cal.id));
  await scene.assertUnharmed(cal);
});

Deno.test("who says to be a member and signs with another key is an impostor, and the member is not blamed", async () => {
  const scene = await Scene.open("none");
  for (const claimed of [scene.bob.id, scene.ann.id, NOBODY]) {
    const line = await scene.net.line(scene.ann);
    await line.greet(claimed);
    if (line.dropped === null) await line.say(await line.proofBy(await signerNamed("eve")));
    assert.ok(!line.isIn && line.dropped !== null, "let go");
  }
  assert.equal(scene.ann.node.book.of(scene.bob.id).reason, undefined);
  await scene.assertUnharmed();
  scene.assertNamed(scene.ann, ["impostor"], null);
});

Deno.test("a proof without a hello, a proof of nothing, and a proof of another hello open nothing", async () => {
  const scene = await Scene.open("sensor");
  const [a, b] = [await scene.net.line(scene.ann), await scene.net.line(scene.ann)];
  await a.greet(scene.mal.id);
  const good = await a.proofBy(scene.mal.signer);
  await b.say(good);
  assert.ok(!b.isIn);
  await b.greet(scene.mal.id);
  await b.say({ ...good, answers: b.all("hello").at(-1)!.nonce.slice(0, 4) });
  assert.ok(!b.isIn && b.dropped !== null);
  await a.say({ ...good, sig: new Uint8Array(64) });
  assert.ok(!a.isIn && a.dropped !== null);
  await scene.assertUnharmed();
  scene.assertNamed(scene.ann, ["impostor", "replayed"], null);
});

Deno.test("greeting again and again costs a node little, and ends", async () => {
  for (const isMember of [false, true]) {
    const scene = await Scene.open(isMember ? "sensor" : "none");
    const line = await scene.net.line(scene.ann);
    for (let times = 0; times < 1000; times++) {
      if (line.dropped !== null) break;
      await line.greet(isMember ? scene.mal.id : NOBODY);
    }
    const answers = line.all("proof").length;
    assert.ok(answers < 100, `${answers} proofs were signed for one line within a second`);
    assert.notEqual(line.dropped, null);
    await scene.assertUnharmed();
    scene.assertNamed(scene.ann, ["too-fast", "malformed"], null);
  }
});

Deno.test("greeting anew just in time does not hold a place for ever", async () => {
  const scene = await Scene.open("none");
  const line = await scene.net.line(scene.ann);
  for (let gone = 0; gone < 5 * MINUTE && line.dropped === null; gone += 14 * SECOND) {
    await line.greet(NOBODY);
    await scene.net.pass(14 * SECOND);
  }
  assert.notEqual(line.dropped, null);
  await scene.assertUnharmed();
  scene.assertNamed(scene.ann, ["silent", "too-fast"], null);
});

Deno.test("64 strangers who keep a line and drip bytes are let go in time, and the crew works meanwhile", async () => {
  const drips: ((round: number) => Uint8Array | SyncFrame | null)[] = [
    () => null,
    () => Uint8Array.of(0),
    () => encodeFrame({ kind: "summary", digest: hash8 }),
    (round) => ({ kind: "hello", device: idOf(round), nonce: new Uint8Array(16), invite: null }),
  ];
  const scene = await Scene.open("none");
  const lines = await Promise.all(Array.from({ length: 64 }, () => scene.net.line(scene.ann)));
  for (let round = 0; round < 4; round++) {
    for (const [n, line] of lines.entries()) {
      const drop = drips[n % drips.length](round);
      if (drop) await line.say(drop);
    }
    await scene.record(scene.ann);
    await scene.record(scene.bob);
    await scene.assertHonestMeet();
    await scene.net.pass(14 * SECOND);
  }
  assert.equal(lines.filter(({ dropped }) => dropped === null).length, 0, "lines are still held");
  await scene.assertUnharmed();
  scene.assertNamed(scene.ann, ["silent"], null);
});

Deno.test("a flood of large frames from a stranger is held within bounds, and ends", async () => {
  const scene = await Scene.open("none");
  const line = await scene.net.line(scene.ann);
  const large = encodeFrame({ kind: "entries", entries: [scene.net.random(60_000)] });
  await line.burst(Array.from({ length: 2000 }, () => large));
  assert.ok(line.mostHeldBytes <= MOST_HELD_BYTES, `${line.mostHeldBytes} bytes were held`);
  assert.ok(line.heardBytes <= MOST_UNREAD_BYTES);
  assert.notEqual(line.dropped, null);
  await scene.assertUnharmed();
  scene.assertNamed(scene.ann, ["too-fast", "oversized", "malformed"], null);
});

Deno.test("what a stranger did is told without a name, in a bounded list, newest first", async () => {
  const scene = await Scene.open("none");
  for (let n = 0; n < 300; n++) {
    scene.net.now += SECOND;
    const line = await scene.net.line(scene.ann);
    await line.say(Uint8Array.of(9, 9, n & 255));
  }
  const { incidents } = scene.ann.node;
  assert.ok(incidents.length > 0 && incidents.length <= 50, `${incidents.length} incidents`);
  assert.ok(incidents.every(({ device }) => device === undefined));
  assert.ok(incidents.reduce((sum, { times }) => sum + times, 0) >= 50);
  for (const [i, { at }] of incidents.entries()) {
    assert.ok(i === 0 || at <= incidents[i - 1].at, "newest first");
  }
  await scene.assertUnharmed();
});

function kindOf(frame: SyncFrame | "unknown" | null): string {
  return frame === null || frame === "unknown" ? String(frame) : frame.kind;
}

// a test of the suite itself: a scene without an attack is whole
Deno.test("with nobody hostile about, nothing is told of anyone", async () => {
  const scene = await Scene.open("sensor");
  await scene.assertUnharmed();
  assert.ok(scene.net instanceof HostileNet);
  for (const device of scene.honest) assert.deepEqual(device.node.incidents, []);
  assert.deepEqual(scene.net.drops, []);
});
