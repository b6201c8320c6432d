import { type Bytes, joinBytes } from "../bytes.ts";
import { ByteReader, ByteWriter } from "../byte_stream.ts";
import { isStamp } from "../clock.ts";
import type { Disk, Key } from "./disk.ts";
import { eachRow } from "./disk_rows.ts";
import { HASH_BYTES, parseEntry, verifyEntry } from "../feed/entry.ts";
import { FieldError } from "../errors.ts";
import type { DeviceId } from "../observation.ts";
import { sealValue, unsealValue } from "./sealed_value.ts";
import { type Commit, type Head, HeadMoved, type StoredEntry } from "./store.ts";
import type { WriteDraft } from "./write_draft.ts";

const NOTHING: Bytes = new Uint8Array(0);

/** Entries by device and seq, the same by document, and where each feed ends: tables `entries`, `docs`, `heads`. */
export class FeedTables {
  readonly #disk: Disk;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  async heads(): Promise<Head[]> {
    const rows = await this.#disk.rows("heads", {});
    return await Promise.all(rows.map(({ key, value }) => this.#head(String(key[0]), value)));
  }

  /** See `Store.entriesAfter`. */
  async entriesAfter(device: DeviceId, after: number, mostBytes: number): Promise<StoredEntry[]> {
    const rows = await this.#disk.rows("entries", {
      prefix: [device],
      from: [device, after + 1],
      mostBytes,
    });
    return rows.map(({ key, value }) => storedEntry(key, value));
  }

  async entriesOf(doc: string): Promise<StoredEntry[]> {
    const entries: StoredEntry[] = [];
    for (const { device, from, to } of runsOf(await this.#disk.keys("docs", { prefix: [doc] }))) {
      const range = { prefix: [device], from: [device, from], to: [device, to + 1] };
      for await (const { key, value } of eachRow(this.#disk, "entries", range)) {
        entries.push(storedEntry(key, value));
      }
    }
    return entries;
  }

  async docs(prefix: string): Promise<string[]> {
    const names: string[] = [];
    for (let from: Key = [prefix];;) {
      const [key] = await this.#disk.keys("docs", { from, limit: 1 });
      const name = key && String(key[0]);
      if (name === undefined || !name.startsWith(prefix)) return names;
      names.push(name);
      from = [`${name}\0`]; // on to the next document, past all entries of this one
    }
  }

  /** Adds to a write what a commit says of feeds. Throws {@link HeadMoved}. */
  async draft(draft: WriteDraft, { entries = [], heads = [] }: Commit): Promise<void> {
    for (const { head, after } of heads) {
      const sealed = await this.#disk.get("heads", [head.device]);
      const found = sealed ? (await this.#head(head.device, sealed)).seq : 0;
      if (found !== after) throw new HeadMoved(head.device, after, found);
      draft.expect("heads", [head.device], sealed);
      draft.put("heads", [head.device], encodeHead(head));
    }
    for (const entry of entries) {
      draft.put("entries", [entry.device, entry.seq], encodeEntry(entry));
      draft.put("docs", [entry.doc, entry.device, entry.seq], NOTHING);
    }
  }

  async #head(device: DeviceId, sealed: Bytes): Promise<Head> {
    return parseHead(device, sealed) ?? await this.#lastEntry(device);
  }

  /** A head that is damaged can be told from the entries. Throws `storage-failed` when those are damaged too. */
  async #lastEntry(device: DeviceId): Promise<Head> {
    const [last] = await this.#disk.rows("entries", { prefix: [device], reverse: true, limit: 1 });
    const entry = last && await parseEntry(storedEntry(last.key, last.value).bytes);
    const isSound = entry && entry.device === device && entry.seq === last.key[1] &&
      await verifyEntry(entry);
    if (isSound) return { device, seq: entry.seq, hash: entry.hash };
    throw new FieldError(
      "storage-failed",
      `The end of the records of device ${device.slice(0, 8)} is damaged on this disk, so they ` +
        "cannot be continued safely. Export a bundle, then set this device up anew and restore it.",
    );
  }
}

/** Entries of one device that follow on each other. */
interface Run {
  readonly device: DeviceId;
  readonly from: number;
  readonly to: number;
}

/** A document's keys as runs, so that 256 entries are not 256 reads. */
function runsOf(keys: readonly Key[]): Run[] {
  const runs: Run[] = [];
  for (const [, device, seq] of keys) {
    const last = runs.at(-1);
    const goesOn = last && last.device === device && last.to + 1 === seq;
    if (goesOn) runs[runs.length - 1] = { ...last, to: Number(seq) };
    else runs.push({ device: String(device), from: Number(seq), to: Number(seq) });
  }
  return runs;
}

/** The document's name with its length before it, then the entry as it was signed. */
function encodeEntry({ doc, bytes }: StoredEntry): Bytes {
  const to = new ByteWriter();
  to.text(doc);
  return joinBytes(to.take(), bytes);
}

/** A row that is damaged gives what is there: an audit shall see it. */
function storedEntry([device, seq]: Key, value: Bytes): StoredEntry {
  const from = new ByteReader(value);
  const entry = { device: String(device), seq: Number(seq) };
  try {
    return { ...entry, doc: from.text(), bytes: from.rest().slice() };
  } catch {
    return { ...entry, doc: "", bytes: value }; // not even the name can be read
  }
}

function encodeHead({ seq, hash, quarantined }: Head): Bytes {
  return sealValue([seq, hash, quarantined ?? null]);
}

/** Null when it is damaged. */
function parseHead(device: DeviceId, sealed: Bytes): Head | null {
  const value = unsealValue(sealed)?.value;
  if (!Array.isArray(value)) return null;
  const [seq, hash, quarantined] = value as unknown[];
  const isHead = isStamp(seq) && hash instanceof Uint8Array && hash.length === HASH_BYTES;
  if (!isHead || !(quarantined === null || typeof quarantined === "string")) return null;
  return {
    device,
    seq,
    hash: new Uint8Array(hash),
    ...(quarantined === null ? {} : { quarantined }),
  };
}
