import assert from "node:assert/strict";
import {
  annsStore,
  BUNDLE_NOW,
  bundleOf,
  feedOf,
  openKept,
  pictureOf,
  sightings,
} from "../../tests/fixtures/bundles.ts";
import { signerNamed } from "../../tests/fixtures/devices.ts";
import { sealBundle } from "../../tests/fuzz/mutate_bundle.ts";
import { readyAutomerge } from "../../tests/fixtures/automerge.ts";
import { type Bytes, joinBytes } from "../bytes.ts";
import { crewDoc, observationsDoc } from "../feed/doc_name.ts";
import { openDocument, putRecords } from "../feed/documents.ts";
import { type Entry, NO_ENTRY, type SignedEntry, signEntry } from "../feed/entry.ts";
import type { DeviceId } from "../observation.ts";
import { BlockDigest } from "./block_digest.ts";
import { BUNDLE_HEAD, encodeRecord } from "./bundle_format.ts";
import { type BundleVerdict, verifyBundle } from "./verify_bundle.ts";

/** Ben's feed by hand: each entry right in all but what the test says. */
class Pen {
  readonly device: DeviceId;
  readonly #signer;
  #last: { seq: number; hash: Bytes } = { seq: 0, hash: NO_ENTRY };

  private constructor(signer: Awaited<ReturnType<typeof signerNamed>>) {
    this.#signer = signer;
    this.device = signer.id;
  }

  static async named(name: string): Promise<Pen> {
    await readyAutomerge();
    return new Pen(await signerNamed(name));
  }

  change(actor = this.device): Bytes {
    const record = { key: "0", value: Uint8Array.of(0xf6) };
    return putRecords(openDocument(actor, []), [record], BUNDLE_NOW).change;
  }

  async entry(put: Partial<Entry> = {}): Promise<SignedEntry> {
    const { seq, hash } = this.#last;
    const entry = await signEntry({
      device: this.device,
      seq: seq + 1,
      prev: hash,
      at: (BUNDLE_NOW + seq) * 1024,
      doc: observationsDoc(this.device, 0),
      change: this.change(),
      ...put,
    }, this.#signer);
    this.#last = { seq: entry.seq, hash: entry.hash };
    return entry;
  }

  /** Goes on as if the last entry had been this one. */
  continues({ seq, hash }: SignedEntry): void {
    this.#last = { seq, hash };
  }
}

async function verdictOn(
  entries: readonly SignedEntry[],
  { founder = null, also = [] }: { founder?: DeviceId | null; also?: readonly Bytes[] } = {},
): Promise<BundleVerdict> {
  return await verifyBundle([
    await sealBundle([
      encodeRecord({ kind: "header", founder, devices: 1 }),
      ...entries.map(({ bytes }) => encodeRecord({ kind: "entry", bytes })),
      ...also,
    ]),
  ]);
}

Deno.test("verifyBundle() finds all well with a bundle as it is written, and counts what is in it", async () => {
  const { store, replica } = await annsStore();
  const bundle = await bundleOf(store);
  const { devices, ...verdict } = await verifyBundle([bundle]);
  assert.deepEqual(verdict, {
    ok: true,
    bytes: bundle.length,
    crew: replica.id,
    ...{ entries: 14, observations: 14, notes: 1, media: 2, mediaBytes: 270_000, missingMedia: 2 },
    ...{ from: BUNDLE_NOW - 90_000, to: BUNDLE_NOW - 32_500 },
    ...{ faults: [], moreFaults: 0, remarks: ["Device 338e2eed is not in the crew."] },
  });
  assert.deepEqual(
    devices.map(({ name, role, entries, observations, notes }) => [
      ...[name, role, entries, observations, notes],
    ]),
    [
      ["Ann's phone", "admin", 8, 5, 1],
      ["Ben's tablet", "sensor", 5, 8, 0],
      [null, null, 1, 1, 0],
    ],
  );
});

Deno.test("verifyBundle() says the same however the bundle is cut into parts", async () => {
  const bundle = await bundleOf((await annsStore({ pictureBytes: [100, 66_000] })).store);
  const whole = await verifyBundle([bundle]);
  const parts = Array.from(
    { length: Math.ceil(bundle.length / 1009) },
    (_, i) => bundle.subarray(1009 * i, 1009 * (i + 1)),
  );
  assert.deepEqual(await verifyBundle(parts), whole);
});

Deno.test("verifyBundle() finds forged, missing, reordered and repeated entries", async () => {
  const pen = await Pen.named("ben");
  const entries = [await pen.entry(), await pen.entry(), await pen.entry(), await pen.entry()];
  const [first, second, third, fourth] = entries;
  const bad = {
    ...second,
    bytes: second.bytes.with(-1, second.bytes[second.bytes.length - 1] ^ 1),
  };
  const cases: [SignedEntry[], string[]][] = [
    [entries, []],
    [[first, bad, third], [
      "entry 2 has a signature that does not hold.",
      "entry 2 is missing or damaged.",
    ]],
    [[first, fourth], ["entries 2 to 3 are missing or damaged."]],
    [[first, third, second], ["entry 2 is missing or damaged.", "entry 2 comes behind entry 3."]],
    [[first, second, second], ["entry 2 is there twice."]],
  ];
  for (const [list, faults] of cases) {
    const verdict = await verdictOn(list);
    assert.deepEqual(verdict.faults, faults.map((what) => `Device 03649887: ${what}`));
    assert.equal(verdict.ok, faults.length === 0);
  }
});

Deno.test("verifyBundle() finds forks, broken chains, and changes that are not the device's own", async () => {
  const pen = await Pen.named("ben");
  const first = await pen.entry();
  const second = await pen.entry();
  pen.continues(first);
  const other = await pen.entry({ at: 7 });
  pen.continues(first);
  const unchained = await pen.entry({ prev: new Uint8Array(32).fill(5) });
  pen.continues(first);
  const { device: ann } = await Pen.named("ann");
  const others = await pen.entry({ change: pen.change(ann) });
  pen.continues(first);
  const unreadable = await pen.entry({ change: Uint8Array.of(1, 2, 3) });
  const cases: [SignedEntry[], string][] = [
    [
      [first, second, other],
      "it signed two different entries with number 2: nobody takes more from it.",
    ],
    [[first, unchained], "entry 2 does not continue the chain."],
    [[first, others], "entry 2 speaks for another device."],
    [[first, unreadable], "entry 2 holds a change that cannot be read."],
  ];
  for (const [list, what] of cases) {
    assert.deepEqual((await verdictOn(list)).faults, [`Device 03649887: ${what}`]);
  }
});

Deno.test("verifyBundle() finds entries that their device may not write", async () => {
  const [ann, ben] = [await openKept("ann"), await Pen.named("ben")];
  await ann.replica.found();
  await ann.replica.admit(ben.device, "viewer");
  const anns = await feedOf(ann);
  const docs = [
    observationsDoc(ben.device, 0),
    observationsDoc(ann.replica.id, 0),
    crewDoc(ann.replica.id, ann.replica.id),
  ];
  for (const doc of docs) {
    const entry = await (await Pen.named("ben")).entry({ doc });
    const { faults } = await verdictOn([entry], {
      founder: ann.replica.id,
      also: anns.map((bytes) => encodeRecord({ kind: "entry", bytes })),
    });
    assert.deepEqual(faults, [
      `Device 03649887: entry 1 writes to ${doc}, which its device may not.`,
    ]);
  }
});

Deno.test("verifyBundle() remarks what a device wrote after its removal", async () => {
  const [ann, ben] = [await openKept("ann"), await openKept("ben")];
  await ann.replica.found();
  await ann.replica.admit(ben.replica.id, "sensor");
  await ben.replica.record(sightings(ben.replica.id, BUNDLE_NOW, 1), []);
  await ann.replica.receive(await feedOf(ben));
  await ann.replica.remove(ben.replica.id);
  await ben.replica.record(sightings(ben.replica.id, BUNDLE_NOW + 1, 1), []);
  const { ok, remarks, devices } = await verifyBundle([
    await sealBundle([
      encodeRecord({ kind: "header", founder: ann.replica.id, devices: 2 }),
      ...[...await feedOf(ann), ...await feedOf(ben)].map((bytes) =>
        encodeRecord({ kind: "entry", bytes })
      ),
    ]),
  ]);
  assert.equal(ok, true);
  assert.deepEqual(remarks, [
    "Device 03649887 wrote 1 entry after it was removed from the crew: nobody takes them.",
  ]);
  assert.deepEqual(devices.map(({ role }) => role), ["admin", "removed"]);
});

Deno.test("verifyBundle() holds a feed to how far the bundle says that it goes", async () => {
  const pen = await Pen.named("ben");
  const entries = [await pen.entry(), await pen.entry()];
  const [first, second] = entries;
  const feed = (seq: number, hash: Bytes) => [
    encodeRecord({ kind: "feed", device: pen.device, seq, hash }),
  ];
  const cases: [Bytes[], string[]][] = [
    [feed(2, second.hash), []],
    [feed(4, second.hash), ["entries 3 to 4 are missing or damaged."]],
    [feed(1, first.hash), ["its feed should end with entry 1, and goes on."]],
    [feed(2, first.hash), ["entry 2 is not the one with which its feed should end."]],
  ];
  for (const [also, faults] of cases) {
    const verdict = await verdictOn(entries, { also });
    assert.deepEqual(verdict.faults, faults.map((what) => `Device 03649887: ${what}`));
  }
});

Deno.test("verifyBundle() judges the proof of a fork", async () => {
  const pen = await Pen.named("ben");
  const first = await pen.entry();
  const second = await pen.entry();
  pen.continues(first);
  const other = await pen.entry({ at: 7 });
  const proof = (...entries: SignedEntry[]) => [
    encodeRecord({ kind: "contrary", entries: entries.map(({ bytes }) => bytes) }),
  ];
  const fork = [
    "Device 03649887: it signed two different entries with number 2: nobody takes more from it.",
  ];
  const nothing = ["Device 03649887: the proof that it forked proves nothing."];
  const forged = { ...other, bytes: other.bytes.with(-1, other.bytes[other.bytes.length - 1] ^ 1) };
  assert.deepEqual((await verdictOn([first, second], { also: proof(other) })).faults, fork);
  assert.deepEqual((await verdictOn([first], { also: proof(second, other) })).faults, fork);
  assert.deepEqual((await verdictOn([first, second], { also: proof(second) })).faults, nothing);
  assert.deepEqual((await verdictOn([first, second], { also: proof(forged) })).faults, [
    "The proof of a fork does not verify.",
  ]);
});

Deno.test("verifyBundle() finds media that are not what their hashes say", async () => {
  const { hash, type, bytes } = await pictureOf(1, 500);
  const part = { kind: "media", hash, type, total: 500, offset: 0, bytes } as const;
  const good = await verdictOn([], { also: [encodeRecord(part)] });
  assert.deepEqual([good.ok, good.media, good.mediaBytes], [true, 1, 500]);
  const forged = bytes.with(7, bytes[7] ^ 1);
  const bad = await verdictOn([], { also: [encodeRecord({ ...part, bytes: forged })] });
  assert.deepEqual([bad.faults, bad.media], [
    [`Picture ${hash.slice(0, 8)} is not what its hash says.`],
    0,
  ]);
});

Deno.test("verifyBundle() holds a bundle to the counts at its end", async () => {
  const frames = [encodeRecord({ kind: "header", founder: null, devices: 0 })];
  const bundle = await sealBundle(frames);
  assert.equal((await verifyBundle([bundle])).ok, true);
  const digest = new BlockDigest();
  await digest.update(joinBytes(BUNDLE_HEAD, ...frames));
  const counts = { entries: 0, media: 0, missing: 0 };
  const end = { kind: "end", digest: await digest.finish(), ...counts } as const;
  for (const count of Object.keys(counts)) {
    const wrong = encodeRecord({ ...end, [count]: 1 });
    const { faults } = await verifyBundle([BUNDLE_HEAD, ...frames, wrong]);
    assert.match(faults.join(), /not whole/, count);
  }
});

Deno.test("verifyBundle() says that a bundle was cut off, has lost its beginning, or is none", async () => {
  const bundle = await bundleOf((await annsStore({ pictureBytes: [10] })).store);
  const last = async (file: Uint8Array) => (await verifyBundle([file])).faults.at(-1) ?? "";
  assert.match(await last(bundle.subarray(0, -10)), /not whole/);
  assert.match(await last(bundle.subarray(0, 2000)), /not whole/);
  assert.match((await verifyBundle([bundle.subarray(40)])).faults.join(), /whose crew/);
  assert.match(await last(new Uint8Array(100)), /not a bundle/);
  assert.match(await last(new Uint8Array(0)), /not a bundle/);
});
