/** Records that a member hands in: forged, replayed, out of order, forked, too large, not his to write. */
import assert from "node:assert/strict";
import { encodeBatch } from "../../field/batch/observation_batch.ts";
import { type Bytes, fromHex, joinBytes, sha256, toHex } from "../../field/bytes.ts";
import { encodeCbor } from "../../field/cbor.ts";
import { openDocument, putRecords } from "../../field/feed/documents.ts";
import { type SignedEntry, signEntry } from "../../field/feed/entry.ts";
import { noteRecord } from "../../field/feed/note_record.ts";
import type { Role } from "../../field/messages.ts";
import type { IncidentKind } from "../../field/sync/incidents.ts";
import { idOf, observationAt } from "../fixtures/devices.ts";
import { feedOf, Forger, NOW, parsed, seenBy } from "../fixtures/replicas.ts";
import type { SyncDevice } from "../fixtures/sync_net.ts";
import { bombOf } from "./change_bomb.ts";
import type { HostileLine } from "./hostile_net.ts";
import { MINUTE, rolesOf, Scene, SECOND } from "./scene.ts";

const MOST = 2 ** 53 - 1;

/** Nothing more than before is on Ann's disk, of anybody. */
async function assertNothingTaken(scene: Scene, line: HostileLine, what: string): Promise<void> {
  const { victim } = line;
  for (const { device } of await victim.store.heads()) {
    for (const bytes of await feedOf(victim.store, device)) {
      assert.ok(scene.genuine.has(toHex(bytes)), `${what}: taken`);
    }
  }
}

interface Attack {
  readonly role?: Role;
  readonly kinds: readonly IncidentKind[];
  /** Nobody can be blamed for what none has signed, but for who handed it in: he is in the session. */
  readonly entries: (scene: Scene) => Promise<readonly SignedEntry[]>;
}

const withBytes = (entry: SignedEntry, bytes: Bytes): SignedEntry => ({ ...entry, bytes });

const ATTACKS: Readonly<Record<string, Attack>> = {
  "a record with another's name on it": {
    kinds: ["forged"],
    entries: async ({ bob }) => {
      const eve = await Forger.named("mal");
      const last = await lastOf(bob, bob.id);
      const fields = { ...last, seq: last.seq + 1, prev: last.hash, at: last.at + 1 };
      return [await signEntry({ ...fields, doc: `obs/${bob.id}/0` }, eve.signer)];
    },
  },
  "a record whose signature is of another": {
    kinds: ["forged"],
    entries: async ({ mal, bob }) => {
      const [one, other] = [await mal.entry(), await lastOf(bob, bob.id)];
      return [withBytes(one, joinBytes(one.bytes.slice(0, -64), other.bytes.slice(-64)))];
    },
  },
  "a record with one bit changed": {
    kinds: ["forged"],
    entries: async ({ mal }) => {
      const one = await mal.entry();
      return [withBytes(one, one.bytes.with(50, one.bytes[50] ^ 4))];
    },
  },
  "bytes that are no record": {
    kinds: ["forged", "malformed"],
    entries: async ({ mal }) => [withBytes(await mal.entry(), fromHex("deadbeef"))],
  },
  "a record larger than any": {
    kinds: ["forged", "malformed", "oversized"],
    entries: async ({ mal }) => [withBytes(await mal.entry(), new Uint8Array(60_500))],
  },
  "another's genuine record under the next number": {
    kinds: ["forged"],
    entries: async ({ bob }) => {
      const last = await lastOf(bob, bob.id);
      const twin = { ...last, seq: last.seq + 1 };
      return [withBytes(twin, renumbered(last, last.seq + 1))];
    },
  },
  "a change that an other device made": {
    kinds: ["forged"],
    entries: async ({ mal, bob }) => [
      await mal.entry({ change: mal.change("0", undefined, bob.id) }),
    ],
  },
  "a change that unpacks to 10^9 operations": {
    kinds: ["forged", "oversized"],
    entries: async ({ mal }) => [await mal.entry({ change: await bombOf(mal.id, 1e9) })],
  },
  "a hundred batches of 256 observations in one record": {
    kinds: ["forged", "oversized"],
    entries: async ({ mal }) => {
      const same = Array.from({ length: 256 }, () => seenBy(mal, 5));
      const value = encodeBatch(same);
      const records = Array.from({ length: 100 }, (_, n) => ({ key: `${n}`, value }));
      const { change } = putRecords(openDocument(mal.id, []), records, NOW);
      return [await mal.entry({ change })];
    },
  },
  "an observation by a viewer": {
    role: "viewer",
    kinds: ["wrong-role"],
    entries: async ({ mal }) => [await mal.entry({ change: mal.observing(seenBy(mal, 1)) })],
  },
  "a note by a viewer": {
    role: "viewer",
    kinds: ["wrong-role"],
    entries: async ({ mal, bob, observations }) => {
      const [{ id }] = [...observations.values()].filter(({ device }) => device === bob.id);
      const record = noteRecord({ observation: id, field: "wrong", value: true, counter: 1 });
      const { change } = putRecords(openDocument(mal.id, []), [record], NOW);
      return [await mal.entry({ doc: `notes/${mal.id}/0`, change })];
    },
  },
  "a crew record by a sensor: himself an admin": {
    kinds: ["wrong-role"],
    entries: async (
      { ann, mal },
    ) => [await crewEntry(mal, ann.id, mal.id, ["admin", MOST, 2 ** 32])],
  },
  "a crew record by a sensor: a friend taken in": {
    kinds: ["wrong-role"],
    entries: async ({ ann, mal }) => [await crewEntry(mal, ann.id, idOf(5), ["admin", 1, 1])],
  },
  "a crew record by a publisher: the founder removed": {
    role: "publisher",
    kinds: ["wrong-role"],
    entries: async ({ ann, mal }) => [await crewEntry(mal, ann.id, ann.id, ["removed", 1, 9, 0])],
  },
  "an observation in another's document": {
    kinds: ["wrong-role"],
    entries: async ({ mal, bob }) => [
      await mal.entry({ doc: `obs/${bob.id}/0`, change: mal.observing(seenBy(bob, 1)) }),
    ],
  },
  "a name for another device": {
    kinds: ["wrong-role"],
    entries: async ({ mal, bob }) => [await mal.entry({ doc: `device/${bob.id}` })],
  },
};

for (const [what, { role = "sensor", kinds, entries }] of Object.entries(ATTACKS)) {
  Deno.test(`${what}: taken by nobody, and told`, async () => {
    const scene = await Scene.open(role);
    const attack = await entries(scene);
    for (const victim of scene.honest) {
      const line = await scene.malAt(victim);
      await line.offer(...attack);
      if (line.dropped === null) {
        await line.say({ kind: "entries", entries: attack.map(({ bytes }) => bytes) });
      }
      await assertNothingTaken(scene, line, what);
      await scene.net.pass(20 * SECOND);
    }
    await scene.assertUnharmed();
    for (const victim of scene.honest) scene.assertNamed(victim, kinds);
  });
}

Deno.test("an admin who turns bad cannot remove, lower or speak for the founder, nor lift himself", async () => {
  const scene = await Scene.open("admin");
  const { ann, mal } = scene;
  const entries = [
    await crewEntry(mal, ann.id, ann.id, ["removed", MOST, 2 ** 32, 0]),
    await crewEntry(mal, ann.id, ann.id, ["viewer", MOST, 2 ** 32]),
    await crewEntry(mal, ann.id, mal.id, ["admin", MOST, 2 ** 32]),
    await crewEntry(mal, mal.id, ann.id, ["removed", 1, 1, 0]),
  ];
  scene.allow(...entries); // his to say, and to no effect
  for (const victim of scene.honest) await (await scene.malAt(victim)).offer(...entries);
  assert.equal(ann.replica.crew?.members.get(ann.id)?.role, "admin");
  await scene.assertUnharmed();
  await ann.replica.remove(mal.id);
  await ann.node.announce([ann.id]);
  ann.node.dropStrangers();
  scene.members = rolesOf(ann);
  assert.ok(!scene.members[mal.id], "the founder is rid of him");
  await scene.assertUnharmed();
});

Deno.test("an admin who turns bad removes members, and the founder takes them in again with all that they wrote", async () => {
  const scene = await Scene.open("admin");
  const { ann, bob, mal } = scene;
  const removal = await crewEntry(mal, ann.id, bob.id, ["removed", NOW, 50, 0]);
  scene.allow(removal);
  await (await scene.malAt(ann)).offer(removal);
  assert.ok(ann.replica.crew?.removed.has(bob.id), "it is his to say");
  assert.ok((await feedOf(ann.store, bob.id)).length > 0, "nothing is deleted");
  await ann.replica.remove(mal.id);
  await ann.replica.admit(bob.id, "sensor");
  await ann.node.announce([ann.id]);
  await scene.net.pass(20 * SECOND);
  scene.members = rolesOf(ann);
  assert.ok(scene.members[bob.id] && !scene.members[mal.id]);
  await scene.assertUnharmed();
});

Deno.test("records out of order, within a frame and over many, are what they are in order", async () => {
  const scene = await Scene.open("sensor");
  const entries = await malRecords(scene, 6);
  scene.allow(...entries);
  const line = await scene.malAt(scene.ann);
  await line.offer(...entries.toReversed());
  for (const entry of entries.toReversed()) await line.offer(entry);
  for (const entry of entries) {
    if (line.dropped === null) await line.offer(entry);
  }
  if (line.dropped !== null) await (await scene.malAt(scene.ann)).offer(...entries);
  await scene.assertUnharmed();
  assert.equal(scene.ann.replica.headOf(scene.mal.id)?.seq, entries.at(-1)?.seq);
  scene.assertNoHonestAccused();
});

Deno.test("a gap that is never filled holds nobody up, and is not asked for without end", async () => {
  const scene = await Scene.open("sensor");
  const entries = await malRecords(scene, 40, false);
  const line = await scene.malAt(scene.ann);
  for (let times = 0; times < 20 && line.dropped === null; times++) {
    await line.offer(...entries.slice(1));
    await scene.net.pass(30 * SECOND);
  }
  assert.equal(scene.ann.replica.headOf(scene.mal.id)?.seq, entries[0].seq - 1);
  const asked = line.all("want").length;
  assert.ok(asked <= 60, `asked ${asked} times in 10 minutes`);
  await scene.assertUnharmed();
});

Deno.test("old records said again are known, change nothing, and are no endless work", async () => {
  const scene = await Scene.open("sensor");
  const old = await Promise.all((await feedOf(scene.ann.store, scene.bob.id)).map(parsed));
  const line = await scene.malAt(scene.ann);
  for (let times = 0; times < 500 && line.dropped === null; times++) await line.offer(...old);
  assert.equal(await scene.ann.store.countQuarantined(), 0);
  assert.notEqual(line.dropped, null, "it goes on for ever");
  await scene.assertUnharmed();
  scene.assertNamed(scene.ann, ["replayed", "too-fast"]);
});

Deno.test("a fork shown to one here and the other there is known to all in the end, with its proof", async () => {
  const scene = await Scene.open("sensor");
  const { ann, bob, mal, net } = scene;
  scene.isMalForked = true;
  net.cutAll();
  const twin = await scene.twinOfMal();
  const one = await mal.entry({ change: mal.observing(seenBy(mal, 11)) });
  const other = await twin.entry({ change: twin.observing(seenBy(mal, 22)) });
  await (await scene.malAt(ann)).offer(one);
  await (await scene.malAt(bob)).offer(other);
  assert.equal(ann.replica.headOf(mal.id)?.seq, bob.replica.headOf(mal.id)?.seq);
  await scene.assertHonestMeet();
  await net.pass(MINUTE);
  for (const device of [ann, bob]) await assertKnowsFork(device, mal.id);
  for (const device of [ann, bob]) scene.assertNamed(device, ["forked"]);
  const cal = await scene.another("cal");
  await scene.assertHonestMeet(cal);
  await net.pass(MINUTE);
  await assertKnowsFork(cal, mal.id);
  scene.assertNamed(cal, ["forked"]);
  const sent = net.sent.length;
  await net.pass(MINUTE);
  assert.ok(net.sent.length - sent < 120, "they go on asking each other for it");
  await scene.assertUnharmed(cal);
});

Deno.test("both sides of a fork at one device: nothing more is taken, and who tells of it is not blamed", async () => {
  const scene = await Scene.open("sensor");
  const { ann, bob, mal } = scene;
  scene.isMalForked = true;
  const twin = await scene.twinOfMal();
  const one = await mal.entry({ change: mal.observing(seenBy(mal, 11)) });
  const other = await twin.entry({ change: twin.observing(seenBy(mal, 22)) });
  const line = await scene.malAt(ann);
  await line.offer(one, other);
  await assertKnowsFork(ann, mal.id);
  await scene.assertUnharmed();
  scene.assertNamed(ann, ["forked"]);
  await scene.net.pass(MINUTE);
  await assertKnowsFork(bob, mal.id);
  scene.assertNamed(bob, ["forked"]);
});

Deno.test("a removed member is let go, and what he writes then is taken by nobody, from whomever it comes", async () => {
  const scene = await Scene.open("sensor");
  const { ann, bob, mal, net } = scene;
  const line = await scene.malAt(ann);
  await net.pass(SECOND);
  await ann.replica.remove(mal.id);
  await ann.node.announce([ann.id]);
  ann.node.dropStrangers();
  scene.members = rolesOf(ann);
  assert.ok(!line.isIn && line.dropped !== null);
  await net.deliver();
  const later = await malRecords(scene, 3, false);
  for (const victim of [ann, bob]) {
    const again = await net.line(victim);
    await again.enter(mal.signer);
    assert.ok(!again.isIn && again.dropped !== null);
    await again.offer(...later);
    scene.assertNamed(victim, ["revoked"]);
  }
  for (const victim of [ann, bob]) {
    const { added } = await victim.replica.receive(later.map(({ bytes }) => bytes));
    assert.equal(added.size, 0);
  }
  await scene.assertUnharmed();
});

Deno.test("times that cannot be, in a member's records, move no clock and spoil nobody else's", async () => {
  const scene = await Scene.open("sensor");
  const { ann, mal } = scene;
  const absurd = [0, 1, 8.64e15, 1e14, 99_999_999_999_999];
  const seen = absurd.map((first) => observationAt(mal.id, NOW + 3, { first, last: first }));
  const entries = [];
  for (const [n, one] of seen.entries()) {
    const change = mal.observing({ ...one, id: observationAt(mal.id, NOW + 70 + n).id });
    entries.push(await mal.entry({ at: MOST, change }));
  }
  scene.allow(...entries);
  const before = ann.replica.clock.next();
  await (await scene.malAt(ann)).offer(...entries);
  for (const one of await ann.store.observations({ limit: 500 })) {
    if (one.device === mal.id) scene.observations.set(one.id, one);
  }
  assert.ok(ann.replica.clock.next() - before < MINUTE * 1024);
  await scene.assertUnharmed();
});

Deno.test("records of another crew's members, and what they say of that crew, are nobody's here", async () => {
  const scene = await Scene.open("sensor");
  const [eve, friend] = [await Forger.named("eve"), await Forger.named("friend")];
  const foreign = [
    await crewEntry(eve, eve.id, scene.mal.id, ["admin", 1, 1]),
    await eve.entry({ change: eve.observing(seenBy(eve, 1)) }),
    await friend.entry({ change: friend.observing(seenBy(friend, 1)) }),
  ];
  const line = await scene.malAt(scene.ann);
  for (let times = 0; times < 50 && line.dropped === null; times++) await line.offer(...foreign);
  assert.equal(line.all("want").length, 0, "it is not even asked for");
  await assertNothingTaken(scene, line, "another crew's");
  await scene.assertUnharmed();
});

async function assertKnowsFork({ name, replica, store }: SyncDevice, of: string): Promise<void> {
  assert.notEqual(replica.headOf(of)?.quarantined, undefined, `${name} does not know`);
  const kept = (await store.quarantine()).filter(({ why }) => why === "forked");
  assert.ok(kept.length > 0, `${name} has no proof`);
}

/** Observations that Mal has the right to write; told to the scene unless nobody is to have them. */
async function malRecords(scene: Scene, count: number, isTold = true): Promise<SignedEntry[]> {
  const entries: SignedEntry[] = [];
  for (let n = 0; n < count; n++) {
    const one = seenBy(scene.mal, 200 + n);
    entries.push(await scene.mal.entry({ change: scene.mal.observing(one) }));
    if (isTold) scene.observations.set(one.id, one);
  }
  return entries;
}

async function lastOf({ store }: SyncDevice, device: string): Promise<SignedEntry> {
  const last = (await feedOf(store, device)).at(-1);
  if (!last) throw new Error("There is nothing in this feed");
  return await parsed(last);
}

function crewEntry(by: Forger, founder: string, of: string, says: unknown[]): Promise<SignedEntry> {
  const change = by.change(of, encodeCbor(says));
  return by.entry({ doc: `crew/${founder}/${by.id}`, change });
}

/** The entry's bytes with another number in the place of its own. */
function renumbered({ bytes, seq }: SignedEntry, as: number): Bytes {
  const at = 1 + 1 + 2 + 32; // the array's head, the format, the key
  assert.equal(bytes[at], seq);
  return bytes.with(at, as);
}

// a change is known by its hash: the bomb below must be one that its checksum holds for
Deno.test("bombOf() makes a change whose checksum holds", async () => {
  const bomb = await bombOf(idOf(1), 5);
  assert.deepEqual(bomb.slice(4, 8), (await sha256(bomb.slice(8))).slice(0, 4));
});
