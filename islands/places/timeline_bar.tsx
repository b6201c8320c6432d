import type { Signal } from "@preact/signals";
import { formats } from "../format.ts";
import PlaceIcon from "./place_icon.tsx";
import type { PlaceSnapshot } from "./place_snapshot.ts";
import { indexAt, type Moment, momentAt, momentWords, steppedBy, tickOf } from "./timeline.ts";

interface TimelineBarProps {
  readonly snapshots: readonly PlaceSnapshot[];
  readonly at: Signal<Moment>;
}

/** Back over what was; decisions are ticks above the slider. Buttons beside it: no dragging is needed. */
export default function TimelineBar({ snapshots, at }: TimelineBarProps) {
  const times = snapshots.map(({ atMs }) => atMs);
  const index = indexAt(times, at.value);
  const decisions = snapshots.at(-1)?.decisions ?? [];
  const step = (by: number) => at.value = steppedBy(times, at.value, by);
  return (
    <div class="timeline" role="group" aria-label="Timeline">
      <button
        type="button"
        class="round"
        aria-label="Earlier"
        disabled={index <= 0}
        onClick={() => step(-1)}
      >
        <PlaceIcon name="earlier" />
      </button>
      <div class="timeline-track">
        <svg class="timeline-ticks" aria-hidden="true">
          {decisions.filter(({ atMs }) => atMs >= times[0]).map(({ id, urgency, atMs }) => {
            const x = `${(100 * tickOf(times, atMs)).toFixed(2)}%`;
            return <line key={id} class={urgency} x1={x} x2={x} y1="0" y2="12" />;
          })}
        </svg>
        <input
          type="range"
          aria-label="Moment shown"
          aria-valuetext={`${formats.time(times[index])}, ${momentWords(times, at.value)}`}
          min={0}
          max={times.length - 1}
          value={index}
          onInput={(event) => at.value = momentAt(times, Number(event.currentTarget.value))}
        />
      </div>
      <button
        type="button"
        class="round"
        aria-label="Later"
        disabled={at.value === null}
        onClick={() => step(1)}
      >
        <PlaceIcon name="later" />
      </button>
      <button
        type="button"
        class={at.value === null ? "timeline-live on" : "timeline-live"}
        aria-pressed={at.value === null}
        onClick={() => at.value = null}
      >
        Live
      </button>
    </div>
  );
}
