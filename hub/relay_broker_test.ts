import assert from "node:assert/strict";
import fc from "fast-check";
import {
  encodeRelayFrame,
  parseRelayFrame,
  RELAY_MOST_BYTES,
  type RelayFrame,
} from "../field/link/relay_frames.ts";
import { RELAY_LIMITS, RelayBroker, type RelayEffect, type RelayLimits } from "./relay_broker.ts";

const idOf = (n: number) => `fm-${n.toString(16).padStart(32, "0")}`;
const CHANNEL = "0102030405060708";
const message = (frame: RelayFrame) => encodeRelayFrame(frame).buffer;
const data = (to: number, ...bytes: number[]) =>
  message({ kind: "data", peer: idOf(to), channel: CHANNEL, payload: new Uint8Array(bytes) });

/** What each effect says, in a word or two. */
function told(effects: readonly RelayEffect[]): string[] {
  return effects.map((effect) => {
    if (effect.kind === "close") return `${effect.connection} closed ${effect.code}`;
    const frame = parseRelayFrame(effect.bytes);
    assert.ok(frame && frame !== "unknown");
    const peer = "peer" in frame && frame.peer !== null
      ? ` ${Number(`0x${frame.peer.slice(3)}`)}`
      : "";
    const reason = frame.kind === "bye" ? ` ${frame.reason}` : "";
    const payload = frame.kind === "data" ? ` [${frame.payload}]` : "";
    return `${effect.to} ${frame.kind}${peer}${reason}${payload}`;
  });
}

function setUp(limits: Partial<RelayLimits> = {}) {
  const broker = new RelayBroker({ ...RELAY_LIMITS, ...limits });
  /** Of device n on connection n, unless told otherwise. */
  const connect = (
    n: number,
    { connection = n, token = `token ${n}`, address = "a" as string | null } = {},
  ) => told(broker.connect(connection, { id: idOf(n), token }, address, 0));
  const say = (connection: number, bytes: unknown, nowMs = 0) =>
    told(broker.receive(connection, bytes, nowMs));
  return { broker, connect, say };
}

Deno.test("what one says to another comes out in the first one's name, untouched", () => {
  const { connect, say } = setUp();
  assert.deepEqual([connect(1), connect(2)], [["1 welcome"], ["2 welcome"]]);
  assert.deepEqual(say(1, message({ kind: "open", peer: idOf(2), channel: CHANNEL })), [
    "2 open 1",
  ]);
  assert.deepEqual(say(2, data(1, 1, 2, 3)), ["1 data 2 [1,2,3]"]);
  assert.deepEqual(say(1, message({ kind: "close", peer: idOf(2), channel: CHANNEL })), [
    "2 close 1",
  ]);
});

Deno.test("nobody is called who is not here: the caller is told, and nothing is kept", () => {
  const { connect, say } = setUp();
  connect(1);
  assert.deepEqual(say(1, data(2, 1)), ["1 absent 2"]);
  assert.deepEqual(say(1, data(1, 1)), ["1 absent 1"], "nor oneself");
  assert.deepEqual(say(1, message({ kind: "close", peer: idOf(2), channel: CHANNEL })), []);
  assert.deepEqual(connect(2), ["2 welcome"]);
});

Deno.test("whoever spoke with one that leaves is told so, once, and others are not", () => {
  const { broker, connect, say } = setUp();
  for (const n of [1, 2, 3, 4]) connect(n);
  say(1, data(2, 1));
  say(3, data(1, 1));
  assert.deepEqual(told(broker.disconnect(1)), ["2 gone 1", "3 gone 1"]);
  assert.deepEqual(told(broker.disconnect(1)), []);
  connect(1, { connection: 11 });
  assert.deepEqual(told(broker.disconnect(11)), [], "that was another line");
});

Deno.test("an id is guarded by its token, and its owner takes the place of his former line", () => {
  const { connect, say } = setUp();
  connect(1);
  connect(2);
  say(1, data(2, 1));
  assert.deepEqual(connect(1, { connection: 11, token: "guessed" }), [
    "11 bye ID is taken",
    "11 closed 1008",
  ]);
  assert.deepEqual(say(11, data(2, 1)), [], "who was refused says nothing");
  assert.deepEqual(connect(1, { connection: 12 }), [
    "2 gone 1",
    "1 bye Replaced by a newer connection",
    "1 closed 1000",
    "12 welcome",
  ]);
  assert.deepEqual(say(2, data(1, 9)), ["12 data 2 [9]"]);
  assert.deepEqual(say(1, data(2, 9)), [], "the former line says nothing any more");
});

Deno.test("ids and tokens of another form are refused with the reason", () => {
  const { broker } = setUp();
  const of = (id: string | null, token: string | null) =>
    told(broker.connect(1, { id, token }, "a", 0))[0];
  assert.match(of(null, "t"), /1 bye The id/);
  assert.match(of("someone", "t"), /1 bye The id/);
  assert.match(of(idOf(1), null), /1 bye The token/);
  assert.match(of(idOf(1), ""), /1 bye The token/);
  assert.match(of(idOf(1), "x".repeat(257)), /1 bye The token/);
  assert.equal(broker.clients, 0);
});

Deno.test("clients are bounded, together and by address; who is here may come back", () => {
  const { broker, connect } = setUp({ clients: 3, clientsPerAddress: 2 });
  connect(1);
  connect(2);
  assert.deepEqual(connect(3), [
    "3 bye Too many devices at one address: the relay takes 2",
    "3 closed 1013",
  ]);
  assert.deepEqual(connect(3, { address: "b" }), ["3 welcome"]);
  assert.deepEqual(connect(4, { address: "b" }), [
    "4 bye The relay is full: it takes 3 devices",
    "4 closed 1013",
  ]);
  assert.equal(connect(1, { connection: 11 }).at(-1), "11 welcome");
  broker.disconnect(2);
  assert.deepEqual(connect(4), ["4 welcome"]);
});

Deno.test("the hub's own node is let in always, and told of by its id until it leaves", () => {
  const { broker, connect } = setUp({ clients: 2, clientsPerAddress: 2 });
  connect(9, { token: "thief" });
  connect(1);
  assert.deepEqual(connect(9, { connection: 90, address: null }), [
    "9 bye Replaced by a newer connection",
    "9 closed 1000",
    "1 welcome 9",
    "90 welcome 9",
  ]);
  assert.deepEqual(told(broker.disconnect(90)), ["1 welcome"]);
});

Deno.test("too many messages, too much at once, too long a one: each ends the line with its reason", () => {
  const messages = { perSecond: 10, burst: 3 };
  const first = setUp({ messages });
  first.connect(1);
  first.connect(2);
  for (let at = 0; at < 3; at++) assert.deepEqual(first.say(1, data(2, at)), [`2 data 1 [${at}]`]);
  assert.deepEqual(first.say(1, data(2, 3)), [
    "2 gone 1",
    "1 bye Too many messages: 10 a second are allowed",
    "1 closed 1008",
  ]);
  const second = setUp({ bytes: { perSecond: 100, burst: 100 } });
  second.connect(1);
  second.connect(2);
  assert.deepEqual(second.say(1, data(2, ...new Uint8Array(75))).length, 1);
  assert.match(second.say(1, data(2))[1], /1 bye Too much at once: 100 bytes a second/);
  const third = setUp();
  third.connect(1);
  assert.match(third.say(1, new ArrayBuffer(RELAY_MOST_BYTES + 1))[0], /1 bye Message too long/);
});

Deno.test("a rate that is kept is never punished", () => {
  const { connect, say } = setUp({ messages: { perSecond: 10, burst: 1 } });
  connect(1);
  connect(2);
  for (let at = 0; at < 100; at++) assert.equal(say(1, data(2), at * 100).length, 1);
});

Deno.test("what only the relay says, or nobody, ends the line; kinds of the future do not", () => {
  const bad: unknown[] = [
    "text",
    new ArrayBuffer(0),
    new ArrayBuffer(24),
    message({ kind: "welcome", peer: null }),
    message({ kind: "gone", peer: idOf(2) }),
    message({ kind: "absent", peer: idOf(2), channel: CHANNEL }),
    message({ kind: "bye", reason: "go" }),
  ];
  for (const one of bad) {
    const { broker, connect, say } = setUp();
    connect(1);
    connect(2);
    assert.match(say(1, one).join(), /^1 bye .*,1 closed \d+$/);
    assert.equal(broker.clients, 1);
  }
  const { connect, say } = setUp();
  connect(1);
  assert.deepEqual(say(1, new Uint8Array(25).fill(200).buffer), []);
});

Deno.test("tick() tells everyone now and then that the hub is there", () => {
  const { broker, connect } = setUp({ beatMs: 10_000 });
  connect(1);
  connect(2);
  assert.deepEqual(told(broker.tick(10_000)), ["1 beat", "2 beat"]);
  assert.deepEqual(told(broker.tick(19_999)), []);
  assert.deepEqual(told(broker.tick(20_000)), ["1 beat", "2 beat"]);
});

Deno.test("whatever clients say: it throws nothing, tells only who is here, and forgets who is not", () => {
  const id = fc.integer({ min: 1, max: 6 });
  const act = fc.oneof(
    fc.record({ connect: id, token: fc.constantFrom("a", "b") }),
    fc.record({ disconnect: id }),
    fc.record({ from: id, to: id, kind: fc.constantFrom("open", "data", "close") }),
    fc.record({ from: id, bytes: fc.uint8Array({ maxLength: 60 }) }),
    fc.record({
      from: id,
      start: fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 8, 9),
      rest: fc.uint8Array(),
    }),
  );
  fc.assert(fc.property(fc.array(act, { maxLength: 80 }), (acts) => {
    const broker = new RelayBroker({ ...RELAY_LIMITS, clients: 4 });
    const open = new Set<number>();
    /** The latest connection of each device. */
    const lineOf = new Map<number, number>();
    let next = 1;
    const check = (effects: readonly RelayEffect[]) => {
      for (const effect of effects) {
        const line = effect.kind === "send" ? effect.to : effect.connection;
        assert.ok(open.has(line), "told a line that is gone");
        if (effect.kind === "close") open.delete(line);
      }
    };
    for (const one of acts) {
      if ("connect" in one) {
        const line = next++;
        open.add(line);
        lineOf.set(one.connect, line);
        check(broker.connect(line, { id: idOf(one.connect), token: one.token }, "a", 0));
      } else if ("disconnect" in one) {
        const line = lineOf.get(one.disconnect) ?? 0;
        open.delete(line);
        check(broker.disconnect(line));
      } else if ("to" in one) {
        const { kind, to } = one;
        const frame = kind === "data"
          ? { kind: "data" as const, peer: idOf(to), channel: CHANNEL, payload: new Uint8Array(1) }
          : { kind: kind as "open" | "close", peer: idOf(to), channel: CHANNEL };
        check(broker.receive(lineOf.get(one.from) ?? 0, message(frame), 0));
      } else {
        const bytes = "bytes" in one ? one.bytes : [one.start, ...one.rest];
        check(broker.receive(lineOf.get(one.from) ?? 0, new Uint8Array(bytes).buffer, 0));
      }
      assert.ok(broker.clients <= Math.min(4, open.size));
    }
  }));
});
