import type { Bytes } from "../bytes.ts";
import type { Disk, Key } from "./disk.ts";
import { behindText, eachRow } from "./disk_rows.ts";
import type { Media, MediaTotals } from "../media.ts";
import type { DeviceId, Hex } from "../observation.ts";
import { sealValue, unsealValue } from "./sealed_value.ts";
import type { Commit, StoredBlob } from "./store.ts";
import type { WriteDraft } from "./write_draft.ts";

/** A row of the table `media`. "unknown": only other devices spoke of it, so that it is no media here yet. */
interface MediaRow extends Omit<Media, "hash" | "copies" | "state"> {
  readonly state: Media["state"] | "unknown";
}

/** What is known of a blob while a write comes together. */
interface Known {
  readonly row: MediaRow | null;
  readonly copies: ReadonlySet<DeviceId>;
}

/** How the totals are kept: `writes` makes each state of the tables another one. */
interface Totals extends MediaTotals {
  readonly writes: number;
}

const NOTHING: Bytes = new Uint8Array(0);
/** Beside the media rows, behind all of their keys: `t` comes after every hex digit. */
const TOTALS: Key = ["totals"];
const MEDIA_END: Key = ["g"];
const NO_TOTALS: Totals = {
  here: 0,
  hereBytes: 0,
  onlyHere: 0,
  onlyHereBytes: 0,
  wanted: 0,
  thinned: 0,
  writes: 0,
};
const NO_MEDIA = { type: "", size: 0, at: 0 } as const;
/** For a picture whose row was damaged: browsers see by its bytes what it is. */
const UNKNOWN_TYPE = "application/octet-stream";

/** Blobs and what is known of them: tables `blobs`, `media`, `wanted`, `copies`. */
export class MediaTables {
  readonly #disk: Disk;
  /** A row was damaged: the totals still count what it was. */
  #isMiscounted = false;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  async blob(hash: Hex): Promise<StoredBlob | null> {
    const [bytes, row] = await Promise.all([this.#disk.get("blobs", [hash]), this.#row(hash)]);
    return bytes && { hash, type: row?.type || UNKNOWN_TYPE, bytes };
  }

  async media(hash: Hex): Promise<Media | null> {
    const { row, copies } = await this.#known(hash, true);
    return mediaOf(hash, row, [...copies]);
  }

  /** See `Store.mediaAfter`. */
  async mediaAfter(hash: Hex | null, limit: number): Promise<Media[]> {
    const rows = new Map<Hex, MediaRow>();
    const from = hash === null ? [] : behindText(hash);
    const range = { from, to: MEDIA_END, limit };
    for await (const { key, value } of eachRow(this.#disk, "media", range)) {
      const row = parseRow(value);
      if (row && row.state !== "unknown") rows.set(String(key[0]), row);
      if (rows.size >= limit) break;
    }
    if (rows.size === 0) return [];
    const hashes = [...rows.keys()];
    const copies = await this.#copiesFrom(hashes[0], hashes[hashes.length - 1]);
    return [...rows].flatMap(([hash, row]) => mediaOf(hash, row, copies.get(hash) ?? []) ?? []);
  }

  async totals(): Promise<MediaTotals> {
    const sealed = await this.#disk.get("media", TOTALS);
    const { writes: _, ...totals } = await this.#parsedTotals(sealed);
    return totals;
  }

  /** See `Store.wanted`. */
  async wanted(limit: number, after: Hex | null): Promise<Hex[]> {
    const from = after === null ? [] : behindText(after);
    return (await this.#disk.keys("wanted", { from, limit })).map(([hash]) => String(hash));
  }

  /** Adds to a write what a commit says of blobs. */
  async draft(draft: WriteDraft, commit: Commit): Promise<void> {
    const { blobs = [], wanted = [], copies = [], thin = [], at = 0 } = commit;
    const hashes = new Set([
      ...blobs.map(({ hash }) => hash),
      ...wanted,
      ...copies.map(({ hash }) => hash),
      ...thin,
    ]);
    if (hashes.size === 0) return;
    // before the rows: who changes them meanwhile changes this too, and then the write fails
    const sealed = await this.#disk.get("media", TOTALS);
    const counted = new Set([...blobs, ...copies].map(({ hash }) => hash).concat(thin));
    const before = await this.#allKnown(hashes, counted);
    const totals = await this.#parsedTotals(sealed);
    const after = new Map(before);
    for (const blob of blobs) arrive(after, blob, at);
    for (const hash of wanted) want(after, hash);
    for (const { hash, device } of copies) copy(draft, after, hash, device);
    for (const hash of thin) remove(after, hash, at);
    for (const [hash, { row }] of after) draftRow(draft, hash, before.get(hash)?.row ?? null, row);
    for (const { hash, bytes } of blobs) {
      if (after.get(hash)?.row?.state === "here") draft.put("blobs", [hash], bytes);
    }
    const changed = [...hashes].map((hash) => [before.get(hash), after.get(hash)] as const);
    draft.expect("media", TOTALS, sealed);
    draft.put("media", TOTALS, sealValue(changedTotals(totals, changed)));
    draft.whenWritten(() => this.#isMiscounted = false);
  }

  /** `counted`: of the others it makes no difference who else has them. */
  async #allKnown(
    hashes: ReadonlySet<Hex>,
    counted: ReadonlySet<Hex>,
  ): Promise<Map<Hex, Known>> {
    const known = [...hashes].map(async (hash) =>
      [hash, await this.#known(hash, counted.has(hash))] as const
    );
    return new Map(await Promise.all(known));
  }

  async #known(hash: Hex, withCopies: boolean): Promise<Known> {
    const row = await this.#row(hash);
    // most are new, and one without a row has no copies: half as many reads
    if (!row || !withCopies) return { row, copies: new Set() };
    const copies = await this.#disk.keys("copies", { prefix: [hash] });
    return { row, copies: new Set(copies.map(([, device]) => String(device))) };
  }

  async #row(hash: Hex): Promise<MediaRow | null> {
    const value = await this.#disk.get("media", [hash]);
    const row = value && parseRow(value);
    this.#isMiscounted ||= value !== null && row === null;
    return row;
  }

  /** Who has the blobs from `first` to `last`, both included. */
  async #copiesFrom(first: Hex, last: Hex): Promise<Map<Hex, DeviceId[]>> {
    const copies = new Map<Hex, DeviceId[]>();
    const range = { from: [first], to: behindText(last) };
    for (const [hash, device] of await this.#disk.keys("copies", range)) {
      const known = copies.get(String(hash)) ?? [];
      known.push(String(device));
      copies.set(String(hash), known);
    }
    return copies;
  }

  async #parsedTotals(sealed: Bytes | null): Promise<Totals> {
    const totals = sealed && parseTotals(unsealValue(sealed)?.value);
    return !totals || this.#isMiscounted ? await this.#recount() : totals;
  }

  /** From the rows: where the totals were damaged, or there are none yet. */
  async #recount(): Promise<Totals> {
    let totals = NO_TOTALS;
    for (let last: Hex | null = null;;) {
      const some: Media[] = await this.mediaAfter(last, 500);
      const known = some.map((row): Known => ({ row, copies: new Set(row.copies) }));
      totals = changedTotals(totals, known.map((one) => [undefined, one]));
      last = some.at(-1)?.hash ?? null;
      if (last === null) return totals;
    }
  }
}

type KnownOf = Map<Hex, Known>;

function knownOf(known: KnownOf, hash: Hex): Known {
  return known.get(hash) ?? { row: null, copies: new Set() };
}

function arrive(known: KnownOf, { hash, type, bytes }: StoredBlob, at: number): void {
  const { row, copies } = knownOf(known, hash);
  if (row?.state === "here") return;
  known.set(hash, { row: { type, size: bytes.length, at, state: "here" }, copies });
}

function want(known: KnownOf, hash: Hex): void {
  const { row, copies } = knownOf(known, hash);
  if (row && row.state !== "unknown") return;
  known.set(hash, { row: { ...NO_MEDIA, state: "wanted" }, copies });
}

function copy(draft: WriteDraft, known: KnownOf, hash: Hex, device: DeviceId): void {
  const { row, copies } = knownOf(known, hash);
  if (copies.has(device)) return;
  draft.put("copies", [hash, device], NOTHING);
  known.set(hash, {
    row: row ?? { ...NO_MEDIA, state: "unknown" },
    copies: new Set([...copies, device]),
  });
}

function remove(known: KnownOf, hash: Hex, at: number): void {
  const { row, copies } = knownOf(known, hash);
  if (row?.state !== "here") return;
  known.set(hash, { row: { ...row, state: "thinned", thinnedAt: at }, copies });
}

function draftRow(draft: WriteDraft, hash: Hex, from: MediaRow | null, to: MediaRow | null): void {
  if (!to || to === from) return;
  draft.put("media", [hash], encodeRow(to));
  if (to.state === "wanted") draft.put("wanted", [hash], NOTHING);
  else draft.delete("wanted", [hash]);
  if (to.state === "thinned") draft.delete("blobs", [hash]);
}

/** The totals once these blobs are no longer as in the first of each pair, but as in the second. */
function changedTotals(
  totals: Totals,
  changed: readonly (readonly [Known | undefined, Known | undefined])[],
): Totals {
  const next = { ...totals, writes: totals.writes + 1 };
  const add = ({ row, copies }: Known, sign: 1 | -1) => {
    if (row?.state === "wanted") next.wanted += sign;
    if (row?.state === "thinned") next.thinned += sign;
    if (row?.state !== "here") return;
    next.here += sign;
    next.hereBytes += sign * row.size;
    if (copies.size > 0) return;
    next.onlyHere += sign;
    next.onlyHereBytes += sign * row.size;
  };
  for (const [before, after] of changed) {
    if (before) add(before, -1);
    if (after) add(after, 1);
  }
  return next;
}

const STATES = ["here", "wanted", "thinned", "unknown"] as const;

/** Null when it is no media: nothing here speaks of it. */
function mediaOf(hash: Hex, row: MediaRow | null, copies: readonly DeviceId[]): Media | null {
  if (!row || row.state === "unknown") return null;
  return { hash, ...row, state: row.state, copies };
}

function encodeRow({ type, size, at, state, thinnedAt }: MediaRow): Bytes {
  return sealValue([type, size, at, state, thinnedAt ?? null]);
}

/** Null when it is damaged. */
function parseRow(sealed: Bytes): MediaRow | null {
  const value = unsealValue(sealed)?.value;
  if (!Array.isArray(value)) return null;
  const [type, size, at, stateName, thinnedAt] = value as unknown[];
  const state = STATES.find((one) => one === stateName);
  if (typeof type !== "string" || typeof size !== "number" || typeof at !== "number") return null;
  if (!state || !(thinnedAt === null || typeof thinnedAt === "number")) return null;
  return { type, size, at, state, ...(thinnedAt === null ? {} : { thinnedAt }) };
}

/** Null when they are not what this version writes. */
function parseTotals(value: unknown): Totals | null {
  if (typeof value !== "object" || value === null) return null;
  const totals = { ...NO_TOTALS, ...value };
  const isWhole = Object.keys(NO_TOTALS).every((name) => name in value) &&
    Object.values(totals).every((number) => Number.isSafeInteger(number));
  return isWhole ? totals : null;
}
