import assert from "node:assert/strict";
import fc from "fast-check";
import { idOf } from "../../tests/fixtures/devices.ts";
import type { EphemeralMessage } from "./ephemeral_message.ts";
import { MOST_FRAME_BYTES } from "./frame_types.ts";
import { type Lane, LANES } from "./lanes.ts";
import { type Intent, Outbox } from "./outbox.ts";
import { LANE_BYTES, STEP_BYTES, STEP_CONTROL, WINDOW_BYTES } from "./send_window.ts";

function messageOf(topic: string, counter: number, critical = false): EphemeralMessage {
  const bytes = new Uint8Array(0), sig = new Uint8Array(64);
  return { topic, from: idOf(1), counter, at: 0, bytes, retain: false, critical, sig };
}

const hashOf = (n: number) => n.toString(16).padStart(64, "0");

/** Takes all that there is room for, and says what it was; each frame has so many bytes. */
function drain(outbox: Outbox, bytes = 100): { intent: Intent; lane: Lane }[] {
  const taken = [];
  for (let next = outbox.next(); next; next = outbox.next()) {
    taken.push(next);
    outbox.done(next.intent);
    outbox.window.sent(next.lane, bytes);
  }
  return taken;
}

Deno.test("next() takes the highest lane first, and within a lane what waits longest", () => {
  const outbox = new Outbox();
  outbox.giveBlob(hashOf(1), 0);
  outbox.pass(messageOf("t", 1));
  outbox.push({ device: idOf(2), after: 0, lane: "changes" });
  outbox.push({ device: idOf(3), after: 0, lane: "critical" });
  outbox.pass(messageOf("alarm", 2, true));
  outbox.say("clock", { kind: "clock-probe", n: 1 });
  const lanes = drain(outbox).map(({ lane }) => lane);
  assert.deepEqual(lanes, ["control", "critical", "critical", "changes", "telemetry", "media"]);
  assert.equal(outbox.next(), null);
});

Deno.test("a feed that gets critical news moves up, and keeps its place in the feed", () => {
  const outbox = new Outbox();
  outbox.push({ device: idOf(2), after: 5, lane: "changes" });
  outbox.push({ device: idOf(3), after: 0, lane: "changes" });
  outbox.push({ device: idOf(3), after: 9, lane: "critical" });
  const [first, second] = drain(outbox);
  assert.deepEqual([first.lane, second.lane], ["critical", "changes"]);
  assert.ok(first.intent.kind === "range" && first.intent.after === 0, "nothing is left out");
});

Deno.test("of what is said under one key the last is sent, and lists grow together", () => {
  const outbox = new Outbox();
  outbox.say("clock", { kind: "clock-probe", n: 1 });
  outbox.say("clock", { kind: "clock-probe", n: 2 });
  outbox.tell("heads", [idOf(1)]);
  outbox.tell("heads", [idOf(2), idOf(1)]);
  outbox.askBlobs([{ hash: hashOf(1), offset: 0 }]);
  outbox.askBlobs([{ hash: hashOf(1), offset: 7 }, { hash: hashOf(2), offset: 0 }]);
  outbox.pass(messageOf("t", 1));
  outbox.pass(messageOf("t", 2));
  const [probe, heads, blobs, message, ...others] = drain(outbox).map(({ intent }) => intent);
  assert.ok(probe.kind === "frame" && probe.frame.kind === "clock-probe" && probe.frame.n === 2);
  assert.ok(heads.kind === "heads");
  assert.deepEqual([...heads.devices], [idOf(1), idOf(2)]);
  assert.ok(blobs.kind === "blob-want");
  assert.deepEqual([...blobs.parts], [[hashOf(1), 7], [hashOf(2), 0]]);
  assert.ok(message.kind === "message" && message.message.counter === 2);
  assert.deepEqual(others, []);
});

Deno.test("a want takes the place of the one before, and fresh entries stay", () => {
  const outbox = new Outbox();
  outbox.push({ device: idOf(1), after: 3, lane: "changes" });
  outbox.give({ n: 1, mostBytes: 1000 }, [{ device: idOf(2), after: 0, lane: "changes" }]);
  outbox.give({ n: 2, mostBytes: 1000 }, [{ device: idOf(3), after: 0, lane: "critical" }]);
  const ranges = drain(outbox).map(({ intent }) => intent.kind === "range" ? intent : null);
  assert.deepEqual(ranges.map((one) => [one?.device, one?.answers]), [
    [idOf(3), 2],
    [idOf(1), 0],
  ]);
  assert.equal(outbox.answerTo(1), null);
});

Deno.test("an answer is over when nothing is left of it, or as much was sent as was wanted", () => {
  const outbox = new Outbox();
  const feeds = [1, 2].map((n) => ({ device: idOf(n), after: 0, lane: "changes" as const }));
  outbox.give({ n: 1, mostBytes: 1000 }, feeds);
  const answer = outbox.answerTo(1);
  assert.ok(answer);
  assert.equal(outbox.answered(answer, 999), false);
  assert.equal(outbox.answered(answer, 1), true);
  assert.equal(outbox.next(), null, "what is left of it is not sent");
  outbox.give({ n: 2, mostBytes: 1000 }, feeds.slice(1));
  const next = outbox.next();
  assert.ok(next);
  outbox.done(next.intent);
  const second = outbox.answerTo(2);
  assert.ok(second);
  assert.equal(outbox.answered(second, 1), true);
});

Deno.test("a want of which nothing is here is answered all the same", () => {
  const outbox = new Outbox();
  outbox.give({ n: 4, mostBytes: 1000 }, []);
  const next = outbox.next();
  assert.ok(next?.intent.kind === "answered" && next.intent.n === 4);
});

Deno.test("giveBlob() takes a bounded number of them, and each once", () => {
  const outbox = new Outbox();
  let taken = 0;
  while (outbox.giveBlob(hashOf(taken), 0)) taken++;
  assert.equal(taken, 128);
  assert.ok(outbox.giveBlob(hashOf(5), 100), "another offset of one that waits");
  assert.equal(outbox.mediaParts, 128);
  outbox.dropBlob(hashOf(5));
  assert.ok(outbox.giveBlob(hashOf(500), 0));
});

type Step =
  | { readonly do: "put"; readonly lane: Lane; readonly n: number }
  | { readonly do: "send"; readonly share: number }
  | { readonly do: "credit"; readonly part: number };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("put" as const),
      lane: fc.constantFrom(...LANES),
      n: fc.nat(99),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("send" as const),
      share: fc.double({ noNaN: true, min: 0.01, max: 1 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("credit" as const),
      part: fc.constantFrom(0.3, 0.9, 1),
    }),
  },
);

function put(outbox: Outbox, lane: Lane, n: number): void {
  if (lane === "control") outbox.say(`key ${n}`, { kind: "clock-probe", n });
  else if (lane === "telemetry") outbox.pass(messageOf(`t${n}`, n));
  else if (lane === "media") outbox.giveBlob(hashOf(n), 0);
  else {outbox.push({
      device: (lane === "critical" ? "c" : "d") + hashOf(n).slice(1),
      after: 0,
      lane,
    });}
}

/** The largest frame of a lane, and what it takes of the control window. */
const MOST: Readonly<Record<Lane, number>> = {
  control: 48 * 512,
  critical: MOST_FRAME_BYTES,
  changes: MOST_FRAME_BYTES,
  telemetry: 5 * 1024,
  media: 16 * 1024,
};

/** An outbox, and what it must hold. */
class Model {
  readonly outbox = new Outbox();
  readonly waiting = new Map(LANES.map((lane) => [lane, new Set<string>()]));
  #sent = { bytes: 0, control: 0 };
  #credited = { bytes: 0, control: 0 };

  put(lane: Lane, n: number): void {
    put(this.outbox, lane, n);
    this.waiting.get(lane)?.add(String(n));
  }

  /** Sends what is next, a frame of this share of the largest. False when there is no room. */
  send(share: number): boolean {
    const next = this.outbox.next();
    if (!next) return false;
    const { intent, lane } = next;
    for (const above of LANES.slice(0, LANES.indexOf(lane))) this.#assertFull(above, lane);
    this.outbox.done(intent);
    assert.ok(this.waiting.get(lane)?.delete(numberOf(intent)), `${intent.key} was not put in`);
    const bytes = Math.ceil(MOST[lane] * share);
    this.outbox.window.sent(lane, bytes);
    if (lane === "control") this.#sent.control += Math.ceil(bytes / 512);
    else this.#sent.bytes += bytes;
    this.#assertBounds();
    return true;
  }

  credit(part: number): void {
    const bytes = this.#credited.bytes +
      Math.floor((this.#sent.bytes - this.#credited.bytes) * part);
    const control = this.#credited.control +
      Math.floor((this.#sent.control - this.#credited.control) * part);
    const isStep = bytes - this.#credited.bytes >= STEP_BYTES ||
      control - this.#credited.control >= STEP_CONTROL;
    assert.equal(this.outbox.window.credit(bytes, control), isStep);
    if (isStep) this.#credited = { bytes, control };
  }

  get rest(): number {
    return [...this.waiting.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** What waits in a higher lane has had its share, else it would go first. */
  #assertFull(above: Lane, lane: Lane): void {
    if (this.waiting.get(above)?.size === 0) return;
    const { window } = this.outbox;
    const room = above === "control" ? window.controlRoom * 512 : window.laneRoom(above);
    assert.ok(room < MOST[above], `${above} waits while ${lane} goes`);
  }

  #assertBounds(): void {
    const { window } = this.outbox;
    for (const lane of ["critical", "changes", "telemetry", "media"] as const) {
      assert.ok(window.underWay(lane) >= 0 && window.underWay(lane) <= LANE_BYTES[lane]);
    }
    assert.equal(window.underWay(), this.#sent.bytes - this.#credited.bytes);
    assert.ok(window.underWay() <= WINDOW_BYTES);
    assert.ok(window.controlRoom >= 0);
  }
}

function numberOf(intent: Intent): string {
  switch (intent.kind) {
    case "range":
      return String(parseInt(intent.device.slice(1), 16));
    case "blob":
      return String(parseInt(intent.hash, 16));
    case "message":
      return String(intent.message.counter);
    default:
      return intent.key.slice("key ".length);
  }
}

Deno.test("whatever is put in and whenever credit comes: lanes in order, within their bounds, nothing lost", () => {
  const steps = fc.array(anyStep, { minLength: 50, maxLength: 500 });
  fc.assert(fc.property(steps, (all) => {
    const model = new Model();
    for (const one of all) {
      if (one.do === "put") model.put(one.lane, one.n);
      else if (one.do === "send") model.send(one.share);
      else model.credit(one.part);
    }
    for (let round = 0; model.rest > 0; round++) {
      assert.ok(round < 2000, `${model.rest} are never sent`);
      if (!model.send(0.5)) model.credit(1);
    }
    assert.equal(model.outbox.next(), null);
  }));
});
