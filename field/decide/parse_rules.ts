/**
 * Rules of outside origin, as an object or as bytes; what is right of them is taken, and of the rest it is said
 * what is wrong, so that one bad rule does not silence the others. What is taken is in one canonical form: the
 * same rules are the same bytes, in whatever order they were given and wherever a zone's outline was begun.
 */
import type { Bytes } from "../bytes.ts";
import { decodeCbor, encodeCbor } from "../cbor.ts";
import {
  LEAST_MS,
  MOST_MS,
  MOST_TEXT,
  type Places,
  readAction,
  readCondition,
} from "./parse_condition.ts";
import { canonicalOutline } from "./outline.ts";
import {
  type Action,
  type Line,
  NO_RULES,
  type Rule,
  type RuleSet,
  URGENCIES,
  type Zone,
} from "./rule.ts";
import { MOST_MM, type SitePoint, turn } from "./site_point.ts";
import { type Fault, FaultyField, UntrustedField } from "./untrusted_field.ts";

export const RULES_FORMAT = 1;
export const MOST_RULES = 64;
export const MOST_ZONES = 64;
export const MOST_LINES = 64;
export const LEAST_CORNERS = 3;
export const MOST_CORNERS = 64;
const MOST_ACTIONS = 8;
/** A rule may decide of one subject once an hour or oftener. */
const MOST_SUBJECT_MS = 3_600_000;
/** All of them together: less than an entry of a feed holds (`../feed/entry.ts`). */
export const MOST_RULES_BYTES = 48_000;

export interface ParsedRules {
  readonly set: RuleSet;
  /** Nothing was left out when there are none. */
  readonly faults: readonly Fault[];
}

/** The inverse of {@link encodeRules}. */
export function decodeRules(bytes: Uint8Array): ParsedRules {
  const value = bytes.length <= MOST_RULES_BYTES ? decodeCbor(bytes) : null;
  if (value) return parseRules(value.value);
  const isLarge = bytes.length > MOST_RULES_BYTES;
  const damaged = { where: "the rules", what: "they are damaged", remedy: "Save them again" };
  return { set: NO_RULES, faults: [isLarge ? tooLarge(bytes.length) : damaged] };
}

/** `{ format: 1, zones, lines, rules }`, each a list of what `rule.ts` describes. */
export function parseRules(value: unknown): ParsedRules {
  const faults: Fault[] = [];
  const lists = attempt(() => readLists(new UntrustedField(value, "")), faults);
  if (!lists) return { set: NO_RULES, faults };
  const readAll = <T extends { readonly id: string }>(
    all: readonly UntrustedField[],
    read: (one: UntrustedField) => T,
  ) => byId(all, read, faults);
  const zones = readAll(lists.zones, readZone);
  const lines = readAll(lists.lines, readLine);
  const places = { zones: zones.map(({ id }) => id), lines: lines.map(({ id }) => id) };
  const rules = readAll(lists.rules, (one) => readRule(one, places));
  const set = { zones, lines, rules };
  const size = encodeRules(set).length;
  return size <= MOST_RULES_BYTES ? { set, faults } : { set, faults: [...faults, tooLarge(size)] };
}

/** Canonical CBOR of what {@link parseRules} gave. */
export function encodeRules(set: RuleSet): Bytes {
  return encodeCbor({ format: RULES_FORMAT, ...set });
}

function tooLarge(size: number): Fault {
  const remedy = `Leave some out: at most ${MOST_RULES_BYTES} are kept`;
  return { where: "the rules", what: `they are ${size} bytes`, remedy };
}

function readLists(from: UntrustedField) {
  const format = from.field("format");
  if (format.value !== RULES_FORMAT) {
    format.fail(`it is not ${RULES_FORMAT}`, "They are of a newer version: update this device");
  }
  const { zones, lines, rules } = from.fields(["format", "zones", "lines", "rules"]);
  return {
    zones: zones.items(0, MOST_ZONES),
    lines: lines.items(0, MOST_LINES),
    rules: rules.items(0, MOST_RULES),
  };
}

/** Of two with one id neither is taken: who wrote them meant two, and it is not to be guessed which. */
function byId<T extends { readonly id: string }>(
  all: readonly UntrustedField[],
  read: (one: UntrustedField) => T,
  faults: Fault[],
): readonly T[] {
  const ids = all.map((one) => one.field("id").value);
  const found = all.flatMap((one, i) =>
    attempt(() => {
      const isTwice = ids.some((id, j) => j !== i && id === ids[i]);
      const parsed = read(one);
      if (isTwice) one.field("id").fail(`"${parsed.id}" is there twice`, "Give each its own");
      return parsed;
    }, faults) ?? []
  );
  return found.sort((a, b) => a.id < b.id ? -1 : 1);
}

function readZone(from: UntrustedField): Zone {
  const { id, name, corners } = from.fields(["id", "name", "corners"]);
  const points = corners.items(LEAST_CORNERS, MOST_CORNERS).map(readPoint);
  const isDouble = points.some((p, i) => isSame(p, points[(i + 1) % points.length]));
  if (isDouble) corners.fail("two corners after each other are one", "Leave one out");
  const isFlat = points.every((p) => turn(points[0], points[1], p) === 0);
  if (isFlat) corners.fail("they are on one line", "Draw around something");
  return { id: id.id(), name: name.text(MOST_TEXT), corners: canonicalOutline(points) };
}

function readLine(from: UntrustedField): Line {
  const all = from.fields(["id", "name", "from", "to"]);
  const [start, end] = [readPoint(all.from), readPoint(all.to)];
  if (isSame(start, end)) all.to.fail("it is where the line begins", "Draw it further");
  return { id: all.id.id(), name: all.name.text(MOST_TEXT), from: start, to: end };
}

function readPoint(from: UntrustedField): SitePoint {
  const [east, north] = from.items(2, 2).map((one) => one.whole(-MOST_MM, MOST_MM));
  return [east, north];
}

function readRule(from: UntrustedField, places: Places): Rule {
  const all = from.fields(["id", "name", "urgency", "when", "actions", "coolDown"]);
  const { ruleMs, subjectMs } = all.coolDown.fields(["ruleMs", "subjectMs"]);
  return {
    id: all.id.id(),
    name: all.name.text(MOST_TEXT),
    urgency: all.urgency.oneOf(URGENCIES),
    when: readCondition(all.when, places),
    actions: readActions(all.actions),
    coolDown: {
      ruleMs: ruleMs.whole(LEAST_MS, MOST_MS),
      subjectMs: subjectMs.whole(LEAST_MS, MOST_SUBJECT_MS),
    },
  };
}

/** Each once, in order. */
function readActions(from: UntrustedField): readonly Action[] {
  const actions = from.items(1, MOST_ACTIONS).map(readAction);
  const byText = new Map(actions.map((action) => [JSON.stringify(action), action]));
  return [...byText].sort(([a], [b]) => a < b ? -1 : 1).map(([, action]) => action);
}

function isSame(a: SitePoint, b: SitePoint): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

/** Null when it was faulty. */
function attempt<T>(read: () => T, faults: Fault[]): T | null {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof FaultyField)) throw thrown;
    faults.push(thrown.fault);
    return null;
  }
}
