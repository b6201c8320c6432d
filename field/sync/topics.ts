/**
 * Topic names and filters as in MQTT (OASIS MQTT 5.0, section 4.7): levels divided by `/`; in a filter `+`
 * stands for one level and `#`, as the last, for the level above it and all below. Names that begin with
 * `$` are only met by filters that begin so too. Narrower than MQTT: 1 to {@link MOST_TOPIC_BYTES} bytes of
 * UTF-8, at most {@link MOST_LEVELS} levels, no control characters (section 1.5.4 lets a receiver refuse them).
 */
import type { Bytes } from "../bytes.ts";
import { decodeCbor, encodeCbor } from "../cbor.ts";

export const MOST_TOPIC_BYTES = 128;
export const MOST_LEVELS = 8;
/** Under it a device publishes, retained, which patterns it listens to. */
export const SUBSCRIPTIONS = "$subscriptions";
/** Under it a device says to all how much it holds: see `standings.ts`. */
export const STANDING = "$standing";
/** Before a device's key: under it the device says what it sees just now. */
export const LIVE = "live/";
/** Before a cell and a device's key: under it the device says its part of the world (`world_talk.ts`). */
export const WORLD = "world/";
/** So before what it decided (`occasion_message.ts`). */
export const DECIDED = "decided/";
/** So before that it is there, and where its camera stands (`beat_talk.ts`). */
export const BEAT = "beat/";
/** Patterns that one device subscribes to. */
export const MOST_PATTERNS = 32;

/** What the protocol itself says: every member may, a viewer too. */
export function isProtocols(topic: string): boolean {
  return topic === SUBSCRIPTIONS || topic === STANDING;
}

/** Said to everybody, so that nobody has to say, at every meeting, that it listens to it. */
export function isForAll(topic: string): boolean {
  return isProtocols(topic) || topic.startsWith(LIVE);
}

/** Said by a device of itself alone: the third level is its key. */
export function isSelfSpoken(topic: string): boolean {
  return [WORLD, DECIDED, BEAT].some((start) => topic.startsWith(start));
}

/** False for a topic under which only another device may speak: of its part of the world, what it decided, where it is. */
export function isOwnTopic(topic: string, device: string): boolean {
  return !isSelfSpoken(topic) || topic.split("/")[2] === device;
}

const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;
const encoder = new TextEncoder();

/** True for a topic name: what a message is published under. */
export function isTopic(value: unknown): value is string {
  return isBounded(value) && !/[+#]/.test(value);
}

/** True for a topic filter: what a listener subscribes to. */
export function isPattern(value: unknown): value is string {
  if (!isBounded(value)) return false;
  const levels = value.split("/");
  return levels.every((level, i) =>
    level === "+" || level === "#" && i === levels.length - 1 || !/[+#]/.test(level)
  );
}

/** Does the filter `pattern` meet the name `topic`? Both must be valid. */
export function matches(pattern: string, topic: string): boolean {
  if (topic.startsWith("$") && !pattern.startsWith("$")) return false;
  const [wanted, levels] = [pattern.split("/"), topic.split("/")];
  const isOpen = wanted.at(-1) === "#";
  if (isOpen) wanted.pop();
  if (isOpen ? levels.length < wanted.length : levels.length !== wanted.length) return false;
  return wanted.every((level, i) => level === "+" || level === levels[i]);
}

/** The patterns of one device, as they are published: canonical CBOR, an array of texts. */
export function encodePatterns(patterns: readonly string[]): Bytes {
  return encodeCbor(patterns);
}

/** The inverse of {@link encodePatterns}; null when it is not such a list, or a longer one than a device may have. */
export function parsePatterns(bytes: Uint8Array): readonly string[] | null {
  const value = decodeCbor(bytes)?.value;
  return Array.isArray(value) && value.length <= MOST_PATTERNS && value.every(isPattern)
    ? value
    : null;
}

function isBounded(value: unknown): value is string {
  if (typeof value !== "string" || value.length === 0 || value.length > MOST_TOPIC_BYTES) {
    return false;
  }
  return !UNPRINTABLE.test(value) && value.split("/").length <= MOST_LEVELS &&
    encoder.encode(value).length <= MOST_TOPIC_BYTES;
}
