/**
 * The crew's rules as a record of its admins' documents: under the key "rules" canonical CBOR
 * `[1, at, counter, rules]`, the last as `encodeRules` gives them. Each admin writes its own document; of all
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

/** Where an admin wrote rules, and how much its word weighs: all that is held in memory of them. */
export interface RulesPlace {
  readonly by: DeviceId;
  readonly seq: number;
  readonly at: Stamp;
  /** One above the rules that `by` knew of. */
  readonly counter: number;
}

export interface RulesRecord extends RulesPlace {
  /** Canonical, and without a fault. */
  readonly bytes: Bytes;
}

/** More than anybody changes them; who counts further leaves no room above for another's word. */
export const MOST_RULES_COUNTER = 2 ** 32;
/** The record's key. */
const RULES = "rules";
const FORMAT = 1;

export function rulesRecord({ at, counter, bytes }: Omit<RulesRecord, "by" | "seq">): DocRecord {
  return { key: RULES, value: encodeCbor([FORMAT, at, counter, bytes]) };
}

/** Null when it is not one, or of a newer version, or in another form than the one that all have. */
export function parseRulesRecord(
  key: string,
  record: Bytes,
  { by, seq }: Pick<RulesPlace, "by" | "seq">,
): RulesRecord | null {
  const value = key === RULES ? decodeCbor(record)?.value : undefined;
  if (!Array.isArray(value) || value.length !== 4 || value[0] !== FORMAT) return null;
  const [, at, counter, bytes] = value as unknown[];
  if (!isStamp(at) || !isStamp(counter) || counter < 1 || counter > MOST_RULES_COUNTER) return null;
  if (!(bytes instanceof Uint8Array) || !canonicalRules(bytes)) return null;
  return { by, seq, at, counter, bytes: plainBytes(bytes) };
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
