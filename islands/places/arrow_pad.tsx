import type { ComponentChildren } from "preact";
import type { Signal } from "@preact/signals";
import { capitalised } from "../format.ts";
import PlaceIcon, { type PlaceIconName } from "./place_icon.tsx";

const STEPS_MM = [100, 1_000, 10_000];

const ARROWS: readonly (readonly [PlaceIconName, string, number, number])[] = [
  ["up", "north", 0, 1],
  ["left", "west", -1, 0],
  ["right", "east", 1, 0],
  ["down", "south", 0, -1],
];

interface ArrowPadProps {
  /** What the arrows move, and where it is. */
  readonly what: string;
  readonly at: string;
  readonly stepMm: Signal<number>;
  /** Steps east and north: −1, 0 or 1. */
  readonly onGo: (east: number, north: number) => void;
  /** The button in the middle of the arrows. */
  readonly middle?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** What a finger does on the plan, by buttons (WCAG 2.2, 2.5.7 "Dragging Movements"). */
export default function ArrowPad({ what, at, stepMm, onGo, middle, children }: ArrowPadProps) {
  return (
    <div class="outline-pad">
      <div class="pad-arrows" role="group" aria-label={`Move: ${what}`}>
        {ARROWS.map(([name, wind, east, north]) => (
          <button
            key={name}
            type="button"
            class={`pad-${name}`}
            aria-label={capitalised(wind)}
            onClick={() => onGo(east, north)}
          >
            <PlaceIcon name={name} />
          </button>
        ))}
        {middle}
      </div>
      <div class="pad-side">
        <p aria-live="polite">
          <strong>{what}</strong>
          <br />
          {at}
        </p>
        <Steps stepMm={stepMm} />
        {children}
      </div>
    </div>
  );
}

function Steps({ stepMm }: Pick<ArrowPadProps, "stepMm">) {
  return (
    <div class="pad-steps" role="group" aria-label="Step of the arrows">
      {STEPS_MM.map((mm) => (
        <button
          key={mm}
          type="button"
          aria-pressed={stepMm.value === mm}
          onClick={() => stepMm.value = mm}
        >
          {mm / 1000} m
        </button>
      ))}
    </div>
  );
}
