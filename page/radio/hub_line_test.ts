import assert from "node:assert/strict";
import { FakeTiming, settled } from "../fakes_for_tests.ts";
import { HubLine } from "./hub_line.ts";
import type { Signal, SignalEvents } from "../../field/link/signal.ts";

const IDENTITY = { peerId: "me", token: "secret" };

/** Signals that do nothing until a test says so. */
function setUp() {
  const timing = new FakeTiming();
  const signals: { events: SignalEvents; log: string[] }[] = [];
  const seen = { opens: 0, failures: [] as string[], absent: [] as string[] };
  const line = new HubLine({
    timing,
    random: () => 1,
    openSignal(_identity, events): Signal {
      const log: string[] = [];
      signals.push({ events, log });
      return {
        dial: () => null,
        disconnect() {
          log.push("disconnect");
          queueMicrotask(() => events.disconnected());
        },
        reconnect: () => void log.push("reconnect"),
        destroy: () => void log.push("destroy"),
      };
    },
    onOpen: () => seen.opens++,
    onHub: () => {},
    onIncoming: () => {},
    onPeerAbsent: (peerId) => seen.absent.push(peerId),
    onFailure: (failure) => seen.failures.push(failure.kind),
  });
  return { timing, signals, seen, line };
}

Deno.test("a lost line is tried again under the same signal", async () => {
  const { timing, signals, line } = setUp();
  line.start(IDENTITY);
  signals[0].events.opened();
  assert.ok(line.isOpen);
  signals[0].events.disconnected();
  assert.ok(!line.isOpen);
  await timing.pass(5_499);
  assert.deepEqual(signals[0].log, []);
  await timing.pass(1);
  assert.deepEqual(signals[0].log, ["reconnect"]);
  signals[0].events.disconnected();
  await timing.pass(5_500);
  assert.equal(signals[0].log.length, 2);
});

Deno.test("a destroyed signal is followed by a new one", async () => {
  const { timing, signals, line } = setUp();
  line.start(IDENTITY);
  signals[0].events.destroyed();
  await timing.pass(5_500);
  assert.equal(signals.length, 2);
  signals[0].events.opened();
  assert.ok(!line.isOpen, "a former signal is not heard");
  signals[1].events.opened();
  assert.ok(line.isOpen);
});

Deno.test("an attempt that is never answered is given up after ten seconds", async () => {
  const { timing, signals, seen, line } = setUp();
  line.start(IDENTITY);
  await timing.pass(10_000);
  assert.deepEqual(signals[0].log, ["disconnect"]);
  assert.deepEqual(seen.failures, ["hub-unreachable"]);
  await timing.pass(5_500);
  assert.deepEqual(signals[0].log, ["disconnect", "reconnect"]);
});

Deno.test("hurry() tries at once what is waiting, and nothing else", async () => {
  const { timing, signals, line } = setUp();
  line.hurry();
  line.start(IDENTITY);
  line.hurry();
  assert.deepEqual([signals.length, signals[0].log], [1, []]);
  signals[0].events.disconnected();
  line.hurry();
  assert.deepEqual(signals[0].log, ["reconnect"]);
  await timing.pass(6_000);
  assert.deepEqual(signals[0].log, ["reconnect"], "the wait is called off");
});

Deno.test("renew() begins an open line anew and leaves others alone", async () => {
  const { signals, line } = setUp();
  line.start(IDENTITY);
  line.renew();
  assert.deepEqual(signals[0].log, []);
  signals[0].events.opened();
  line.renew();
  await settled();
  assert.deepEqual([signals[0].log, line.isOpen], [["disconnect"], false]);
});

Deno.test("stop() destroys the signal and tries nothing more", async () => {
  const { timing, signals, line } = setUp();
  line.start(IDENTITY);
  signals[0].events.disconnected();
  line.stop();
  await timing.pass(600_000);
  assert.deepEqual([signals.length, signals[0].log, timing.pending], [1, ["destroy"], 0]);
  assert.ok(!line.isOn && !line.isFor(IDENTITY));
});

Deno.test("a browser without WebRTC is told of and not tried again", async () => {
  const { timing, signals, seen, line } = setUp();
  line.start(IDENTITY);
  signals[0].events.failed({ kind: "unsupported", cause: "no RTCPeerConnection" });
  signals[0].events.destroyed();
  await timing.pass(600_000);
  assert.deepEqual([signals.length, seen.failures], [1, ["unsupported"]]);
});

Deno.test("isFor() minds both id and token", () => {
  const { line } = setUp();
  line.start(IDENTITY);
  assert.ok(line.isFor({ ...IDENTITY }));
  assert.ok(
    !line.isFor({ ...IDENTITY, token: "new" }) && !line.isFor({ ...IDENTITY, peerId: "x" }),
  );
});

Deno.test("a hundred lines that lose their hub in one instant do not come back in one second", async () => {
  for (const downMs of [0, 500, 3_000, 10_000, 60_000]) {
    const timing = new FakeTiming();
    const random = seeded(downMs + 1);
    let isUp = true;
    const opensMs: number[] = [];
    const all = Array.from({ length: 100 }, () => {
      const line: HubLine = new HubLine({
        timing,
        random,
        openSignal(_identity, events) {
          const answer = () => queueMicrotask(() => isUp ? events.opened() : events.disconnected());
          lost.push(() => events.disconnected());
          answer();
          return { dial: () => null, disconnect() {}, reconnect: answer, destroy() {} };
        },
        onOpen: () => opensMs.push(timing.now()),
        onHub: () => {},
        onIncoming: () => {},
        onPeerAbsent: () => {},
        onFailure: () => {},
      });
      return line;
    });
    const lost: (() => void)[] = [];
    for (const line of all) line.start(IDENTITY);
    await settled();
    opensMs.length = 0;
    isUp = false;
    for (const lose of lost) lose();
    await timing.pass(downMs);
    isUp = true;
    await timing.pass(10_000);
    assert.equal(opensMs.length, 100);
    const within = (fromMs: number) =>
      opensMs.filter((atMs) => atMs >= fromMs && atMs < fromMs + 1_000).length;
    const most = Math.max(...opensMs.map(within));
    assert.ok(most <= 40, `${most} within a second, after ${downMs} ms without a hub`);
  }
});

/** Mulberry32: the same numbers for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
