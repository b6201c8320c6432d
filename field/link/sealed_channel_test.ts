import assert from "node:assert/strict";
import fc from "fast-check";
import type { Bytes } from "../bytes.ts";
import type { Failure } from "../errors.ts";
import { type Pipe, type PipeEvents, SealedChannel } from "./sealed_channel.ts";

/** Whoever carries the bytes: by default as he should. */
type Carry = (bytes: Bytes, deliver: (bytes: Bytes) => void) => void;

class FakePipe implements Pipe {
  readonly peerId = "peer";
  bufferedBytes = 0;
  other: FakePipe | undefined;
  isClosed = false;
  events: PipeEvents | undefined;
  readonly #carry: Carry;
  readonly #early: Bytes[] = [];

  constructor(carry: Carry) {
    this.#carry = carry;
  }

  listen(events: PipeEvents): void {
    this.events = events;
    for (const bytes of this.#early.splice(0)) events.received(bytes);
  }

  send(bytes: Bytes): void {
    if (this.isClosed) throw new DOMException("closed", "InvalidStateError");
    this.#carry(bytes, (carried) => this.other?.hear(carried));
  }

  hear(bytes: Bytes): void {
    if (this.events) this.events.received(bytes);
    else this.#early.push(bytes);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (this.other && !this.other.isClosed) {
      this.other.isClosed = true;
      this.other.events?.closed();
    }
  }
}

class End {
  readonly pipe: FakePipe;
  readonly channel: SealedChannel;
  readonly heard: Uint8Array[] = [];
  binding: Uint8Array | undefined;
  isClosed = false;
  drains = 0;
  why: Failure | undefined;
  /** Thrown by the listener of this event. */
  fault: "opened" | "received" | "drained" | undefined;
  #changed = Promise.withResolvers<void>();

  constructor(carry: Carry) {
    this.pipe = new FakePipe(carry);
    this.channel = new SealedChannel(this.pipe);
  }

  listen(): void {
    this.channel.listen({
      opened: (binding) => {
        this.#set(() => this.binding = new Uint8Array(binding ?? []));
        this.#failAt("opened");
      },
      received: (data) => {
        this.#set(() => this.heard.push(new Uint8Array(data as ArrayBuffer)));
        this.#failAt("received");
      },
      drained: () => {
        this.#set(() => this.drains++);
        this.#failAt("drained");
      },
      shaky: () => assert.fail("a sealed channel cannot tell"),
      closed: (why) =>
        this.#set(() => {
          this.isClosed = true;
          this.why = why;
        }),
    });
  }

  /** Waits for events, not for time. */
  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await this.#changed.promise;
  }

  #failAt(event: typeof this.fault): void {
    if (this.fault === event) throw new Error(`broken at ${event}`);
  }

  #set(act: () => void): void {
    act();
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

const faithful: Carry = (bytes, deliver) => queueMicrotask(() => deliver(bytes));

function pair(toFar: Carry = faithful, toNear: Carry = faithful) {
  const near = new End(toFar);
  const far = new End(toNear);
  near.pipe.other = far.pipe;
  far.pipe.other = near.pipe;
  near.listen();
  far.listen();
  return { near, far };
}

async function open(toFar?: Carry, toNear?: Carry) {
  const ends = pair(toFar, toNear);
  await ends.near.until(() => ends.near.binding !== undefined);
  await ends.far.until(() => ends.far.binding !== undefined);
  return ends;
}

const bytes = (...values: number[]) => new Uint8Array(values).buffer;

Deno.test("any bytes arrive as they were sent, in order, both ways, however the turns fall", async () => {
  const frames = fc.array(fc.uint8Array({ minLength: 0, maxLength: 3_000 }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(frames, frames, fc.scheduler(), async (there, back, scheduler) => {
      // a carrier that keeps the order, and takes its time
      const slow = (): Carry => {
        let last: Promise<unknown> = Promise.resolve();
        return (bytes, deliver) => {
          const turn = scheduler.schedule(Promise.resolve());
          last = Promise.all([last, turn]).then(() => deliver(bytes));
        };
      };
      const { near, far } = pair(slow(), slow());
      const running = scheduler.waitFor(Promise.all([
        near.until(() => near.binding !== undefined).then(() => {
          for (const frame of there) near.channel.send(frame.slice().buffer);
        }),
        far.until(() => far.binding !== undefined).then(() => {
          for (const frame of back) far.channel.send(frame.slice().buffer);
        }),
        near.until(() => near.heard.length === back.length),
        far.until(() => far.heard.length === there.length),
      ]));
      await running;
      assert.deepEqual(far.heard, there.map((frame) => new Uint8Array(frame)));
      assert.deepEqual(near.heard, back.map((frame) => new Uint8Array(frame)));
      assert.deepEqual(near.binding, far.binding);
    }),
    { numRuns: 30 },
  );
});

Deno.test("the largest frame goes through, one byte more is refused, and the carrier sees none of it", async () => {
  const carried: Bytes[] = [];
  const { near, far } = await open((bytes, deliver) => {
    carried.push(bytes);
    faithful(bytes, deliver);
  });
  const frame = new Uint8Array(64 * 1024).fill(7);
  near.channel.send(frame.slice().buffer);
  await far.until(() => far.heard.length === 1);
  assert.deepEqual(far.heard[0], frame);
  assert.equal(carried[1].length, frame.length + 16);
  assert.ok(!carried[1].subarray(0, 64).every((byte) => byte === 7));
  assert.throws(() => near.channel.send(new ArrayBuffer(64 * 1024 + 1)), RangeError);
});

Deno.test("two channels have nothing in common: other bindings, other bytes for the same frame", async () => {
  const carried: string[] = [];
  const seen = new Set<string>();
  for (let channel = 0; channel < 2; channel++) {
    const { near, far } = await open((bytes, deliver) => {
      if (bytes.length === 20) carried.push(String(bytes));
      faithful(bytes, deliver);
    });
    for (let at = 0; at < 2; at++) near.channel.send(bytes(1, 2, 3, 4));
    await far.until(() => far.heard.length === 2);
    seen.add(String(near.binding));
  }
  assert.deepEqual([seen.size, carried.length, new Set(carried).size], [2, 4, 4]);
});

/** Does something to the frame of that number (0: the key) on its way to the far end. */
function tamper(at: number, act: (frame: Bytes, deliver: (bytes: Bytes) => void) => void): Carry {
  let number = 0;
  return (bytes, deliver) => {
    const isIt = number++ === at;
    queueMicrotask(() => isIt ? act(bytes, deliver) : deliver(bytes));
  };
}

async function assertEnds(carry: Carry, heard: number): Promise<void> {
  const { near, far } = await open(carry);
  for (let at = 0; at < 4; at++) near.channel.send(bytes(at));
  await far.until(() => far.isClosed);
  assert.equal(far.why?.code, "peer-refused");
  assert.equal(far.heard.length, heard);
  assert.ok(far.pipe.isClosed);
  await near.until(() => near.isClosed);
}

Deno.test("a frame with any bit changed ends the channel; what came before was delivered", async () => {
  for (const bit of [0, 7, 8, 60, 135]) {
    const flip = (frame: Bytes, deliver: (bytes: Bytes) => void) => {
      const copy = frame.slice();
      copy[bit >> 3] ^= 1 << (bit & 7);
      deliver(copy);
    };
    await assertEnds(tamper(3, flip), 2);
  }
});

Deno.test("a frame that is repeated, left out, cut short, or moved ends the channel", async () => {
  await assertEnds(
    tamper(2, (frame, deliver) => {
      deliver(frame);
      deliver(frame.slice());
    }),
    2,
  );
  await assertEnds(tamper(2, () => {}), 1);
  await assertEnds(tamper(2, (frame, deliver) => deliver(frame.subarray(0, 15))), 1);
  await assertEnds(tamper(2, (_frame, deliver) => deliver(new Uint8Array(0))), 1);
  let held: Bytes | undefined;
  await assertEnds(
    (bytes, deliver) =>
      queueMicrotask(() => {
        if (bytes.length === 17 && !held) held = bytes;
        else deliver(bytes);
      }),
    0,
  );
});

Deno.test("a frame that comes back to who sent it does not open", async () => {
  const { near } = await open((bytes, deliver) => {
    if (bytes.length === 17) queueMicrotask(() => near.pipe.hear(bytes));
    else faithful(bytes, deliver);
  });
  near.channel.send(bytes(1));
  await near.until(() => near.isClosed);
  assert.deepEqual([near.heard, near.why?.code], [[], "peer-refused"]);
});

Deno.test("whoever gives each end another key is not noticed here, and is by the bindings", async () => {
  // two whole channels, one to each end: a man in the middle
  const toNear = await open();
  const toFar = await open();
  toNear.near.channel.send(bytes(1));
  await toNear.far.until(() => toNear.far.heard.length === 1);
  assert.notDeepEqual(toNear.near.binding, toFar.far.binding);
});

Deno.test("a key that is none, or our own, ends the channel before it opens", async () => {
  const key = new Uint8Array(65).fill(4); // not on the curve
  for (const bad of [key, key.subarray(0, 64), new Uint8Array(0), new Uint8Array(66)]) {
    const { far } = pair(tamper(0, (_key, deliver) => deliver(bad)));
    await far.until(() => far.isClosed);
    assert.deepEqual([far.binding, far.why?.code], [undefined, "peer-refused"]);
  }
  // a mirror, behind which the far end is not heard: its key may be made before ours
  const { near } = pair((bytes) => queueMicrotask(() => near.pipe.hear(bytes)), () => {});
  await near.until(() => near.isClosed);
  assert.equal(near.binding, undefined);
});

Deno.test("send() throws before the channel is open, and after it is closed", async () => {
  const { near, far } = pair();
  assert.throws(() => near.channel.send(bytes(1)), { name: "InvalidStateError" });
  assert.equal(near.channel.answered, false);
  await near.until(() => near.binding !== undefined);
  await far.until(() => far.binding !== undefined);
  assert.equal(near.channel.answered, true);
  near.channel.close();
  assert.throws(() => near.channel.send(bytes(1)), { name: "InvalidStateError" });
});

Deno.test("what is sent just before close() arrives, and then the end", async () => {
  const { near, far } = await open();
  for (let at = 0; at < 5; at++) near.channel.send(bytes(at));
  near.channel.close();
  await far.until(() => far.isClosed);
  assert.deepEqual(far.heard.map(([byte]) => byte), [0, 1, 2, 3, 4]);
  assert.deepEqual([far.why, near.isClosed], [undefined, false]);
});

Deno.test("bufferedBytes counts what waits to be sealed, and drained() says when it is gone", async () => {
  const { near, far } = await open();
  near.channel.send(new ArrayBuffer(1_000));
  assert.equal(near.channel.bufferedBytes, 1_000);
  near.pipe.bufferedBytes = 1_000_000;
  assert.equal(near.channel.bufferedBytes, 1_001_000);
  await far.until(() => far.heard.length === 1);
  assert.equal(near.drains, 0, "the pipe is still full");
  near.pipe.bufferedBytes = 0;
  near.pipe.events?.drained();
  assert.equal(near.drains, 1);
});

Deno.test("more than a megabyte that waits to be opened ends the channel", async () => {
  const { far } = await open();
  // never genuine, but they are counted before they are looked at
  for (let at = 0; at < 17; at++) far.pipe.hear(new Uint8Array(64 * 1024));
  await far.until(() => far.isClosed);
  assert.match(far.why?.message ?? "", /faster/);
});

Deno.test("a listener that throws ends the channel with its own error, not with a fault of the channel", async () => {
  for (const fault of ["opened", "received", "drained"] as const) {
    const { near, far } = pair();
    near.fault = fault;
    await near.until(() => near.binding !== undefined);
    await far.until(() => far.binding !== undefined || far.isClosed);
    if (fault === "received") far.channel.send(bytes(1));
    if (fault === "drained") near.channel.send(bytes(1));
    await near.until(() => near.isClosed);
    assert.deepEqual([near.why?.code, near.why?.cause], ["internal", `Error: broken at ${fault}`]);
    await far.until(() => far.isClosed);
    assert.equal(far.why, undefined, "the other end has done nothing wrong");
  }
});
