import assert from "node:assert/strict";
import { type Failure, FieldError } from "../../field/errors.ts";
import { FakeCalls, FakeTiming, settled, until } from "../fakes_for_tests.ts";
import { BINDING, FakeChannel } from "./fakes_for_tests.ts";
import { RadioLink } from "./radio_link.ts";
import { BUFFERED_MOST_BYTES, FRAME_MOST_BYTES, QUEUED_MOST_BYTES } from "./send_queue.ts";

const frame = (byteLength = 4) => new ArrayBuffer(byteLength);

function setUp(handlers: ConstructorParameters<typeof FakeCalls>[0] = {}) {
  const timing = new FakeTiming();
  const calls = new FakeCalls({
    "link-open": () => null,
    "link-frame": () => null,
    "link-close": () => null,
    ...handlers,
  });
  const channel = new FakeChannel("peer");
  const seen = { opens: 0, ends: [] as (Failure | null)[], unheard: 0 };
  const link = new RadioLink({ id: "link", via: "relay" }, channel, {
    timing,
    calls,
    onOpen: () => seen.opens++,
    onUnheard: () => seen.unheard++,
    onEnd: (_link, why) => seen.ends.push(why),
  });
  const open = async () => {
    channel.open(BINDING);
    await until(() => link.isOpen);
  };
  return { timing, calls, channel, seen, link, open };
}

Deno.test("an open channel is announced with its binding, then frames go both ways", async () => {
  const { calls, channel, seen, link, open } = setUp();
  await open();
  assert.equal(seen.opens, 1);
  channel.hear(frame());
  link.send(frame());
  assert.deepEqual(calls.kinds(), ["link-open", "link-frame"]);
  const { binding, via } = calls.made[0].args;
  assert.deepEqual({ binding, via }, { binding: BINDING, via: "relay" });
  assert.equal(channel.sent.length, 1);
});

Deno.test("what comes before the channel is open is nobody's", async () => {
  const { calls, channel, open } = setUp();
  channel.hear(frame(1));
  await open();
  channel.hear(frame(2));
  assert.deepEqual(calls.kinds(), ["link-open", "link-frame"]);
});

Deno.test("a channel that never opens ends after fifteen seconds; unheard if nobody answered", async () => {
  const silent = setUp();
  await silent.timing.pass(15_000);
  assert.deepEqual([silent.seen.ends[0]?.code, silent.seen.unheard], ["peer-refused", 1]);
  assert.ok(silent.channel.isClosed);
  const answered = setUp();
  answered.channel.answered = true;
  await answered.timing.pass(15_000);
  assert.deepEqual([answered.seen.ends.length, answered.seen.unheard], [1, 0]);
  assert.deepEqual(answered.calls.kinds(), [], "the worker never knew of it");
});

Deno.test("a channel that does not show whom it is with is closed", async () => {
  const { calls, channel, seen } = setUp();
  channel.open(null);
  await until(() => seen.ends.length > 0);
  assert.ok(channel.isClosed);
  assert.deepEqual(calls.kinds(), []);
});

Deno.test("the other side's going is told to the worker, and is no failure", async () => {
  const { calls, channel, seen, open } = setUp();
  await open();
  channel.lose();
  assert.deepEqual(seen.ends, [null]);
  assert.equal(calls.kinds().at(-1), "link-close");
});

Deno.test("what is no frame ends the link", async () => {
  for (const bad of ["text", frame(0), frame(FRAME_MOST_BYTES + 1), new Blob(["x"]), null]) {
    const { channel, seen, open } = setUp();
    await open();
    channel.hear(bad);
    assert.equal(seen.ends[0]?.code, "frame-invalid");
    assert.ok(channel.isClosed);
  }
});

Deno.test("send() refuses a frame above the limit, and takes one at it", async () => {
  const { channel, seen, link, open } = setUp();
  await open();
  link.send(frame(FRAME_MOST_BYTES));
  assert.equal(channel.sent.length, 1);
  link.send(frame(FRAME_MOST_BYTES + 1));
  assert.equal(seen.ends[0]?.code, "frame-invalid");
  link.send(frame());
  assert.equal(channel.sent.length, 1, "nothing goes out on an ended link");
});

Deno.test("send() holds back while the channel is full, goes on when it drains, and is bounded", async () => {
  const { channel, seen, link, open } = setUp();
  await open();
  channel.bufferedBytes = BUFFERED_MOST_BYTES;
  link.send(frame(10));
  assert.equal(channel.sent.length, 0);
  channel.bufferedBytes = 0;
  channel.events.drained();
  assert.equal(channel.sent.length, 1);
  channel.bufferedBytes = BUFFERED_MOST_BYTES;
  const frames = Math.ceil(QUEUED_MOST_BYTES / FRAME_MOST_BYTES) + 1;
  for (let sent = 0; sent < frames; sent++) link.send(frame(FRAME_MOST_BYTES));
  assert.deepEqual(seen.ends.map((why) => why?.message), [
    "The other device stopped taking data. It is called again.",
  ]);
});

Deno.test("send() ends the link when the channel throws", async () => {
  const { channel, seen, link, open } = setUp();
  await open();
  channel.isClosed = true;
  link.send(frame());
  assert.equal(seen.ends.length, 1);
});

Deno.test("a peer that sends faster than the worker takes is cut off", async () => {
  const { channel, seen, open } = setUp({ "link-frame": () => new Promise(() => {}) });
  await open();
  for (let sent = 0; sent < 64; sent++) channel.hear(frame(FRAME_MOST_BYTES));
  assert.equal(seen.ends.length, 0);
  channel.hear(frame(1));
  assert.equal(seen.ends.length, 1);
});

Deno.test("answered frames make room for more", async () => {
  const { channel, seen, open } = setUp();
  await open();
  for (let sent = 0; sent < 200; sent++) {
    channel.hear(frame(FRAME_MOST_BYTES));
    await settled();
  }
  assert.equal(seen.ends.length, 0);
});

Deno.test("a link that the worker will not have is closed", async () => {
  const { channel, seen, open } = setUp({
    "link-frame": () => {
      throw new FieldError("frame-invalid", "no");
    },
  });
  await open();
  channel.hear(frame());
  await settled();
  assert.equal(seen.ends[0]?.code, "frame-invalid");
});

Deno.test("announceAgain() tells a restarted worker; what the former one says does not count", async () => {
  const answers = [Promise.withResolvers<null>(), Promise.withResolvers<null>()];
  let asked = 0;
  const { calls, channel, seen, link, open } = setUp({
    "link-frame": () => answers[asked++].promise,
  });
  await open();
  channel.hear(frame());
  link.announceAgain();
  answers[0].reject(new FieldError("worker-lost", "restarted"));
  await settled();
  assert.ok(link.isOpen);
  assert.deepEqual(calls.kinds(), ["link-open", "link-frame", "link-open"]);
  assert.deepEqual(calls.made[0].args, calls.made[2].args, "same link, same binding");
  channel.hear(frame());
  answers[1].reject(new FieldError("bad-message", "unknown link"));
  await settled();
  assert.equal(seen.ends.length, 1);
});

Deno.test("a connection that is shaky for fifteen seconds ends; one that recovers goes on", async () => {
  const { timing, channel, seen, link, open } = setUp();
  await open();
  channel.events.shaky(true);
  await timing.pass(14_000);
  assert.equal(link.shakyForMs, 14_000);
  channel.events.shaky(false);
  assert.equal(link.shakyForMs, 0);
  await timing.pass(60_000);
  assert.ok(link.isOpen);
  channel.events.shaky(true);
  await timing.pass(10_000);
  channel.events.shaky(true); // said again, it is still the same silence
  await timing.pass(5_000);
  assert.equal(seen.ends.length, 1);
  assert.ok(channel.isClosed);
});

Deno.test("a channel that says what was wrong with it is believed", async () => {
  const { channel, seen, open } = setUp();
  await open();
  const why: Failure = { code: "peer-refused", message: "changed on the way" };
  channel.events.closed(why);
  assert.deepEqual(seen.ends, [why]);
});
