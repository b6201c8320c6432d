/**
 * Guards for rules and decisions as the worker has them. Their kinds may grow: what a newer worker adds is let
 * through whole, and views pass over what they do not know.
 */
import type { Ask, Unmet } from "../field/decide/actions.ts";
import type { Decision } from "../field/decide/decision.ts";
import type { Occasion } from "../field/decide/occasion.ts";
import type { Count, Reason, Saying } from "../field/decide/reason.ts";
import type {
  Action,
  Condition,
  Line,
  Rule,
  RuleSet,
  SOUNDS,
  Urgency,
  VIBRATIONS,
  Way,
  Zone,
} from "../field/decide/rule.ts";
import type { TileMark } from "../field/world/tiles.ts";
import {
  type Guard,
  hasShape,
  isArrayOf,
  isBoolean,
  isEither,
  isGrowing,
  isNull,
  isNumber,
  isOneOf,
  isRecord,
  isString,
} from "./shape.ts";

type Kinded = { readonly kind: string };
type OfKind<T extends Kinded, K extends T["kind"]> = Extract<T, { readonly kind: K }>;

/** One of the kinds that are known, each by its own guard; or one that is not known at all. */
function isOneKind<T extends Kinded>(
  guards: { readonly [K in T["kind"]]: Guard<OfKind<T, K>> },
): Guard<T> {
  const byKind = new Map<string, Guard<unknown>>(Object.entries(guards));
  return (value): value is T => {
    if (!isRecord(value) || !isString(value.kind)) return false;
    const is = byKind.get(value.kind);
    return is === undefined || is(value);
  };
}

/** Two numbers: metres, or whole millimetres. */
export function isPair(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every(isNumber);
}

const isNullableString = isEither(isNull, isString);
const isStrings = isArrayOf(isString);
const isWay = isGrowing<Way | "both">();
const isMark = isGrowing<TileMark>();

const isCondition = isOneKind<Condition>({
  zone: hasShape<OfKind<Condition, "zone">>({
    kind: isOneOf("zone"),
    zone: isString,
    change: isGrowing<"entered" | "left">(),
    labels: isStrings,
    confidence: isNumber,
  }),
  line: hasShape<OfKind<Condition, "line">>({
    kind: isOneOf("line"),
    line: isString,
    way: isWay,
    count: isNumber,
    withinMs: isNumber,
    labels: isStrings,
    confidence: isNumber,
  }),
  seen: hasShape<OfKind<Condition, "seen">>({
    kind: isOneOf("seen"),
    label: isString,
    confidence: isNumber,
    agents: isNumber,
    zone: isNullableString,
  }),
  anomaly: hasShape<OfKind<Condition, "anomaly">>({
    kind: isOneOf("anomaly"),
    source: isNullableString,
    score: isNumber,
  }),
  silence: hasShape<OfKind<Condition, "silence">>({
    kind: isOneOf("silence"),
    agent: isNullableString,
    forMs: isNumber,
  }),
});

const isAlert = hasShape<OfKind<Action, "alert">>({
  kind: isOneOf("alert"),
  sound: isGrowing<typeof SOUNDS[number]>(),
  vibration: isGrowing<typeof VIBRATIONS[number]>(),
  notification: isBoolean,
});

const isAction = isOneKind<Action>({
  alert: isAlert,
  rate: hasShape<OfKind<Action, "rate">>({
    kind: isOneOf("rate"),
    of: isEither(
      isGrowing<"seeing" | "nearest">(),
      hasShape<{ readonly agent: string }>({ agent: isString }),
    ),
    percent: isNumber,
    forMs: isNumber,
  }),
  confirm: hasShape<OfKind<Action, "confirm">>({ kind: isOneOf("confirm") }),
  mark: hasShape<OfKind<Action, "mark">>({ kind: isOneOf("mark"), mark: isMark }),
});

const isUrgency = isGrowing<Urgency>();

export const isRuleSet = hasShape<RuleSet>({
  zones: isArrayOf(hasShape<Zone>({ id: isString, name: isString, corners: isArrayOf(isPair) })),
  lines: isArrayOf(hasShape<Line>({ id: isString, name: isString, from: isPair, to: isPair })),
  rules: isArrayOf(hasShape<Rule>({
    id: isString,
    name: isString,
    urgency: isUrgency,
    when: isCondition,
    actions: isArrayOf(isAction),
    coolDown: hasShape<Rule["coolDown"]>({ ruleMs: isNumber, subjectMs: isNumber }),
  })),
});

const isSayings = isArrayOf(
  hasShape<Saying>({ agent: isString, label: isString, confidence: isNumber }),
);

const isReason = isOneKind<Reason>({
  zone: hasShape<OfKind<Reason, "zone">>({
    kind: isOneOf("zone"),
    change: isGrowing<"entered" | "left">(),
    zone: isString,
    label: isString,
    by: isSayings,
    atMs: isNumber,
  }),
  line: hasShape<OfKind<Reason, "line">>({
    kind: isOneOf("line"),
    line: isString,
    way: isWay,
    count: isNumber,
    withinMs: isNumber,
    label: isString,
    by: isSayings,
    atMs: isNumber,
  }),
  seen: hasShape<OfKind<Reason, "seen">>({
    kind: isOneOf("seen"),
    label: isString,
    zone: isNullableString,
    by: isSayings,
    atMs: isNumber,
  }),
  anomaly: hasShape<OfKind<Reason, "anomaly">>({
    kind: isOneOf("anomaly"),
    agent: isString,
    source: isString,
    score: isNumber,
    least: isNumber,
    atMs: isNumber,
  }),
  silence: hasShape<OfKind<Reason, "silence">>({
    kind: isOneOf("silence"),
    agent: isString,
    sinceMs: isNumber,
    forMs: isNumber,
  }),
  "held-back": hasShape<OfKind<Reason, "held-back">>({
    kind: isOneOf("held-back"),
    rules: isArrayOf(hasShape<Count>({ rule: isString, count: isNumber })),
  }),
});

const isOccasion = hasShape<Occasion>({
  rule: isString,
  subject: isString,
  atMs: isNumber,
  place: isEither(isNull, isPair),
  seeing: isStrings,
  reason: isReason,
});

const isAsk = isOneKind<Ask>({
  alert: isAlert,
  rate: hasShape<OfKind<Ask, "rate">>({
    kind: isOneOf("rate"),
    agent: isString,
    percent: isNumber,
    forMs: isNumber,
  }),
  confirm: hasShape<OfKind<Ask, "confirm">>({
    kind: isOneOf("confirm"),
    agent: isString,
    subject: isString,
    place: isPair,
  }),
  mark: hasShape<OfKind<Ask, "mark">>({ kind: isOneOf("mark"), mark: isMark, place: isPair }),
});

export const isDecision = hasShape<Decision>({
  id: isString,
  rule: isNullableString,
  urgency: isUrgency,
  atMs: isNumber,
  occasion: isEither(isNull, isOccasion),
  reason: isReason,
  more: isNumber,
  asks: isArrayOf(isAsk),
  unmet: isArrayOf(hasShape<Unmet>({
    action: isGrowing<Unmet["action"]>(),
    because: isGrowing<Unmet["because"]>(),
  })),
});
