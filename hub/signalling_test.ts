import assert from "node:assert/strict";
import fc from "fast-check";
import { Broker, type Connection, type Credentials, type Effect, LIMITS } from "./signalling.ts";

const KEY = "peerjs";

function credentials(id: string, token = `token of ${id}`): Credentials {
  return { id, token, key: KEY };
}

function say(type: string, dst?: string, payload?: unknown): string {
  return JSON.stringify({ type, dst, payload });
}

function relayed(type: string, src: string, dst: string, payload?: unknown) {
  return { type, src, dst, payload };
}

/** What each connection was sent, parsed. */
function sent(effects: readonly Effect[]): [Connection, unknown][] {
  return effects.flatMap((effect) =>
    effect.kind === "send" ? [[effect.to, JSON.parse(effect.text)] as [Connection, unknown]] : []
  );
}

function closed(effects: readonly Effect[]): Connection[] {
  return effects.flatMap((effect) => effect.kind === "close" ? [effect.connection] : []);
}

function errorOf(effects: readonly Effect[]): string {
  const [[, message]] = sent(effects) as [Connection, { type: string; payload: { msg: string } }][];
  assert.equal(message.type, "ERROR");
  return message.payload.msg;
}

/** A broker with clients `a` on connection 1 and `b` on 2, all at time 0. */
function brokerOfTwo(limits = LIMITS): Broker {
  const broker = new Broker(limits);
  broker.connect(1, credentials("a"), 0);
  broker.connect(2, credentials("b"), 0);
  return broker;
}

Deno.test("Broker.connect() says OPEN to a new client", () => {
  const effects = new Broker().connect(1, credentials("a"), 0);
  assert.deepEqual(sent(effects), [[1, { type: "OPEN" }]]);
  assert.deepEqual(closed(effects), []);
});

Deno.test("Broker.connect() refuses when something is missing, invalid or of another key", () => {
  const broker = new Broker();
  const cases: [Partial<Credentials>, string][] = [
    [{ id: null }, "No id, token, or key supplied to websocket server"],
    [{ token: "" }, "No id, token, or key supplied to websocket server"],
    [{ key: null }, "No id, token, or key supplied to websocket server"],
    [{ key: "other" }, "Invalid key provided"],
    [{ id: "no/id" }, "Invalid id provided"],
    [{ token: "t".repeat(257) }, "Invalid token provided"],
  ];
  for (const [wrong, msg] of cases) {
    const effects = broker.connect(1, { ...credentials("a"), ...wrong }, 0);
    assert.equal(errorOf(effects), msg);
    assert.deepEqual(closed(effects), [1]);
  }
  assert.equal(broker.clients, 0);
});

Deno.test("Broker.connect() says ID-TAKEN to another token, and the first client stays", () => {
  const broker = brokerOfTwo();
  const effects = broker.connect(3, credentials("a", "another"), 0);
  assert.deepEqual(sent(effects), [[3, { type: "ID-TAKEN", payload: { msg: "ID is taken" } }]]);
  assert.deepEqual(closed(effects), [3]);
  assert.deepEqual(sent(broker.receive(2, say("OFFER", "a"), 0)).map(([to]) => to), [1]);
});

Deno.test("Broker.connect() lets a client with its token take over from its old socket", () => {
  const broker = brokerOfTwo();
  const effects = broker.connect(3, credentials("a"), 0);
  assert.deepEqual(closed(effects), [1]);
  assert.deepEqual(sent(effects), [[3, { type: "OPEN" }]]);
  assert.deepEqual(broker.receive(1, say("OFFER", "b"), 0), []);
  broker.disconnect(1); // the old socket's close event comes late and must not take the new one along
  assert.deepEqual(sent(broker.receive(2, say("OFFER", "a"), 0)).map(([to]) => to), [3]);
});

Deno.test("Broker.connect() refuses one client too many, but not one that comes back", () => {
  const broker = brokerOfTwo({ ...LIMITS, clients: 2 });
  const effects = broker.connect(3, credentials("c"), 0);
  assert.equal(errorOf(effects), "Server has reached its concurrent user limit");
  assert.deepEqual(closed(effects), [3]);
  assert.deepEqual(sent(broker.connect(4, credentials("a"), 0)), [[4, { type: "OPEN" }]]);
  broker.disconnect(2);
  assert.deepEqual(sent(broker.connect(5, credentials("c"), 0)), [[5, { type: "OPEN" }]]);
});

Deno.test("Broker.receive() passes on every relayed type with its true source", () => {
  const broker = brokerOfTwo();
  for (const type of ["OFFER", "ANSWER", "CANDIDATE", "LEAVE", "EXPIRE"]) {
    const text = JSON.stringify({ type, src: "forged", dst: "b", payload: { sdp: "x" }, more: 1 });
    const effects = broker.receive(1, text, 0);
    assert.deepEqual(sent(effects), [[2, relayed(type, "a", "b", { sdp: "x" })]]);
  }
});

Deno.test("Broker.receive() keeps offers for an absent peer until it comes, in order", () => {
  const broker = brokerOfTwo();
  for (const type of ["OFFER", "CANDIDATE", "ANSWER"]) {
    assert.deepEqual(broker.receive(1, say(type, "c", type), 0), []);
  }
  assert.deepEqual(sent(broker.connect(3, credentials("c"), 4000)), [
    [3, { type: "OPEN" }],
    [3, relayed("OFFER", "a", "c", "OFFER")],
    [3, relayed("CANDIDATE", "a", "c", "CANDIDATE")],
    [3, relayed("ANSWER", "a", "c", "ANSWER")],
  ]);
  assert.deepEqual(broker.tick(60_000), []);
});

Deno.test("Broker.receive() keeps no LEAVE and no EXPIRE for an absent peer", () => {
  const broker = brokerOfTwo();
  for (const type of ["LEAVE", "EXPIRE"]) {
    assert.deepEqual(broker.receive(1, say(type, "c"), 0), []);
  }
  assert.deepEqual(sent(broker.connect(3, credentials("c"), 0)), [[3, { type: "OPEN" }]]);
});

Deno.test("Broker.receive() gives up the id at a LEAVE to nobody", () => {
  const broker = brokerOfTwo();
  assert.deepEqual(closed(broker.receive(1, say("LEAVE"), 0)), [1]);
  assert.deepEqual(sent(broker.connect(3, credentials("a", "another"), 0)), [[3, {
    type: "OPEN",
  }]]);
});

Deno.test("Broker.receive() answers nothing to a heartbeat, nor to a type it does not know", () => {
  const broker = brokerOfTwo();
  assert.deepEqual(broker.receive(1, say("HEARTBEAT"), 0), []);
  assert.deepEqual(broker.receive(1, say("NEWER", "b"), 0), []);
});

Deno.test("Broker.receive() ends a client whose message is not valid, and says why", () => {
  const invalid: [unknown, string][] = [
    ["{", "Message is not a JSON object"],
    [new Uint8Array(3).buffer, "Messages must be text"],
    [say("OFFER", "not/an/id"), "OFFER has no valid dst"],
  ];
  for (const [data, msg] of invalid) {
    const broker = brokerOfTwo();
    const effects = broker.receive(1, data, 0);
    assert.equal(errorOf(effects), msg);
    assert.deepEqual(closed(effects), [1]);
    assert.equal(broker.clients, 1);
  }
});

Deno.test("Broker.receive() takes a message of the greatest length and ends a client for one more", () => {
  const broker = brokerOfTwo({ ...LIMITS, messageChars: 100 });
  const empty = say("OFFER", "b", "").length;
  const fits = say("OFFER", "b", "-".repeat(100 - empty));
  assert.equal(sent(broker.receive(1, fits, 0)).length, 1);
  const effects = broker.receive(1, `${fits} `, 0);
  assert.match(errorOf(effects), /^Message too long: 100 characters/);
  assert.deepEqual(closed(effects), [1]);
});

Deno.test("Broker.receive() ends a client that says too much at once", () => {
  const broker = brokerOfTwo({ ...LIMITS, rate: { perSecond: 2, burst: 3 } });
  for (let i = 0; i < 3; i += 1) assert.deepEqual(broker.receive(1, say("HEARTBEAT"), 0), []);
  assert.deepEqual(broker.receive(1, say("HEARTBEAT"), 500), []);
  const effects = broker.receive(1, say("HEARTBEAT"), 500);
  assert.match(errorOf(effects), /^Too many messages: 2 a second/);
  assert.deepEqual(closed(effects), [1]);
});

Deno.test("Broker.receive() drops what no queue has room for and tells the sender, who stays", () => {
  const broker = brokerOfTwo({ ...LIMITS, queue: { ...LIMITS.queue, perPeerMessages: 1 } });
  broker.receive(1, say("OFFER", "c", 1), 0);
  const effects = broker.receive(1, say("OFFER", "c", 2), 0);
  assert.equal(errorOf(effects), "Too much is waiting for c: message dropped");
  assert.deepEqual(closed(effects), []);
  assert.deepEqual(sent(broker.connect(3, credentials("c"), 0)), [
    [3, { type: "OPEN" }],
    [3, relayed("OFFER", "a", "c", 1)],
  ]);
});

Deno.test("Broker.tick() sends EXPIRE after 5 s, in the absent peer's name, once for all its messages", () => {
  const broker = brokerOfTwo();
  broker.receive(1, say("OFFER", "c"), 0);
  broker.receive(1, say("CANDIDATE", "c"), 0);
  assert.deepEqual(broker.tick(4999), []);
  assert.deepEqual(sent(broker.tick(5000)), [[1, { type: "EXPIRE", src: "c", dst: "a" }]]);
  assert.deepEqual(broker.tick(5001), []);
});

Deno.test("Broker.tick() sends no EXPIRE to a sender that has left", () => {
  const broker = brokerOfTwo();
  broker.receive(1, say("OFFER", "c"), 0);
  broker.disconnect(1);
  assert.deepEqual(broker.tick(5000), []);
  assert.deepEqual(broker.waiting, { peers: 0, messages: 0, chars: 0 });
});

Deno.test("Broker.tick() ends a client that was silent for 90 s, not one that says HEARTBEAT", () => {
  const broker = brokerOfTwo();
  broker.receive(2, say("HEARTBEAT"), 60_000);
  assert.deepEqual(closed(broker.tick(89_999)), []);
  assert.deepEqual(closed(broker.tick(90_000)), [1]);
  assert.deepEqual(closed(broker.tick(149_999)), []);
  assert.deepEqual(closed(broker.tick(150_000)), [2]);
  assert.equal(broker.clients, 0);
});

// ------------------------------------------------------------------ for any course of events

const IDS = ["a", "b", "c", "d"];
const idAt = fc.constantFrom(...IDS);
const event = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant("connect" as const), id: idAt }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("disconnect" as const), id: idAt }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat(4000) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("send" as const),
      id: idAt,
      dst: idAt,
      type: fc.constantFrom("OFFER", "ANSWER", "CANDIDATE", "LEAVE", "EXPIRE"),
      payload: fc.string({ maxLength: 40 }),
    }),
  },
);

type Step = typeof event extends fc.Arbitrary<infer T> ? T : never;

const TIGHT = {
  ...LIMITS,
  queue: { expireMs: 5000, perPeerMessages: 3, perPeerChars: 200, peers: 2, totalChars: 300 },
};

/** Plays events against a broker, checking every effect against who is connected where. */
class Play {
  readonly broker = new Broker(TIGHT);
  readonly online = new Map<string, Connection>();
  nowMs = 0;
  #next = 1;

  step(step: Step): readonly Effect[] {
    switch (step.do) {
      case "connect":
        this.online.set(step.id, this.#next);
        return this.broker.connect(this.#next++, credentials(step.id), this.nowMs);
      case "disconnect":
        this.broker.disconnect(this.online.get(step.id) ?? 0);
        this.online.delete(step.id);
        return [];
      case "send":
        return this.broker.receive(
          this.online.get(step.id) ?? 0,
          say(step.type, step.dst, step.payload),
          this.nowMs,
        );
      case "wait":
        this.nowMs += step.ms;
        return this.broker.tick(this.nowMs);
    }
  }

  check(effects: readonly Effect[]): void {
    for (const [to, message] of sent(effects)) {
      const { dst } = message as { dst?: string };
      if (dst !== undefined) assert.equal(this.online.get(dst), to, "a message went astray");
    }
    const { peers, messages, chars } = this.broker.waiting;
    assert.ok(peers <= 2 && messages <= 6 && chars <= 300, "a queue outgrew its bound");
  }
}

Deno.test("Broker sends a message to its addressee alone and holds its bounds, whatever happens", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (steps) => {
      const play = new Play();
      for (const step of steps) play.check(play.step(step));
      assert.ok(play.broker.clients <= IDS.length);
    }),
    { numRuns: 500 },
  );
});

Deno.test("Broker delivers or expires every message that it kept, whatever happens", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (steps) => {
      const play = new Play();
      for (const step of steps) play.step(step);
      play.broker.tick(play.nowMs + 5000);
      assert.deepEqual(play.broker.waiting, { peers: 0, messages: 0, chars: 0 });
    }),
    { numRuns: 500 },
  );
});
