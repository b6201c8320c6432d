/** What a decider remembers, as rows of plain data for this device's own disk, and back. */
import {
  hasShape,
  isArrayOf,
  isBoolean,
  isEither,
  isEntryOf,
  isNull,
  isNumber,
  isOneOf,
  isPair,
  isString,
} from "../shape.ts";
import { isOccasion } from "./decision_shape.ts";
import {
  type DecideState,
  EMPTY_STATE,
  type Fired,
  type RuleMemory,
  type SubjectMemory,
  type TrackTrace,
} from "./decide_state.ts";
import type { LineTrace } from "./line.ts";
import { WAYS } from "./rule.ts";
import type { Settled } from "./settled.ts";

const FORMAT = 1;

type Rows<V> = readonly (readonly [string, V])[];
type KeptTrace = Omit<TrackTrace, "zones" | "lines"> & {
  readonly zones: Rows<Settled<boolean>>;
  readonly lines: Rows<LineTrace>;
};
interface KeptSubject {
  readonly touchedMs: number;
  readonly on: readonly string[];
  readonly fired: Rows<Fired>;
  readonly trace: KeptTrace | null;
}
interface KeptState {
  readonly subjects: Rows<KeptSubject>;
  readonly rules: Rows<RuleMemory>;
  readonly decided: readonly string[];
  readonly alertsMs: readonly number[];
  readonly heldBack: Rows<number>;
}

/** What {@link unpackState} reads: anything that a store's settings hold. */
export function packState({ subjects, rules, decided, alertsMs, heldBack }: DecideState): unknown {
  const kept: KeptState = {
    subjects: [...subjects].map(([subject, memory]) => [subject, packSubject(memory)]),
    rules: [...rules],
    decided: [...decided],
    alertsMs,
    heldBack: [...heldBack],
  };
  return { format: FORMAT, ...kept };
}

/** Nothing remembered, where it is not what {@link packState} of this version gives. */
export function unpackState(value: unknown): DecideState {
  if (!isKept(value) || value.format !== FORMAT) return EMPTY_STATE;
  const { subjects, rules, decided, alertsMs, heldBack } = value;
  return {
    subjects: new Map(subjects.map(([subject, kept]) => [subject, unpackSubject(kept)])),
    rules: new Map(rules),
    decided: new Set(decided),
    alertsMs,
    heldBack: new Map(heldBack),
  };
}

function packSubject({ touchedMs, on, fired, trace }: SubjectMemory): KeptSubject {
  return {
    ...{ touchedMs, on: [...on], fired: [...fired] },
    trace: trace && { ...trace, zones: [...trace.zones], lines: [...trace.lines] },
  };
}

function unpackSubject({ touchedMs, on, fired, trace }: KeptSubject): SubjectMemory {
  return {
    ...{ touchedMs, on: new Set(on), fired: new Map(fired) },
    trace: trace && { ...trace, zones: new Map(trace.zones), lines: new Map(trace.lines) },
  };
}

const isPlaceOrNone = isEither(isNull, isPair);
const isSide = isEither(isNull, isOneOf("left", "right"));

const isLineTrace = hasShape<LineTrace>({
  side: hasShape<LineTrace["side"]>({ value: isSide, next: isSide, looks: isNumber }),
  from: isPlaceOrNone,
  crossed: isArrayOf(isOneOf(...WAYS)),
});

const isZoneTrace = hasShape<Settled<boolean>>({
  value: isEither(isNull, isBoolean),
  next: isEither(isNull, isBoolean),
  looks: isNumber,
});

const isSubject = hasShape<KeptSubject>({
  touchedMs: isNumber,
  on: isArrayOf(isString),
  fired: isArrayOf(isEntryOf(
    hasShape<Fired>({ atMs: isNumber, place: isPlaceOrNone, isStill: isBoolean }),
  )),
  trace: isEither(
    isNull,
    hasShape<KeptTrace>({
      lastAtMs: isNumber,
      label: isString,
      place: isPair,
      zones: isArrayOf(isEntryOf(isZoneTrace)),
      lines: isArrayOf(isEntryOf(isLineTrace)),
    }),
  ),
});

const isKept = hasShape<KeptState & { readonly format: number }>({
  format: isNumber,
  subjects: isArrayOf(isEntryOf(isSubject)),
  rules: isArrayOf(isEntryOf(hasShape<RuleMemory>({
    firedMs: isEither(isNull, isNumber),
    held: isNumber,
    lastHeld: isEither(isNull, isOccasion),
    crossingsMs: isArrayOf(isNumber),
  }))),
  decided: isArrayOf(isString),
  alertsMs: isArrayOf(isNumber),
  heldBack: isArrayOf(isEntryOf(isNumber)),
});
