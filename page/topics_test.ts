import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeCbor } from "../field/cbor.ts";
import type { CallKind } from "../field/messages.ts";
import { type TopicMessage, Topics, type TopicValue } from "./topics.ts";
import type { Notices, WorkerCalls } from "./worker_connection.ts";

function setUp() {
  const calls: { kind: CallKind; args: Record<string, unknown> }[] = [];
  let hear: (notice: Notices["message"]) => void = () => {};
  let restart: (boot: string) => void = () => {};
  const refused = new Set<string>();
  const call = (kind: CallKind, args: Record<string, unknown>) => {
    calls.push({ kind, args });
    return refused.has(String(args.pattern))
      ? Promise.reject(new Error("refused"))
      : Promise.resolve(null);
  };
  let ids = 0;
  const topics = new Topics({
    call: call as unknown as WorkerCalls["call"],
    on: (_, listener) => {
      hear = listener as unknown as typeof hear;
      return () => {};
    },
    onRestart: (listener) => {
      restart = listener;
      return () => {};
    },
  }, () => `s${++ids}`);
  const last = () => new Uint8Array(calls.at(-1)?.args.bytes as ArrayBuffer);
  const say = (subscription: string, bytes: Uint8Array<ArrayBuffer>) =>
    hear({
      ...{ notice: "message", boot: "b", subscription, topic: "a/b", from: "d1", at: 7 },
      bytes: bytes.slice().buffer,
    });
  return { topics, calls, refused, last, say, restart: () => restart("b2") };
}

Deno.test("what is published is heard as it was", async () => {
  const values = fc.letrec<{ value: TopicValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constant(null),
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string({ unit: "grapheme" }),
      fc.uint8Array(),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.string().filter((key) => key !== "__proto__"), tie("value"), { maxKeys: 4 }),
    ),
  })).value;
  const { topics, last, say } = setUp();
  const heard: TopicMessage[] = [];
  await topics.subscribe("a/b", (message) => heard.push(message));
  await fc.assert(fc.asyncProperty(values, async (value) => {
    await topics.publish("a/b", value);
    say("s1", last());
    const told = heard.at(-1)?.value;
    // there is one zero, and no prototype
    const plain = (one: unknown) => JSON.parse(JSON.stringify(one));
    assert.deepEqual(plain(told), plain(value));
  }));
});

Deno.test("publish() hands over the value's bytes and no more, whatever their number", async () => {
  const { topics, last } = setUp();
  for (let size = 0; size < 600; size++) {
    await topics.publish("a/b", new Array(size).fill(0));
    assert.deepEqual(last(), encodeCbor(new Array(size).fill(0)), `${size} values`);
  }
});

Deno.test("publish() says what cannot be sent; undefined clears the topic", async () => {
  const { topics, calls, last } = setUp();
  const strange = [NaN, Infinity, () => 1, new Map([[1, undefined]]), Symbol("x"), 2n ** 70n];
  for (const value of strange) {
    await assert.rejects(topics.publish("a/b", value as unknown as TopicValue), {
      code: "bad-message",
    });
  }
  assert.equal(calls.length, 0);
  await topics.publish("a/b", undefined, { retain: true });
  assert.equal(last().length, 0);
});

Deno.test("a restarted worker is told of the subscriptions again, of those that ended not", async () => {
  const { topics, calls, restart, refused } = setUp();
  const end = await topics.subscribe("a/+", () => {});
  await topics.subscribe("b/+", () => {});
  refused.add("bad");
  await assert.rejects(topics.subscribe("bad", () => {}));
  end();
  end();
  calls.length = 0;
  restart();
  assert.deepEqual(calls, [{ kind: "subscribe", args: { subscription: "s2", pattern: "b/+" } }]);
});

Deno.test("bytes that are no such value are heard as bytes", async () => {
  const { topics, say } = setUp();
  const heard: TopicMessage[] = [];
  await topics.subscribe("a/b", (message) => heard.push(message));
  say("s1", Uint8Array.of(0xff));
  say("unknown", Uint8Array.of(1));
  const [{ value, bytes }] = heard;
  assert.deepEqual([heard.length, value, [...bytes]], [1, undefined, [0xff]]);
});
