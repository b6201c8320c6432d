/** A stranger, or a member who lies, hands in entries: what is taken is genuine to the byte. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Bytes, toHex } from "../../field/bytes.ts";
import { decodeCbor, encodeCbor } from "../../field/cbor.ts";
import {
  crewNamed,
  feedOf,
  Forger,
  meet,
  NOW,
  openDevice,
  parsed,
  receiveAll,
  recordEach,
  seenBy,
  type TestDevice,
} from "../fixtures/replicas.ts";
import { MOST_QUARANTINED } from "../../field/store/store.ts";
import { idOf } from "../fixtures/devices.ts";

/** One way to make something else of a genuine entry, or of two. */
const anyMutation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("flip" as const), at: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cut" as const), at: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("grow" as const), at: fc.nat() }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("field" as const),
      at: fc.nat(7),
      value: fc.oneof(
        fc.constantFrom<unknown>(0, 1, 2, 2 ** 53 - 1, -1, "obs", null, [1], [2, 0], [4]),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ minLength: 64, maxLength: 64 }),
      ),
    }),
  },
  // a field of another genuine entry: replayed under another number, name, chain or signature
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("graft" as const), at: fc.nat(7) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("renumber" as const), by: fc.nat(3) }) },
);

const anyForgery = fc.record({ of: fc.nat(), from: fc.nat(), how: anyMutation });
type Forgery = typeof anyForgery extends fc.Arbitrary<infer T> ? T : never;

function forge(genuine: readonly Bytes[], { of, from, how }: Forgery): Bytes {
  const bytes = genuine[of % genuine.length];
  switch (how.kind) {
    case "flip":
      return bytes.with(
        (how.at >>> 3) % bytes.length,
        bytes[(how.at >>> 3) % bytes.length] ^ 1 << (how.at & 7),
      );
    case "cut":
      return bytes.slice(0, how.at % bytes.length);
    case "grow":
      return Uint8Array.of(...bytes, how.at & 255);
    case "field":
      return withField(bytes, how.at, how.value);
    case "graft":
      return withField(bytes, how.at, fieldsOf(genuine[from % genuine.length])[how.at]);
    case "renumber":
      return withField(bytes, 2, Number(fieldsOf(bytes)[2]) + 1 + how.by);
  }
}

function fieldsOf(bytes: Bytes): unknown[] {
  const value = decodeCbor(bytes)?.value;
  if (!Array.isArray(value)) throw new Error("A genuine entry cannot be read");
  return value;
}

function withField(bytes: Bytes, at: number, value: unknown): Bytes {
  return encodeCbor(fieldsOf(bytes).with(at, value));
}

/** A crew of three who have all met, with every kind of entry. */
async function busyCrew(): Promise<TestDevice[]> {
  const crew = await crewNamed(["ann", "bob", "cal"]);
  for (const [n, device] of crew.entries()) {
    await recordEach(device, 10 * n, 10 * n + 3);
    await device.replica.rename(`device ${n}`);
    const { id } = seenBy(crew[(n + 1) % 3], 10 * ((n + 1) % 3));
    await device.replica.note([{ observation: id, field: "star", value: true }]);
    await recordEach(device, 10 * n + 3, 10 * n + 5);
  }
  await meet(...crew);
  return crew;
}

async function wholeOf(device: TestDevice): Promise<Bytes[]> {
  const heads = await device.store.heads();
  return (await Promise.all(heads.map((head) => feedOf(device.store, head.device)))).flat();
}

async function assertGenuine(device: TestDevice, genuine: ReadonlySet<string>): Promise<void> {
  for (const bytes of await wholeOf(device)) {
    assert.ok(genuine.has(toHex(bytes)), "a forged entry was taken");
  }
  for (const { device: of, quarantined } of await device.store.heads()) {
    assert.equal(quarantined, undefined, `${of} was put in quarantine by another's forgery`);
  }
  assert.deepEqual((await device.replica.verify()).faults, []);
}

const RUNS = 25;
const FORGERIES_A_RUN = 40;

Deno.test(`receive() takes nothing of ${RUNS * FORGERIES_A_RUN} forgeries, and blames nobody`, async () => {
  const crew = await busyCrew();
  const wire = await wholeOf(crew[0]);
  const genuine = new Set(wire.map(toHex));
  const forgeries = fc.array(anyForgery, {
    minLength: FORGERIES_A_RUN,
    maxLength: FORGERIES_A_RUN,
  });
  const order = fc.infiniteStream(fc.nat());
  await fc.assert(
    fc.asyncProperty(forgeries, order, fc.integer({ min: 1, max: 12 }), async (plan, at, part) => {
      const handed = [...wire];
      for (const forgery of plan) {
        const bytes = forge(wire, forgery);
        handed.splice(at.next().value % (handed.length + 1), 0, bytes);
      }
      const dee = await openDevice("dee");
      await dee.replica.follow(crew[0].id);
      for (let i = 0; i < handed.length; i += part) {
        await dee.replica.receive(handed.slice(i, i + part));
        await dee.replica.receive(handed.slice(i, i + part).reverse());
      }
      await assertGenuine(dee, genuine);
      await receiveAll(dee.replica, wire);
      await assertGenuine(dee, genuine);
      assert.equal((await wholeOf(dee)).length, wire.length, "a forgery keeps genuine ones out");
    }),
    { numRuns: RUNS },
  );
});

Deno.test("a genuine entry under another number, name or signature is refused as what it is", async () => {
  const [ann, bob, cal] = await crewNamed(["ann", "bob", "cal"]);
  await recordEach(bob, 0, 3);
  const feed = await feedOf(bob.store, bob.id);
  const [calls] = await feedOf(cal.store, cal.id).then(async (known) => {
    await recordEach(cal, 0, 1);
    return known.length > 0 ? known : await feedOf(cal.store, cal.id);
  });
  await ann.replica.receive(feed.slice(0, 2));
  const why = async (bytes: Bytes) =>
    (await ann.replica.receive([bytes])).refused.map((one) => one.why);
  assert.deepEqual(await why(withField(feed[1], 2, 3)), ["bad-signature"], "replayed as the next");
  assert.deepEqual(
    await why(withField(feed[2], 2, 2)),
    ["bad-signature"],
    "put in another's place",
  );
  assert.deepEqual(await why(withField(feed[2], 3, fieldsOf(feed[1])[3])), ["bad-signature"]);
  assert.deepEqual(await why(withField(calls, 1, fieldsOf(feed[0])[1])), ["bad-signature"]);
  const { held, added } = await ann.replica.receive([withField(feed[2], 2, 9)]);
  assert.deepEqual([held, added.size], [1, 0], "after a gap nobody looks at it");
  assert.deepEqual((await ann.replica.receive(feed)).refused, []);
  assert.equal(await ann.store.countObservations(bob.id), 3);
});

// ---------------------------------------------------------------- what is kept of it

Deno.test("forgeries in a member's name drive no evidence of a fork out of quarantine", async () => {
  let nowMs = NOW;
  const ann = await openDevice("ann", undefined, () => nowMs);
  const [bob, twin] = [await Forger.named("bob"), await Forger.named("bob")];
  await ann.replica.found();
  await ann.replica.admit(bob.id, "sensor");
  const first = await bob.entry();
  await ann.replica.receive([first.bytes]);
  const forged = async (n: number) =>
    (await parsed(first.bytes)).bytes.with(first.bytes.length - 1 - n % 60, n & 255 ^ n >> 8);
  for (let n = 1; n < 40; n++) await ann.replica.receive([await forged(n)]);
  const other = await twin.entry({ change: twin.observing(seenBy(bob, 1)) });
  await ann.replica.receive([other.bytes]);
  const isEvidence = async () =>
    (await ann.store.quarantine()).some(({ why, bytes }) =>
      why === "forked" && toHex(bytes) === toHex(other.bytes)
    );
  assert.ok(await isEvidence(), "a flood in Bob's name kept the proof of his fork out");
  for (let n = 0; n < 3 * MOST_QUARANTINED; n++) {
    nowMs += 9_000;
    await ann.replica.receive([Uint8Array.of(1, 2, n & 255, n >> 8)]);
  }
  assert.equal(await ann.store.countQuarantined(), MOST_QUARANTINED);
  assert.ok(await isEvidence(), "a flood of rubbish drove it out");
});

Deno.test("what a device claims that is not in the crew is not kept", async () => {
  const [ann] = await crewNamed(["ann", "bob"]);
  const eve = await Forger.named("eve");
  for (let n = 0; n < 20; n++) await ann.replica.receive([(await eve.entry()).bytes]);
  assert.equal(await ann.store.countQuarantined(), 0);
});

// ---------------------------------------------------------------- what the disk has lost

Deno.test("an entry that this disk has lost or damaged makes no fork of the genuine one", async () => {
  for (const damage of ["lost", "damaged"] as const) {
    const [ann, bob] = await crewNamed(["ann", "bob"]);
    await recordEach(bob, 0, 4);
    const feed = await feedOf(bob.store, bob.id);
    await receiveAll(ann.replica, feed);
    await spoil(ann, bob.id, 2, damage);
    for (const take of ["receive", "restore"] as const) {
      const { refused } = await ann.replica[take](feed);
      assert.deepEqual(refused, [], `${damage}, ${take}`);
      assert.equal(ann.replica.headOf(bob.id)?.quarantined, undefined);
    }
    assert.deepEqual((await ann.replica.verify()).faults, [], `${damage}: it is there again`);
    assert.deepEqual(await feedOf(ann.store, bob.id), feed);
    await recordEach(bob, 4, 5);
    await ann.replica.receive(await feedOf(bob.store, bob.id));
    assert.equal(await ann.store.countObservations(bob.id), 5);
  }
});

Deno.test("nothing but the genuine entry takes a damaged one's place", async () => {
  const [ann, bob] = await crewNamed(["ann", "bob"]);
  const [one, twin] = [await Forger.named("bob"), await Forger.named("bob")];
  const entries = [await one.entry(), await one.entry(), await one.entry()];
  await ann.replica.receive(entries.map(({ bytes }) => bytes));
  await spoil(ann, bob.id, 2, "damaged");
  twin.continues(entries[0]);
  const other = await twin.entry({ change: twin.observing(seenBy(bob, 7)) });
  const { refused } = await ann.replica.receive([other.bytes]);
  assert.deepEqual(refused.map(({ why }) => why), ["forked"]);
  assert.notEqual(ann.replica.headOf(bob.id)?.quarantined, undefined, "the next one names another");
});

/** Takes an entry off a device's disk, or writes nonsense in its place, as bad sectors do. */
async function spoil(
  device: TestDevice,
  of: string,
  seq: number,
  how: "lost" | "damaged",
): Promise<void> {
  const [stored] = await device.store.entriesAfter(of, seq - 1, 1);
  assert.equal(stored.seq, seq);
  const bytes = how === "lost" ? new Uint8Array(0) : stored.bytes.with(50, stored.bytes[50] ^ 1);
  await device.store.commit({ entries: [{ ...stored, bytes }] });
}

Deno.test("a member's word in another device's documents is refused", async () => {
  const [ann, bob, cal] = await crewNamed(["ann", "bob", "cal"]);
  const forger = await Forger.named("bob");
  const docs = [
    `obs/${cal.id}/0`,
    `notes/${cal.id}/0`,
    `device/${cal.id}`,
    `crew/${ann.id}`,
    `crew/${ann.id}/${cal.id}`,
    `crew/${ann.id}/${bob.id}`,
    `obs/${idOf(1)}/0`,
  ];
  for (const doc of docs) {
    const entry = await (await Forger.named("bob")).entry({ doc });
    const { refused } = await ann.replica.receive([entry.bytes]);
    assert.deepEqual(refused.map(({ why }) => why), ["not-allowed"], doc);
  }
  const foreign = await forger.entry({ change: forger.change("0", undefined, cal.id) });
  const { refused } = await ann.replica.receive([foreign.bytes]);
  assert.deepEqual(refused.map(({ why }) => why), ["wrong-actor"]);
  assert.equal(ann.replica.headOf(bob.id), undefined);
});
