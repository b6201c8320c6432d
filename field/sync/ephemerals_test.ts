import assert from "node:assert/strict";
import fc from "fast-check";
import { bytesOf, idOf, signerNamed } from "../../tests/fixtures/devices.ts";
import type { Bytes } from "../bytes.ts";
import type { Signer } from "../keys.ts";
import type { DeviceId } from "../observation.ts";
import { signMessage } from "./ephemeral_message.ts";
import {
  type EphemeralMessage,
  Ephemerals,
  type HeardMessage,
  MOST_EPHEMERAL_BYTES,
  MOST_RETAINED,
  MOST_RETAINED_BYTES,
} from "./ephemerals.ts";
import { encodePatterns, MOST_PATTERNS, SUBSCRIPTIONS } from "./topics.ts";

const [ANN, BOB, CAM] = await Promise.all(["ann", "bob", "cam"].map(signerNamed));
const NOW = 1_800_000_000_000;
const NOTHING = new Uint8Array(0);

interface Device {
  readonly ephemerals: Ephemerals;
  readonly heard: HeardMessage[];
  readonly renewed: EphemeralMessage[];
  readonly failures: unknown[];
  clock: number;
}

function deviceOf(
  signer: Signer,
  mayPublish: (device: DeviceId, topic: string) => boolean = () => true,
): Device {
  const [heard, renewed, failures]: [HeardMessage[], EphemeralMessage[], unknown[]] = [[], [], []];
  const ephemerals = new Ephemerals({
    signer,
    nowMs: () => device.clock,
    mayPublish,
    onRenewed: (message) => renewed.push(message),
    onListenerFailure: (thrown) => failures.push(thrown),
  });
  const device: Device = { ephemerals, heard, renewed, failures, clock: NOW };
  return device;
}

/** One that listens to everything. */
function listenerOf(signer: Signer, mayPublish?: (device: DeviceId, topic: string) => boolean) {
  const device = deviceOf(signer, mayPublish);
  device.ephemerals.subscribe("#", (message) => device.heard.push(message));
  return device;
}

function say(device: Device, topic: string, text: string, retain = false) {
  return device.ephemerals.publish({ topic, bytes: bytesOf(text), retain });
}

function textsOf(heard: readonly { readonly bytes: Bytes }[]): string[] {
  return heard.map(({ bytes }) => new TextDecoder().decode(bytes));
}

Deno.test("a message is heard by those who subscribe to its topic, also on its own device", async () => {
  const [ann, bob] = [deviceOf(ANN), deviceOf(BOB)];
  const atHome: HeardMessage[] = [];
  ann.ephemerals.subscribe("sensor/#", (message) => atHome.push(message));
  const end = bob.ephemerals.subscribe("sensor/+/t", (message) => bob.heard.push(message));
  bob.ephemerals.subscribe("alert", () => assert.fail("another topic"));
  const message = await say(ann, "sensor/north/t", "21");
  assert.equal(await bob.ephemerals.receive(message), "new");
  const expected = { topic: "sensor/north/t", from: ANN.id, at: NOW, bytes: bytesOf("21") };
  assert.deepEqual(bob.heard, [expected]);
  assert.deepEqual(atHome, [expected]);
  end();
  assert.equal(await bob.ephemerals.receive(await say(ann, "sensor/north/t", "22")), "new");
  assert.equal(bob.heard.length, 1);
});

Deno.test("receive() the same again is known, also when two copies come at once", async () => {
  const [ann, bob] = [deviceOf(ANN), listenerOf(BOB)];
  const message = await say(ann, "a", "1");
  const verdicts = await Promise.all([1, 2, 3].map(() => bob.ephemerals.receive({ ...message })));
  assert.deepEqual(verdicts.sort(), ["known", "known", "new"]);
  assert.equal(await bob.ephemerals.receive(message), "known");
  assert.equal(await ann.ephemerals.receive(message), "known", "it came back to where it began");
  assert.deepEqual(textsOf(bob.heard), ["1"]);
});

Deno.test("receive() an older one of a topic is stale, of another topic new", async () => {
  const [ann, bob] = [deviceOf(ANN), listenerOf(BOB)];
  const [first, other, second] = [
    await say(ann, "a", "1"),
    await say(ann, "b", "other"),
    await say(ann, "a", "2"),
  ];
  assert.equal(await bob.ephemerals.receive(second), "new");
  assert.equal(await bob.ephemerals.receive(first), "stale");
  assert.equal(await bob.ephemerals.receive(other), "new");
  assert.deepEqual(textsOf(bob.heard), ["2", "other"]);
});

Deno.test("receive() of anything that its origin did not write so is forged", async () => {
  const [ann, bob] = [deviceOf(ANN), listenerOf(BOB)];
  const message = await say(ann, "a", "1", true);
  const changed: Partial<EphemeralMessage>[] = [
    { topic: "b" },
    { from: CAM.id },
    { counter: message.counter + 1 },
    { at: message.at + 1 },
    { bytes: bytesOf("2") },
    { bytes: NOTHING },
    { retain: false },
    { critical: true },
    { sig: new Uint8Array(64) },
    { sig: message.sig.slice(0, 63) },
    { from: "no device" },
    { from: idOf(0) },
  ];
  for (const change of changed) {
    const verdict = await bob.ephemerals.receive({ ...message, ...change });
    assert.equal(verdict, "forged", JSON.stringify(change));
  }
  assert.deepEqual([bob.heard, bob.ephemerals.retained()], [[], []]);
});

Deno.test("receive() of what is signed but out of bounds is forged: no device of ours writes it", async () => {
  const bob = listenerOf(BOB);
  const base = { topic: "a", counter: 1, at: 1, bytes: NOTHING, retain: true, critical: false };
  const bad = [
    { topic: "a/#" },
    { topic: "a".repeat(129) },
    { counter: -1 },
    { counter: 0.5 },
    { counter: 2 ** 53 - 1 },
    { at: -1 },
    { bytes: new Uint8Array(MOST_EPHEMERAL_BYTES + 1) },
  ];
  for (const change of bad) {
    const message = await signMessage(ANN, { ...base, ...change });
    assert.equal(await bob.ephemerals.receive(message), "forged", Object.keys(change)[0]);
  }
  assert.equal(await bob.ephemerals.receive(await signMessage(ANN, base)), "new");
});

Deno.test("receive() asks whether the origin may say that", async () => {
  const bob = listenerOf(BOB, (device, topic) => device !== ANN.id || topic === "may");
  const ann = deviceOf(ANN);
  assert.equal(await bob.ephemerals.receive(await say(ann, "may", "1")), "new");
  assert.equal(await bob.ephemerals.receive(await say(ann, "may-not", "2", true)), "wrong-role");
  assert.deepEqual(bob.ephemerals.retained(), []);
});

Deno.test("publish() refuses a bad topic, too many bytes, and what the role does not allow", async () => {
  const ann = deviceOf(ANN, (_, topic) => topic !== "alert");
  const refused = (topic: string, length: number) =>
    ann.ephemerals.publish({ topic, bytes: new Uint8Array(length) });
  await assert.rejects(refused("a/#", 1), { code: "bad-message" });
  await assert.rejects(refused("a", MOST_EPHEMERAL_BYTES + 1), { code: "bad-message" });
  await assert.rejects(refused("alert", 1), { code: "entry-not-allowed" });
  await refused("a", MOST_EPHEMERAL_BYTES);
});

Deno.test("publish() keeps what it was given, whatever the caller does with its bytes", async () => {
  const [ann, bob] = [deviceOf(ANN), listenerOf(BOB)];
  const bytes = bytesOf("21");
  const published = ann.ephemerals.publish({ topic: "a", bytes });
  bytes.fill(0);
  assert.equal(await bob.ephemerals.receive(await published), "new");
  bob.heard[0].bytes.fill(0);
  assert.deepEqual(textsOf([await published]), ["21"]);
});

Deno.test("a listener that throws does not keep others from hearing, and is reported", async () => {
  const bob = deviceOf(BOB);
  bob.ephemerals.subscribe("a", () => {
    throw new Error("broken");
  });
  bob.ephemerals.subscribe("a", (message) => bob.heard.push(message));
  await bob.ephemerals.receive(await say(deviceOf(ANN), "a", "1"));
  assert.deepEqual(textsOf(bob.heard), ["1"]);
  assert.equal(bob.failures.length, 1);
});

Deno.test("who subscribes later gets each topic's retained value, the last one alone", async () => {
  const [ann, bob] = [deviceOf(ANN), deviceOf(BOB)];
  for (const [topic, text] of [["t/a", "1"], ["t/a", "2"], ["t/b", "3"], ["other", "4"]]) {
    await bob.ephemerals.receive(await say(ann, topic, text, true));
  }
  await bob.ephemerals.receive(await say(ann, "t/a", "passing", false));
  bob.ephemerals.subscribe("t/+", (message) => bob.heard.push(message));
  assert.deepEqual(textsOf(bob.heard).sort(), ["2", "3"]);
});

Deno.test("an empty retained message clears the topic, for whoever hears an older value later too", async () => {
  const [ann, bob, cam] = [deviceOf(ANN), deviceOf(BOB), deviceOf(CAM)];
  const value = await say(ann, "a", "1", true);
  const clear = await ann.ephemerals.publish({ topic: "a", bytes: NOTHING, retain: true });
  await bob.ephemerals.receive(value);
  assert.equal(await bob.ephemerals.receive(clear), "new");
  // Cam is new here: he has what Bob keeps first, and then from somebody who was away the old value
  for (const message of bob.ephemerals.retained()) await cam.ephemerals.receive(message);
  assert.equal(await cam.ephemerals.receive(value), "stale");
  cam.ephemerals.subscribe("#", (message) => cam.heard.push(message));
  assert.deepEqual(cam.heard, []);
});

Deno.test("a retained value that comes after a newer message of its topic is kept, and not told as news", async () => {
  const [ann, bob] = [deviceOf(ANN), listenerOf(BOB)];
  const value = await say(ann, "a", "kept", true);
  await bob.ephemerals.receive(await say(ann, "a", "passing"));
  assert.equal(await bob.ephemerals.receive(value), "new");
  assert.equal(await bob.ephemerals.receive(value), "known");
  assert.deepEqual(textsOf(bob.heard), ["passing"]);
  assert.deepEqual(textsOf(bob.ephemerals.retained()), ["kept"]);
});

Deno.test("the counter rises over a restart of the worker, without a disk", async () => {
  const bob = listenerOf(BOB);
  const before = deviceOf(ANN);
  for (let i = 0; i < 100; i++) await bob.ephemerals.receive(await say(before, "a", `${i}`));
  const after = deviceOf(ANN);
  after.clock = NOW + 1;
  assert.equal(await bob.ephemerals.receive(await say(after, "a", "again")), "new");
});

Deno.test("a clock that is set back while the worker runs changes nothing", async () => {
  const [ann, bob] = [deviceOf(ANN), listenerOf(BOB)];
  await bob.ephemerals.receive(await say(ann, "a", "1"));
  ann.clock = NOW - 86_400_000;
  assert.equal(await bob.ephemerals.receive(await say(ann, "a", "2")), "new");
});

Deno.test("set back over a restart, a device goes on above its last word once it has met that", async () => {
  const bob = listenerOf(BOB);
  const before = deviceOf(ANN);
  const kept = await say(before, "kept", "before", true);
  await bob.ephemerals.receive(await say(before, "value", "old", true));
  await bob.ephemerals.receive(await say(before, "a", "1"));
  const after = deviceOf(ANN);
  after.clock = NOW - 86_400_000;
  const early = await say(after, "value", "set", true);
  assert.equal(await bob.ephemerals.receive(early), "stale", "so far Bob cannot know better");
  const last = bob.ephemerals.newestOf(ANN.id);
  assert.ok(last);
  const first = deviceOf(ANN);
  first.clock = after.clock;
  for (const own of [kept, last]) await first.ephemerals.receive(own);
  assert.deepEqual(first.renewed, [], "it has said nothing since");
  assert.equal(await after.ephemerals.receive(last), "new", "a word of its own that it has not");
  assert.deepEqual(textsOf(after.renewed), ["set"]);
  assert.equal(await bob.ephemerals.receive(after.renewed[0]), "new");
  assert.equal(await bob.ephemerals.receive(await say(after, "a", "2")), "new");
  assert.deepEqual(textsOf(bob.heard), ["old", "1", "set", "2"]);
  assert.equal(await after.ephemerals.receive(last), "stale");
  assert.equal(after.renewed.length, 1, "once is enough");
});

Deno.test("its own retained value of before a restart is the device's again, unless it has set another since", async () => {
  const before = deviceOf(ANN);
  const [kept, replaced] = [await say(before, "a", "1", true), await say(before, "b", "1", true)];
  const after = listenerOf(ANN);
  after.clock = NOW + 5000;
  await say(after, "b", "2", true);
  assert.equal(await after.ephemerals.receive(kept), "new");
  assert.equal(await after.ephemerals.receive(replaced), "stale");
  assert.deepEqual(textsOf(after.ephemerals.retained()).sort(), ["1", "2"]);
  assert.deepEqual(after.renewed, [], "nobody holds the new one as old");
});

Deno.test("a message from long before others of its origin is stale, whatever anybody's clock shows", async () => {
  const ann = deviceOf(ANN);
  const replayed = await say(ann, "alert", "help");
  ann.clock += 61_000;
  const subscriptions = await ann.ephemerals.publish({
    topic: SUBSCRIPTIONS,
    bytes: encodePatterns([]),
    retain: true,
  });
  ann.clock -= 86_400_000;
  // Bob has just started: he knows no counter of the topic, and his clock is wrong
  const bob = listenerOf(BOB);
  bob.clock = NOW - 9e11;
  assert.equal(await bob.ephemerals.receive(subscriptions), "new");
  assert.equal(await bob.ephemerals.receive(replayed), "stale");
  assert.equal(await bob.ephemerals.receive(await say(ann, "alert", "now")), "new");
});

Deno.test("wantedBy() is whether another member than the sender and this device listens to the topic", async () => {
  const [ann, bob] = [deviceOf(ANN), deviceOf(BOB)];
  ann.ephemerals.subscribe("t/#", () => {});
  ann.ephemerals.subscribe("alert", () => {});
  ann.ephemerals.subscribe("alert", () => {});
  assert.deepEqual(ann.ephemerals.patterns, ["alert", "t/#"]);
  bob.ephemerals.subscribe("#", () => {});
  const wanted = (topic: string, from = CAM.id) => bob.ephemerals.wantedBy({ topic, from });
  assert.ok(!wanted("alert"));
  const publish = () =>
    ann.ephemerals.publish({
      topic: SUBSCRIPTIONS,
      bytes: encodePatterns(ann.ephemerals.patterns),
      retain: true,
    });
  await bob.ephemerals.receive(await publish());
  assert.deepEqual([wanted("alert"), wanted("t/a"), wanted("u")], [true, true, false]);
  assert.ok(!wanted("alert", ANN.id), "it has it already");
  assert.ok(!ann.ephemerals.wantedBy({ topic: "alert", from: CAM.id }), "only this device itself");
  assert.ok(wanted(SUBSCRIPTIONS), "for all");
  bob.ephemerals.forget(ANN.id);
  assert.ok(!wanted("alert"));
  assert.deepEqual(bob.ephemerals.retained(), []);
});

Deno.test("subscribe() refuses a bad pattern, and one more than others would read", () => {
  const ann = deviceOf(ANN);
  assert.throws(() => ann.ephemerals.subscribe("a/#/b", () => {}), { code: "bad-message" });
  for (let i = 0; i < MOST_PATTERNS; i++) ann.ephemerals.subscribe(`t/${i}`, () => {});
  ann.ephemerals.subscribe("t/0", () => {});
  assert.throws(() => ann.ephemerals.subscribe("t/x", () => {}), { code: "bad-message" });
  const bob = deviceOf(BOB);
  const long = (i: number) => `${i}/`.padEnd(128, "x");
  assert.throws(
    () => {
      for (let i = 0; i < MOST_PATTERNS; i++) bob.ephemerals.subscribe(long(i), () => {});
    },
    { code: "bad-message" },
    "the list is one message",
  );
});

Deno.test("publish() keeps values for so many topics; clearing one makes room", async () => {
  const ann = deviceOf(ANN);
  for (let i = 0; i < MOST_RETAINED; i++) await say(ann, `t/${i}`, "1", true);
  await say(ann, "t/0", "2", true);
  await assert.rejects(say(ann, "t/more", "1", true), { code: "bad-message" });
  await ann.ephemerals.publish({ topic: "t/1", bytes: NOTHING, retain: true });
  await say(ann, "t/more", "1", true);
  await ann.ephemerals.publish({ topic: SUBSCRIPTIONS, bytes: encodePatterns([]), retain: true });
});

Deno.test("one device that keeps without measure loses its own oldest values, and drives out nobody else's", async () => {
  const bob = deviceOf(BOB);
  const ann = deviceOf(ANN);
  await bob.ephemerals.receive(await say(ann, "a", "Ann's", true));
  const subscriptions = { bytes: encodePatterns(["#"]), topic: SUBSCRIPTIONS };
  const flood = { retain: true, critical: false, at: NOW, bytes: new Uint8Array(4096) };
  await bob.ephemerals.receive(await signMessage(CAM, { ...flood, ...subscriptions, counter: 1 }));
  for (let i = 2; i < 200; i++) {
    const message = await signMessage(CAM, { ...flood, topic: `t/${i}`, counter: i });
    assert.equal(await bob.ephemerals.receive(message), "new");
  }
  const retained = bob.ephemerals.retained();
  assert.ok(retained.length <= 42, `${retained.length}`);
  assert.ok(retained.some(({ from }) => from === ANN.id));
  assert.ok(retained.some(({ topic }) => topic === "t/199"));
  assert.ok(retained.some(({ topic }) => topic === SUBSCRIPTIONS), "others are to be told of it");
  assert.ok(bob.ephemerals.wantedBy({ topic: "x", from: ANN.id }), "what it listens to stays");
  const again = await signMessage(CAM, { ...flood, topic: "t/2", counter: 2 });
  assert.equal(await bob.ephemerals.receive(again), "stale", "what was let go is not taken again");
});

Deno.test("all devices together keep at most a megabyte: who keeps most gives way", async () => {
  const bob = deviceOf(BOB);
  const base = { retain: true, critical: false, at: NOW };
  await bob.ephemerals.receive(
    await signMessage(ANN, { ...base, topic: "a", counter: 1, bytes: bytesOf("small") }),
  );
  const signers = await Promise.all(Array.from({ length: 9 }, (_, i) => signerNamed(`many ${i}`)));
  for (const signer of signers) {
    for (let i = 0; i < 32; i++) {
      const message = { ...base, topic: `t/${i}`, counter: i, bytes: new Uint8Array(4096) };
      await bob.ephemerals.receive(await signMessage(signer, message));
    }
  }
  const retained = bob.ephemerals.retained();
  const bytes = retained.reduce((sum, one) => sum + one.bytes.length, 0);
  assert.ok(bytes <= MOST_RETAINED_BYTES && bytes > MOST_RETAINED_BYTES - 8192, `${bytes}`);
  assert.ok(retained.some(({ from }) => from === ANN.id));
});

Deno.test("one that names ever new topics is remembered within bounds, and none of it is taken twice", async () => {
  const bob = listenerOf(BOB);
  const base = { retain: false, critical: false, at: NOW, bytes: NOTHING };
  const messages = await Promise.all(
    Array.from(
      { length: 200 },
      (_, i) => signMessage(CAM, { ...base, topic: `t/${i}`, counter: i }),
    ),
  );
  for (const message of messages) assert.equal(await bob.ephemerals.receive(message), "new");
  for (const message of messages) assert.notEqual(await bob.ephemerals.receive(message), "new");
  assert.equal(bob.heard.length, 200);
});

Deno.test("whatever order and copies messages come in, each is heard at most once, and the last value is kept", async () => {
  const ann = deviceOf(ANN);
  const messages: EphemeralMessage[] = [];
  for (let i = 0; i < 12; i++) messages.push(await say(ann, `t/${i % 3}`, `${i}`, i % 2 === 0));
  const order = fc.array(fc.nat({ max: 11 }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(order, async (order) => {
      const bob = listenerOf(BOB);
      for (const i of order) await bob.ephemerals.receive(messages[i]);
      const heard = textsOf(bob.heard).map(Number);
      assert.equal(new Set(heard).size, heard.length);
      for (const topic of [0, 1, 2]) {
        const told = heard.filter((i) => i % 3 === topic);
        assert.deepEqual(told, told.toSorted((a, b) => a - b), "never back");
        const kept = order.filter((i) => i % 3 === topic && i % 2 === 0);
        const retained = bob.ephemerals.retained().filter((one) => one.topic === `t/${topic}`);
        assert.deepEqual(textsOf(retained), kept.length > 0 ? [`${Math.max(...kept)}`] : []);
      }
    }),
    { numRuns: 100 },
  );
});
