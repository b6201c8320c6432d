/** Is it a decision, as this version makes them? For what was kept on this device's own disk. */
import {
  hasShape,
  isArrayOf,
  isBoolean,
  isEither,
  isNull,
  isNumber,
  isOneOf,
  isPair,
  isString,
} from "../shape.ts";
import { TILE_MARKS } from "../world/tiles.ts";
import type { Ask, Unmet } from "./actions.ts";
import type { Decision } from "./decision.ts";
import type { Occasion } from "./occasion.ts";
import type { Count, Reason, Saying } from "./reason.ts";
import { SOUNDS, URGENCIES, VIBRATIONS, WAYS } from "./rule.ts";

type OfKind<T extends { readonly kind: string }, K extends T["kind"]> = Extract<
  T,
  { readonly kind: K }
>;

const isSayings = isArrayOf(
  hasShape<Saying>({ agent: isString, label: isString, confidence: isNumber }),
);
const BY = { label: isString, by: isSayings, atMs: isNumber };

const isReason = isEither<[
  ...[OfKind<Reason, "zone">, OfKind<Reason, "line">, OfKind<Reason, "seen">],
  ...[OfKind<Reason, "anomaly">, OfKind<Reason, "silence">, OfKind<Reason, "held-back">],
]>(
  hasShape({
    kind: isOneOf("zone"),
    change: isOneOf("entered", "left"),
    zone: isString,
    ...BY,
  }),
  hasShape({
    kind: isOneOf("line"),
    line: isString,
    way: isOneOf(...WAYS, "both"),
    count: isNumber,
    withinMs: isNumber,
    ...BY,
  }),
  hasShape({ kind: isOneOf("seen"), zone: isEither(isNull, isString), ...BY }),
  hasShape({
    kind: isOneOf("anomaly"),
    agent: isString,
    source: isString,
    score: isNumber,
    least: isNumber,
    atMs: isNumber,
  }),
  hasShape({
    kind: isOneOf("silence"),
    agent: isString,
    sinceMs: isNumber,
    forMs: isNumber,
  }),
  hasShape({
    kind: isOneOf("held-back"),
    rules: isArrayOf(hasShape<Count>({ rule: isString, count: isNumber })),
  }),
);

export const isOccasion = hasShape<Occasion>({
  rule: isString,
  subject: isString,
  atMs: isNumber,
  place: isEither(isNull, isPair),
  seeing: isArrayOf(isString),
  reason: isReason,
});

const isMark = isOneOf(...TILE_MARKS);

const isAsk = isEither<[
  ...[OfKind<Ask, "alert">, OfKind<Ask, "rate">, OfKind<Ask, "confirm">, OfKind<Ask, "mark">],
]>(
  hasShape({
    kind: isOneOf("alert"),
    sound: isOneOf(...SOUNDS),
    vibration: isOneOf(...VIBRATIONS),
    notification: isBoolean,
  }),
  hasShape({ kind: isOneOf("rate"), agent: isString, percent: isNumber, forMs: isNumber }),
  hasShape({ kind: isOneOf("confirm"), agent: isString, subject: isString, place: isPair }),
  hasShape({ kind: isOneOf("mark"), mark: isMark, place: isPair }),
);

export const isDecision = hasShape<Decision>({
  id: isString,
  rule: isEither(isNull, isString),
  urgency: isOneOf(...URGENCIES),
  atMs: isNumber,
  occasion: isEither(isNull, isOccasion),
  reason: isReason,
  more: isNumber,
  asks: isArrayOf(isAsk),
  unmet: isArrayOf(hasShape<Unmet>({
    action: isOneOf("alert", "rate", "confirm", "mark"),
    because: isOneOf("no-place", "no-agent", "too-many-alerts"),
  })),
});
