import type { Bytes } from "../../../field/bytes.ts";
import { encodeCrewRecord } from "../../../field/feed/crew.ts";
import { crewDoc } from "../../../field/feed/doc_name.ts";
import { openDocument, putRecords } from "../../../field/feed/documents.ts";
import { NO_ENTRY, type SignedEntry, signEntry } from "../../../field/feed/entry.ts";
import { Replica } from "../../../field/feed/replica.ts";
import type { Signer } from "../../../field/keys.ts";
import type { Role } from "../../../field/messages.ts";
import type { DeviceId } from "../../../field/observation.ts";
import { TABLES } from "../../../field/store/disk.ts";
import { DiskStore } from "../../../field/store/disk_store.ts";
import { MemoryDisk } from "../../../field/store/memory_disk.ts";
import { readyAutomerge } from "../../fixtures/automerge.ts";

/** Admissions in one entry: it must stay below 60,000 bytes. */
const MOST_IN_ENTRY = 400;

/**
 * The disks of a founder, and of any member that has heard of the crew and said nothing yet: 127
 * admissions, one by one and taken in by 127 devices, would be most of a simulation.
 */
export async function crewDisks(
  founder: Signer,
  members: ReadonlyMap<DeviceId, Role>,
  nowMs: number,
): Promise<{ founder: MemoryDisk; member: () => Promise<MemoryDisk> }> {
  await readyAutomerge();
  const entries = await admissions(founder, members, nowMs);
  const disks = { founder: new MemoryDisk(), member: new MemoryDisk() };
  const anyone: Signer = { id: "00".repeat(32), sign: founder.sign };
  for (const [disk, signer] of [[disks.founder, founder], [disks.member, anyone]] as const) {
    const store = new DiskStore(disk);
    const ports = { store, signer, nowMs: () => nowMs, automerge: readyAutomerge };
    const replica = await Replica.open(ports);
    await replica.follow(founder.id);
    await replica.receive(entries);
  }
  return { founder: disks.founder, member: () => copyOf(disks.member) };
}

async function admissions(
  founder: Signer,
  members: ReadonlyMap<DeviceId, Role>,
  nowMs: number,
): Promise<Bytes[]> {
  const entries: SignedEntry[] = [];
  let document = openDocument(founder.id, []);
  const all = [...members];
  for (let i = 0; i < all.length; i += MOST_IN_ENTRY) {
    const seq = entries.length + 1;
    const at = nowMs * 1024 + seq;
    const records = all.slice(i, i + MOST_IN_ENTRY).map(([device, role]) => ({
      key: device,
      value: encodeCrewRecord({
        ...{ device, by: founder.id, seq, counter: 1, at },
        says: { kind: "member", role },
      }),
    }));
    const put = putRecords(document, records, nowMs);
    document = put.document;
    const prev = entries.at(-1)?.hash ?? NO_ENTRY;
    const doc = crewDoc(founder.id, founder.id);
    entries.push(
      await signEntry({ device: founder.id, seq, prev, at, doc, change: put.change }, founder),
    );
  }
  return entries.map(({ bytes }) => bytes);
}

async function copyOf(disk: MemoryDisk): Promise<MemoryDisk> {
  const copy = new MemoryDisk();
  for (const table of TABLES) {
    const rows = await disk.rows(table, {});
    await copy.write({ puts: rows.map(({ key, value }) => ({ table, key, value })) });
  }
  return copy;
}
