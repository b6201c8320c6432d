/** Messages that are never stored: in another's name, said again, by the million, by who may not. */
import assert from "node:assert/strict";
import { encodeCbor } from "../../field/cbor.ts";
import type { Signer } from "../../field/keys.ts";
import { type EphemeralMessage, signMessage } from "../../field/sync/ephemeral_message.ts";
import { encodeFrame, type SyncFrame } from "../../field/sync/frames.ts";
import type { HeardMessage } from "../../field/sync/ephemerals.ts";
import { SUBSCRIPTIONS } from "../../field/sync/topics.ts";
import { bytesOf } from "../fixtures/devices.ts";
import type { SyncDevice } from "../fixtures/sync_net.ts";
import { MOST_UNREAD_BYTES, rolesOf, Scene, SECOND } from "./scene.ts";

const TOPIC = "sensor/1/temperature";

function signed(
  signer: Signer,
  scene: Scene,
  other: Partial<Omit<EphemeralMessage, "from" | "sig">> = {},
): Promise<EphemeralMessage> {
  return signMessage(signer, {
    ...{ topic: TOPIC, counter: scene.net.now * 1024, at: scene.net.now, bytes: bytesOf("21") },
    ...{ retain: false, critical: false },
    ...other,
  });
}

const said = (message: EphemeralMessage): SyncFrame => ({ kind: "ephemeral", message });

/** What a device hears from now on. */
function listening(device: SyncDevice, pattern = "#"): HeardMessage[] {
  const heard: HeardMessage[] = [];
  device.node.subscribe(pattern, (one) => heard.push(one));
  return heard;
}

Deno.test("a message in another's name, or changed on the way, is heard by nobody", async () => {
  const scene = await Scene.open("sensor");
  const { ann, bob, mal } = scene;
  const heard = listening(ann);
  const genuine = await signed(bob.signer, scene);
  const forgeries: EphemeralMessage[] = [
    { ...await signed(mal.signer, scene), from: bob.id },
    { ...genuine, bytes: bytesOf("99") },
    { ...genuine, topic: "alarm" },
    { ...genuine, counter: genuine.counter + 1 },
    { ...genuine, retain: true },
    { ...genuine, critical: true },
    { ...genuine, at: 0 },
    { ...genuine, sig: new Uint8Array(64) },
  ];
  for (const forgery of forgeries) {
    const line = await scene.malAt(ann);
    await line.say(said(forgery));
    assert.notEqual(line.dropped, null);
  }
  assert.deepEqual(heard.filter(({ from }) => from === bob.id), []);
  scene.assertNamed(ann, ["forged"]);
  await scene.assertUnharmed();
});

Deno.test("a message said again, today or later, by whomever, is heard once", async () => {
  const scene = await Scene.open("sensor");
  const { ann, bob, net } = scene;
  const heard = listening(ann);
  const old = await signed(bob.signer, scene);
  const line = await scene.malAt(ann);
  for (let times = 0; times < 10; times++) await line.say(said(old));
  assert.equal(heard.length, 1);
  await net.pass(30 * SECOND);
  const newer = await signed(bob.signer, scene, { bytes: bytesOf("22") });
  await line.say(said(newer), said(old), said(newer), said(old));
  assert.equal(heard.length, 2, "the old value does not come back");
  const again = line.dropped === null ? line : await scene.malAt(ann);
  await again.say(said(old));
  assert.equal(heard.length, 2);
  await scene.assertUnharmed();
});

Deno.test("what a viewer publishes, and what a removed member says by another's mouth, is heard by nobody", async () => {
  const viewer = await Scene.open("viewer");
  const heardOfViewer = listening(viewer.ann);
  const line = await viewer.malAt(viewer.ann);
  await line.say(said(await signed(viewer.mal.signer, viewer)));
  assert.deepEqual(heardOfViewer, []);
  viewer.assertNamed(viewer.ann, ["wrong-role"]);
  await viewer.assertUnharmed();

  const scene = await Scene.open("sensor");
  const cal = await scene.another("cal");
  scene.net.cutAll();
  const heard = listening(scene.ann);
  await scene.ann.replica.remove(scene.mal.id);
  scene.members = rolesOf(scene.ann);
  const byCal = await scene.net.line(scene.ann);
  await byCal.enter(cal.signer);
  await byCal.say(said(await signed(scene.mal.signer, scene)));
  assert.deepEqual(heard, []);
  await scene.assertUnharmed(cal);
});

Deno.test("a hundred thousand topics, each with a value to keep, drive out nothing of others and end", async () => {
  const scene = await Scene.open("sensor");
  const { ann, bob, net } = scene;
  await bob.node.publish({ topic: "bob/status", bytes: bytesOf("here"), retain: true });
  listening(ann, "bob/#"); // somebody wants it: so it comes
  await net.deliver();
  await net.pass(5 * SECOND);
  const line = await scene.malAt(ann);
  const bytes = new Uint8Array(4000);
  let sent = 0;
  for (; sent < 2000 && line.dropped === null; sent++) {
    const at = { counter: scene.net.now * 1024 + sent, bytes, retain: true };
    await line.say(said(await signed(scene.mal.signer, scene, { ...at, topic: `t/${sent}` })));
  }
  const kept = listening(ann);
  const ofMal = kept.filter(({ from }) => from === scene.mal.id);
  assert.ok(ofMal.length <= 64, `${ofMal.length} values of one member are kept, of ${sent}`);
  assert.ok(kept.some(({ topic }) => topic === "bob/status"), "Bob's value was driven out");
  await scene.assertUnharmed();
});

Deno.test("patterns without end or sense are refused, and matching stays quick", async () => {
  const scene = await Scene.open("sensor");
  const { ann, bob, net, mal } = scene;
  const lists: unknown[] = [
    Array.from({ length: 900 }, () => "+/+"),
    Array.from({ length: 32 }, (_, n) => `+/+/+/+/+/+/+/${n}`),
    Array.from({ length: 32 }, () => "#"),
    ["#/a", "a+b", "", "x".repeat(500)],
    [1, null, ["#"]],
    "not a list",
  ];
  const line = await scene.malAt(ann);
  for (const [n, list] of lists.entries()) {
    const counter = scene.net.now * 1024 + n;
    const bytes = encodeCbor(list);
    if (bytes.length > 4096) continue;
    await line.say(
      said(await signed(mal.signer, scene, { topic: SUBSCRIPTIONS, counter, bytes, retain: true })),
    );
  }
  const before = performance.now();
  for (let n = 0; n < 200; n++) await ann.node.publish({ topic: `a/b/c/d/e/f/g/${n}`, bytes });
  assert.ok(performance.now() - before < 5000);
  await net.deliver();
  assert.ok(line.heardBytes <= MOST_UNREAD_BYTES);
  const heard = listening(ann, "bob/+");
  await bob.node.publish({ topic: "bob/1", bytes: bytesOf("x") });
  await net.pass(10 * SECOND);
  assert.ok(heard.length <= 1);
  await scene.assertUnharmed();
});
const bytes = bytesOf("1");

Deno.test("topics that are none, and messages larger than any, are no frames", async () => {
  const scene = await Scene.open("sensor");
  const genuine = await signed(scene.mal.signer, scene);
  const bad: Partial<EphemeralMessage>[] = [
    { topic: "" },
    { topic: "a/+/b" },
    { topic: "#" },
    { topic: "x".repeat(129) },
    { topic: "1/2/3/4/5/6/7/8/9" },
    { topic: "bell\u0007" },
    { bytes: new Uint8Array(4097) },
    { sig: new Uint8Array(63) },
    { counter: -1 },
  ];
  for (const other of bad) {
    const line = await scene.malAt(scene.ann);
    await line.say(encodeFrame(said({ ...genuine, ...other })));
    assert.notEqual(line.dropped, null, JSON.stringify(other).slice(0, 80));
  }
  scene.assertNamed(scene.ann, ["malformed", "oversized"]);
  await scene.assertUnharmed();
});

Deno.test("a member's counters at the end of all counting silence only himself", async () => {
  const scene = await Scene.open("sensor");
  const { ann, bob, mal, net } = scene;
  const heard = listening(ann);
  await net.pass(5 * SECOND);
  const line = await scene.malAt(ann);
  for (const counter of [2 ** 53 - 1, 2 ** 53 - 2 ** 49, 2 ** 52]) {
    if (line.dropped === null) {
      await line.say(said(await signed(mal.signer, scene, { counter, retain: true })));
    }
  }
  await bob.node.publish({ topic: TOPIC, bytes: bytesOf("21") });
  await net.deliver();
  await net.pass(5 * SECOND);
  assert.ok(heard.some(({ from }) => from === bob.id), "Bob is not heard any more");
  const before = ann.replica.clock.next();
  assert.ok(before < (net.now + 10 * 60_000) * 1024, "nobody's clock follows");
  await scene.assertUnharmed();
});

Deno.test("messages as fast as they can be made are slowed or ended, and records come through", async () => {
  const scene = await Scene.open("sensor");
  const { ann, bob, mal, net } = scene;
  const heard = listening(ann);
  const line = await scene.malAt(ann);
  const flood: SyncFrame[] = [];
  for (let n = 0; n < 1500; n++) {
    const at = { counter: scene.net.now * 1024 + n, critical: true, bytes: scene.net.random(2000) };
    flood.push(said(await signed(mal.signer, scene, { ...at, topic: `alarm/${n}` })));
  }
  await line.burst(flood);
  assert.notEqual(line.dropped, null, "3 MB at once");
  const seen = await scene.record(bob);
  await net.deliver();
  assert.ok(await ann.store.observation(seen.id));
  assert.ok(heard.length <= 1500);
  await scene.assertUnharmed();
  scene.assertNamed(ann, ["too-fast", "oversized"]);
});
