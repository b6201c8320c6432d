/** How an activation becomes the end of an integer op: clamps, slopes, or a table. */
import { slopesOf } from "./activation_f32.ts";
import { applyActivation } from "./curves.ts";
import type { Activation, GivenRange } from "./graph.ts";
import { HIGHEST, quantizeValue, realValue, tableOf } from "./numbers.ts";
import type { Numbers } from "./plan_builder.ts";

/** What follows the sum of an op (plan.ts, Requantization and Elementwise). */
export interface Ending {
  /** What a step of the result before its zero point is worth. */
  readonly unit: number;
  readonly zero: number;
  readonly low: number;
  readonly high: number;
  /** 256 entries. */
  readonly table?: Uint8Array;
  /** In 1/32768, an output channel each. */
  readonly slopes?: Int16Array;
  /** Multiplier below which the 16-bit value could saturate where it matters. */
  readonly leastMultiplier: (output: number) => number;
}

const TABLE_TOP = 255;
/** Where it is not known what comes before a curve: far enough for all that level off. */
const FAR = 16;
/** Positions at which a curve is looked at to find where it levels off. */
const LOOKS = 4096;
/** What calibration saw may be exceeded by this factor. */
const MARGIN = 1.25;
const ONE = 32768;

/** `before` is the range of the sum, where it is known. */
export function endingOf(
  activation: Activation,
  output: Numbers,
  before: GivenRange | undefined,
  channels: number,
): Ending {
  if (output.type === "i16") return wideEnding(output, before);
  switch (activation.kind) {
    case "none":
      return clamped(output, -Infinity, Infinity);
    case "clip":
      return clamped(output, activation.low, activation.high);
    case "leaky":
      return leakyEnding(activation, output, before, channels);
    default:
      return curveEnding(activation, output, before);
  }
}

/** As `endingOf`, for ops that have no slopes. */
export function elementwiseEnding(
  activation: Activation,
  output: Numbers,
  before: GivenRange | undefined,
): Ending {
  if (activation.kind !== "leaky") return endingOf(activation, output, before, 1);
  if (activation.slopes.length > 1) throw new Error("a slope a channel has no table");
  return curveEnding(activation, output, before);
}

/** A value saturates at ± its multiplier, in units: beyond 0..127 all are alike. */
function clamped(output: Numbers, low: number, high: number): Ending {
  return {
    unit: output.scale,
    zero: output.zero,
    low: quantizeValue(low, output),
    high: quantizeValue(high, output),
    leastMultiplier: () => HIGHEST + 1,
  };
}

function wideEnding(output: Numbers, before: GivenRange | undefined): Ending {
  const most = before ? Math.max(-before.low, before.high) * MARGIN : FAR;
  const least = Math.min(Math.ceil(most / output.scale), ONE / 2);
  return {
    unit: output.scale,
    zero: 0,
    low: 0,
    high: HIGHEST,
    leastMultiplier: () => Math.max(least, HIGHEST + 1),
  };
}

function leakyEnding(
  activation: Extract<Activation, { kind: "leaky" }>,
  output: Numbers,
  before: GivenRange | undefined,
  channels: number,
): Ending {
  const slopes = slopesOf(activation.slopes, channels);
  if (slopes.some((slope) => !(slope >= 0 && slope <= 1))) {
    if (activation.slopes.length === 1) return curveEnding(activation, output, before);
    throw new Error("a slope of its leaky ReLU is not 0..1: compile with --fp32");
  }
  const least = (channel: number) => {
    // Saturated, a negative value still gives −slope · multiplier units: all below the zero point are alike.
    const enough = output.zero === 0 ? 0 : output.zero / slopes[channel];
    const seen = before ? -before.low * MARGIN / output.scale : Infinity;
    return Math.min(Math.max(Math.min(enough, seen), HIGHEST + 1), ONE / 2);
  };
  return {
    ...clamped(output, -Infinity, Infinity),
    slopes: Int16Array.from(slopes, (slope) => Math.min(Math.round(slope * ONE), ONE - 1)),
    leastMultiplier: least,
  };
}

function curveEnding(
  activation: Activation,
  output: Numbers,
  before: GivenRange | undefined,
): Ending {
  const far = Math.max(FAR, 2 * realValue(HIGHEST, output));
  const domain = domainOf(activation, output, before ?? { low: -far, high: far });
  return {
    unit: domain.scale,
    zero: domain.zero,
    low: 0,
    high: TABLE_TOP,
    table: tableOf(256, domain, output, (x) => applyActivation(activation, x)),
    leastMultiplier: () => TABLE_TOP + 1,
  };
}

/** 8-bit numbers for what the table looks up: the range of the sum, without the ends where the curve is level. */
function domainOf(activation: Activation, output: Numbers, { low, high }: GivenRange): Numbers {
  const at = (look: number) => low + (high - low) * look / LOOKS;
  const result = (look: number) => quantizeValue(applyActivation(activation, at(look)), output);
  let first = 0;
  while (first < LOOKS && result(first + 1) === result(0)) first++;
  let last = LOOKS;
  while (last > first && result(last - 1) === result(LOOKS)) last--;
  const [bottom, top] = [Math.min(at(first), 0), Math.max(at(last), 0)];
  // A step more at each end: rounding the zero point moves the domain by half of one.
  const scale = (top - bottom) / (TABLE_TOP - 2) || 1;
  const zero = Math.min(Math.max(Math.round(1 - bottom / scale), 0), TABLE_TOP);
  return { type: "u7", scale, zero };
}
