/**
 * The crew's rules as a record of its admins' documents: under the key "rules" canonical CBOR
 * `[1, at, counter, rules]`, the last as `encodeRules` gives them, and after it the site's origin
 * (`site_origin.ts`) where it has one. Each admin writes its own document; of all
 * that admins wrote one record holds. Versions from before there were rules take the key for no device, and pass
 * the record over; so does this one what a newer version writes.
 */
import { type Bytes, equalBytes, plainBytes } from "../bytes.ts";
import { decodeCbor, encodeCbor } from "../cbor.ts";
import { isStamp, type Stamp } from "../clock.ts";
import { type CrewRecord, wordOf } from "./crew.ts";
import { decodeRules, encodeRules, MOST_RULES_BYTES } from "../decide/parse_rules.ts";
import type { RuleSet } from "../decide/rule.ts";
import type { DocRecord } from "./documents.ts";
import type { DeviceId } from "../observation.ts";
import type { LatLon } from "../world/plan_frame.ts";
import { packOrigin, parseOrigin } from "./site_origin.ts";

/** What the crew goes by. */
export interface CrewRules {
  readonly set: RuleSet;
  /** Where the metres of zones, lines and poses are counted from; null: a plan without a place on earth. */
  readonly origin: LatLon | null;
}

/** Where an admin wrote rules, and how much its word weighs: all that is held in memory of them. */
export interface RulesPlace {
  readonly by: DeviceId;
  readonly seq: number;
  readonly at: Stamp;
  /** One above the rules that `by` knew of. */
  readonly counter: number;
}

/** Rules as they are kept. */
export interface PackedRules {
  /** Canonical, and without a fault. */
  readonly bytes: Bytes;
  readonly origin: LatLon | null;
}

export interface RulesRecord extends RulesPlace, PackedRules {}

/** More than anybody changes them; who counts further leaves no room above for another's word. */
export const MOST_RULES_COUNTER = 2 ** 32;
/** The record's key. */
const RULES = "rules";
const FORMAT = 1;

export function rulesRecord(record: Omit<RulesRecord, "by" | "seq">): DocRecord {
  const { at, counter } = record;
  return { key: RULES, value: encodeCbor([FORMAT, at, counter, ...packRules(record)]) };
}

/** Null when it is not one, or of a newer version, or in another form than the one that all have. */
export function parseRulesRecord(
  key: string,
  record: Bytes,
  { by, seq }: Pick<RulesPlace, "by" | "seq">,
): RulesRecord | null {
  const value = key === RULES ? decodeCbor(record)?.value : undefined;
  if (!Array.isArray(value) || value[0] !== FORMAT) return null;
  const [, at, counter, ...packed] = value as unknown[];
  if (!isStamp(at) || !isStamp(counter) || counter < 1 || counter > MOST_RULES_COUNTER) return null;
  const rules = parsePacked(packed);
  return rules && { by, seq, at, counter, ...rules };
}

/** The end of a record, and of a snapshot. */
export function packRules({ bytes, origin }: PackedRules): readonly unknown[] {
  return origin ? [bytes, packOrigin(origin)] : [bytes];
}

/** Null when it is not what {@link packRules} gives, of rules in their canonical form. */
export function parsePacked(packed: readonly unknown[]): PackedRules | null {
  const [bytes, place] = packed;
  if (packed.length !== 1 && packed.length !== 2) return null;
  const origin = packed.length === 2 ? parseOrigin(place) : null;
  if (packed.length === 2 && !origin) return null;
  if (!(bytes instanceof Uint8Array) || !canonicalRules(bytes)) return null;
  return { bytes: plainBytes(bytes), origin };
}

/** Null when they are not canonical any more. */
export function unpacked({ bytes, origin }: PackedRules): CrewRules | null {
  const set = canonicalRules(bytes);
  return set && { set, origin };
}

/** The record that holds: by an admin, as far as its word counts; the greatest counter, then the founder's, then the latest. */
export function holdingRules(
  founder: DeviceId,
  crew: readonly CrewRecord[],
  rules: readonly RulesPlace[],
): RulesPlace | null {
  const word = wordOf(founder, crew);
  const counting = rules.filter(({ by, seq }) => seq <= (word.get(by) ?? 0));
  const isAbove = (a: RulesPlace, b: RulesPlace) =>
    a.counter - b.counter || Number(a.by === founder) - Number(b.by === founder) ||
    a.at - b.at || (a.by < b.by ? -1 : a.by > b.by ? 1 : 0) || a.seq - b.seq;
  return counting.toSorted(isAbove).at(-1) ?? null;
}

/** Null when they have a fault, or are not in their canonical form. */
export function canonicalRules(bytes: Uint8Array): RuleSet | null {
  if (bytes.length > MOST_RULES_BYTES) return null;
  const { set, faults } = decodeRules(bytes);
  return faults.length === 0 && equalBytes(encodeRules(set), bytes) ? set : null;
}
