/** What the records page says of pictures: what is here, what a rule removes, what would go now. */
import type { MediaTotals, Retention } from "../../field/media.ts";
import { keepsAll } from "../../field/retention.ts";
import { counted } from "../format.ts";
import type { Formats } from "../format.ts";

const DAYS: readonly number[] = [7, 30, 90, 365];
const SIZES: readonly number[] = [100e6, 500e6, 1e9, 5e9, 20e9];

/** A choice of a list; `value` is null for no limit. */
export interface Limit {
  readonly value: number | null;
  readonly name: string;
}

/** The ages to choose from, with the present one if it is another. */
export function ageLimits(current: number | null, formats: Formats): readonly Limit[] {
  const named = withCurrent(DAYS, current)
    .map((value) => ({ value, name: `After ${counted(value, "day", formats)}` }));
  return [{ value: null, name: "Never" }, ...named];
}

/** The total sizes to choose from, with the present one if it is another. */
export function sizeLimits(current: number | null, formats: Formats): readonly Limit[] {
  const named = withCurrent(SIZES, current)
    .map((value) => ({ value, name: `Beyond ${formats.bytes(value)}` }));
  return [{ value: null, name: "Never" }, ...named];
}

/** How far "Remove now" can go: sizes below what is here, and down to nothing. */
export function thinLimits({ hereBytes }: MediaTotals, formats: Formats): readonly Limit[] {
  const sizes = SIZES.filter((size) => size < hereBytes).reverse();
  return [
    ...sizes.map((value) => ({ value, name: `The oldest, down to ${formats.bytes(value)}` })),
    { value: 0, name: "All of them" },
  ];
}

/** What the standing rule does, and what it leaves. */
export function ruleWords(rule: Retention): string {
  if (keepsAll(rule)) return "Pictures stay until you remove them.";
  return rule.evenOnlyHere
    ? "The oldest go first, also those that no other device has: they are lost then. Records stay."
    : "The oldest go first. Records stay, and so do pictures that no other device has.";
}

/** What removing down to `mostBytes` would do. */
export interface ThinPreview {
  /** Bytes that go. */
  readonly bytes: number;
  /** Pictures that go, where that can be told before. */
  readonly pictures: number | null;
  /** Of those that go, on no other device: at most so many. */
  readonly lost: number;
  /** Stay because no other device has them. */
  readonly kept: number;
  readonly keptBytes: number;
}

export function previewOf(
  totals: MediaTotals,
  { mostBytes, evenOnlyHere }: { readonly mostBytes: number; readonly evenOnlyHere: boolean },
): ThinPreview {
  const { here, hereBytes, onlyHere, onlyHereBytes } = totals;
  const mayGo = evenOnlyHere ? hereBytes : hereBytes - onlyHereBytes;
  const excess = Math.max(0, hereBytes - mostBytes);
  const takesAll = excess >= mayGo;
  return {
    bytes: Math.min(excess, mayGo),
    pictures: takesAll ? (evenOnlyHere ? here : here - onlyHere) : null,
    lost: evenOnlyHere && excess > 0 ? onlyHere : 0,
    kept: evenOnlyHere ? 0 : onlyHere,
    keptBytes: evenOnlyHere ? 0 : onlyHereBytes,
  };
}

/** "380 pictures go: 36 MB." */
export function previewWords({ bytes, pictures }: ThinPreview, formats: Formats): string {
  if (bytes === 0) return "Nothing goes.";
  if (pictures === null) return `About ${formats.bytes(bytes)} of pictures go, the oldest first.`;
  const verb = pictures === 1 ? "goes" : "go";
  return `${counted(pictures, "picture", formats)} ${verb}: ${formats.bytes(bytes)}.`;
}

/** "12 pictures (1.2 MB) stay: no other device has them."; "" when none does. */
export function keptWords({ kept, keptBytes }: ThinPreview, formats: Formats): string {
  if (kept === 0) return "";
  const [verb, them] = kept === 1 ? ["stays", "it"] : ["stay", "them"];
  return `${counted(kept, "picture", formats)} (${
    formats.bytes(keptBytes)
  }) ${verb}: no other device is known to have ${them}.`;
}

function withCurrent(choices: readonly number[], current: number | null): readonly number[] {
  if (current === null || choices.includes(current)) return choices;
  return [...choices, current].sort((a, b) => a - b);
}
