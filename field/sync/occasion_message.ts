/**
 * What an agent decided, as it tells the others: canonical CBOR `[1, [occasion, …]]`, the last decided last. Who
 * decided it is who signed the message. An occasion:
 *
 *     [rule, subject's kind, subject's id, atMs, place, seeing, reason]
 *
 * `place`: `[]` or `[east, north]` in mm; ids of 32 bytes are bytes, others texts; `reason`: its kind's name and
 * fields in the order of `../decide/reason.ts`; `by`: `[agent, label, confidence]` each, the surest first.
 */
import { type Bytes, fromHex, isHex, toHex } from "../bytes.ts";
import { decodeCbor, encodeCbor, isCount } from "../cbor.ts";
import type { Occasion, SubjectKind } from "../decide/occasion.ts";
import type { Reason, Saying } from "../decide/reason.ts";
import { WAYS } from "../decide/rule.ts";
import { isSitePoint } from "../decide/site_point.ts";
import { assertNever } from "../errors.ts";
import { isAgent } from "../world/world_track.ts";
import { MOST_EPHEMERAL_BYTES } from "./ephemeral_message.ts";

/** Of those that see it, and that say so: more are not told. */
export const MOST_TOLD_AGENTS = 8;
const MOST_OCCASIONS = 64;
const FORMAT = 1;
const AGENT_BYTES = 32;
const SUBJECT_KINDS: readonly SubjectKind[] = ["track", "agent", "source"];
/** Of a rule's id, a name or a label, and of a subject's id: an agent's, a colon and a number. */
const [MOST_TEXT, MOST_SUBJECT] = [64, 80];

/** Such as are of one size with what {@link parseOccasions} takes; each message holds the last ones that fit. */
export function encodeOccasions(occasions: readonly Occasion[]): readonly Bytes[] {
  const messages: Bytes[] = [];
  let rows: unknown[] = [];
  for (const row of occasions.slice(-MOST_OCCASIONS).map(rowOf)) {
    const isFull = encodeCbor([FORMAT, [...rows, row]]).length > MOST_EPHEMERAL_BYTES;
    if (isFull && rows.length > 0) messages.push(encodeCbor([FORMAT, rows]));
    rows = isFull ? [row] : [...rows, row];
  }
  return rows.length > 0 ? [...messages, encodeCbor([FORMAT, rows])] : messages;
}

/** Null when it is not what {@link encodeOccasions} gives. Whether a rule has that id is for `decide` to see. */
export function parseOccasions(bytes: Bytes): readonly Occasion[] | null {
  const value = bytes.length <= MOST_EPHEMERAL_BYTES ? decodeCbor(bytes)?.value : undefined;
  if (!isList(value) || value.length !== 2 || value[0] !== FORMAT || !isList(value[1])) return null;
  const parsed = value[1].map(occasionOf);
  return parsed.length <= MOST_OCCASIONS && parsed.every((one) => one !== null) ? parsed : null;
}

function rowOf({ rule, subject, atMs, place, seeing, reason }: Occasion): unknown[] {
  const space = subject.indexOf(" ");
  const [kind, id] = [subject.slice(0, space), subject.slice(space + 1)];
  const agents = seeing.slice(0, MOST_TOLD_AGENTS).map(packAgent);
  return [rule, kind, id, atMs, place ?? [], agents, packReason(reason)];
}

function occasionOf(row: unknown): Occasion | null {
  if (!isList(row) || row.length !== 7) return null;
  const [rule, kind, id, atMs, place, seeing, packed] = row;
  const subjectKind = SUBJECT_KINDS.find((one) => one === kind);
  const at = isList(place) && place.length === 0 ? null : isSitePoint(place) ? place : undefined;
  const agents = agentsOf(seeing);
  const reason = isList(packed) ? reasonOf(packed) : null;
  if (!isText(rule) || !subjectKind || !isText(id, MOST_SUBJECT) || !isCount(atMs)) return null;
  if (at === undefined || !agents || !reason) return null;
  return { rule, subject: `${subjectKind} ${id}`, atMs, place: at, seeing: agents, reason };
}

function packReason(reason: Reason): unknown[] {
  const { kind } = reason;
  switch (kind) {
    case "zone": {
      const { change, zone, label, by, atMs } = reason;
      return [kind, change, zone, label, packSayings(by), atMs];
    }
    case "line": {
      const { line, way, count, withinMs, label, by, atMs } = reason;
      return [kind, line, way, count, withinMs, label, packSayings(by), atMs];
    }
    case "seen":
      return [kind, reason.label, reason.zone, packSayings(reason.by), reason.atMs];
    case "anomaly": {
      const { agent, source, score, least, atMs } = reason;
      return [kind, packAgent(agent), source, score, least, atMs];
    }
    case "silence":
      return [kind, packAgent(reason.agent), reason.sinceMs, reason.forMs];
    case "held-back":
      throw new Error("Cannot tell what was held back: it is for one's own user alone");
    default:
      return assertNever(reason);
  }
}

function reasonOf([kind, ...fields]: readonly unknown[]): Reason | null {
  switch (kind) {
    case "zone":
      return fields.length === 5 ? zoneReason(fields) : null;
    case "line":
      return fields.length === 7 ? lineReason(fields) : null;
    case "seen":
      return fields.length === 4 ? seenReason(fields) : null;
    case "anomaly":
      return fields.length === 5 ? anomalyReason(fields) : null;
    case "silence":
      return fields.length === 3 ? silenceReason(fields) : null;
    default:
      return null;
  }
}

function zoneReason([change, zone, label, sayings, atMs]: readonly unknown[]): Reason | null {
  const by = sayingsOf(sayings);
  if (change !== "entered" && change !== "left") return null;
  return isText(zone) && isText(label) && by && isCount(atMs)
    ? { kind: "zone", change, zone, label, by, atMs }
    : null;
}

function lineReason(fields: readonly unknown[]): Reason | null {
  const [line, said, count, withinMs, label, sayings, atMs] = fields;
  const way = ([...WAYS, "both"] as const).find((one) => one === said);
  const by = sayingsOf(sayings);
  if (!way || !isCount(count) || !isCount(withinMs)) return null;
  return isText(line) && isText(label) && by && isCount(atMs)
    ? { kind: "line", line, way, count, withinMs, label, by, atMs }
    : null;
}

function seenReason([label, zone, sayings, atMs]: readonly unknown[]): Reason | null {
  const by = sayingsOf(sayings);
  return isText(label) && (zone === null || isText(zone)) && by && isCount(atMs)
    ? { kind: "seen", label, zone, by, atMs }
    : null;
}

function anomalyReason([packed, source, score, least, atMs]: readonly unknown[]): Reason | null {
  const agent = agentOf(packed);
  const isShare = isThousandths(score) && isThousandths(least);
  return agent !== null && isText(source) && isShare && isCount(atMs)
    ? { kind: "anomaly", agent, source, score, least, atMs }
    : null;
}

function silenceReason([packed, sinceMs, forMs]: readonly unknown[]): Reason | null {
  const agent = agentOf(packed);
  return agent !== null && isCount(sinceMs) && isCount(forMs)
    ? { kind: "silence", agent, sinceMs, forMs }
    : null;
}

function packSayings(by: readonly Saying[]): unknown[] {
  return by.slice(0, MOST_TOLD_AGENTS)
    .map(({ agent, label, confidence }) => [packAgent(agent), label, confidence]);
}

function sayingsOf(value: unknown): readonly Saying[] | null {
  if (!isList(value) || value.length > MOST_TOLD_AGENTS) return null;
  const sayings = value.map(sayingOf);
  return sayings.every((one) => one !== null) ? sayings : null;
}

function sayingOf(row: unknown): Saying | null {
  if (!isList(row) || row.length !== 3) return null;
  const [agent, label, confidence] = [agentOf(row[0]), row[1], row[2]];
  return agent !== null && isText(label) && isThousandths(confidence)
    ? { agent, label, confidence }
    : null;
}

function agentsOf(value: unknown): readonly string[] | null {
  if (!isList(value) || value.length > MOST_TOLD_AGENTS) return null;
  const agents = value.map(agentOf);
  return agents.every((one) => one !== null) ? agents : null;
}

function packAgent(agent: string): Bytes | string {
  return isHex(agent, AGENT_BYTES) ? fromHex(agent) : agent;
}

/** A text that could be 32 bytes has another form already. */
function agentOf(value: unknown): string | null {
  if (value instanceof Uint8Array) return value.length === AGENT_BYTES ? toHex(value) : null;
  return isAgent(value) && !isHex(value, AGENT_BYTES) ? value : null;
}

function isThousandths(value: unknown): value is number {
  return isCount(value) && value <= 1000;
}

function isText(value: unknown, most = MOST_TEXT): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= most;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
