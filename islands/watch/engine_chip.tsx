import type { EngineStatus } from "../../field/messages.ts";
import { formats } from "../format.ts";
import { looksWords, type Pace } from "./pace.ts";

export interface EngineChipProps {
  readonly engine?: EngineStatus;
  /** Null while it is not known. */
  readonly pace: Pace | null;
}

/** What looks, how long a look takes, and how often there is one: the model rests while nothing moves. */
export default function EngineChip({ engine, pace }: EngineChipProps) {
  if (!engine) return null;
  if (engine.state === "loading") return <span class="chip">Loading {engine.model} …</span>;
  if (engine.state === "failed") {
    return (
      <span class="chip">
        <i class="dot bad" />Detector failed
      </span>
    );
  }
  return (
    <span class="chip">
      {engine.model}
      {pace?.kind === "still"
        ? <span>nothing moves</span>
        : <Looking engine={engine} pace={pace} />}
    </span>
  );
}

interface LookingProps {
  readonly engine: EngineStatus;
  readonly pace: Extract<Pace, { kind: "moving" }> | null;
}

function Looking({ engine: { p50Ms }, pace }: LookingProps) {
  const looks = pace && looksWords(pace.looksPerSecond);
  return (
    <>
      <span>
        <b>{p50Ms === null ? "–" : formats.count(Math.round(p50Ms))}</b> ms
      </span>
      {looks && (
        <span>
          <b>{formats.count(looks.figure)}</b> {looks.unit}
        </span>
      )}
    </>
  );
}
