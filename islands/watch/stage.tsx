import { useLayoutEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import type { Capture } from "../../page/fieldmesh.ts";
import { capture, detections, status } from "../live.ts";
import { runningClock } from "../format.ts";
import { useNow } from "../parts/use_now.ts";
import Boxes from "./boxes_view.tsx";
import { problem } from "./control.ts";
import EngineChip from "./engine_chip.tsx";
import IdleStage from "./idle_stage.tsx";
import StartProblem from "./start_problem.tsx";
import { usePace } from "./use_pace.ts";

/** The live picture with what the detector sees in it; before a watch, what to do. */
export default function Stage() {
  const live = capture.value;
  if (!live || live.state === "ended") return <IdleStage />;
  return (
    <>
      <LiveStage live={live} />
      {problem.value && <StartProblem failure={problem.value} />}
    </>
  );
}

function LiveStage({ live }: { readonly live: Capture }) {
  const picture = useRef<HTMLDivElement>(null);
  const ratio = useSignal(ratioOf(live.element));
  const pace = usePace();
  useLayoutEffect(() => showElement(picture.current, live, ratio), [live.element]);
  return (
    <div class="stage live" data-kind={live.kind}>
      <div
        class="picture"
        ref={picture}
        style={{ "--ratio": String(ratio.value) }}
        role="img"
        aria-label={`Live picture: ${live.name}`}
      />
      <div class="overlay" style={{ "--ratio": String(ratio.value) }}>
        <Boxes found={detections} />
      </div>
      <div class="readings">
        <WatchingChip live={live} />
        <EngineChip engine={status.value?.engine} pace={pace.value} />
      </div>
    </div>
  );
}

function WatchingChip({ live }: { readonly live: Capture }) {
  const now = useNow(1_000);
  const paused = live.state === "paused";
  return (
    <span class="chip">
      <i class={paused ? "dot hollow" : "dot live"} />
      {paused ? "Paused" : "Watching"} <b>{runningClock(now.value - live.since)}</b>
    </span>
  );
}

/** Width over height of what the element shows; 4:3 until it is known. */
function ratioOf(element: Capture["element"]): number {
  const [width, height] = element instanceof HTMLVideoElement
    ? [element.videoWidth, element.videoHeight]
    : [element.width, element.height];
  return width > 0 && height > 0 ? width / height : 4 / 3;
}

/** Puts the picture's element into the view and follows its shape: a phone may be turned. */
function showElement(
  view: HTMLElement | null,
  { element }: Capture,
  ratio: Signal<number>,
): (() => void) | undefined {
  if (!view) return;
  const measure = () => void (ratio.value = ratioOf(element));
  view.replaceChildren(element);
  measure();
  element.addEventListener("loadedmetadata", measure);
  element.addEventListener("resize", measure);
  return () => {
    element.removeEventListener("loadedmetadata", measure);
    element.removeEventListener("resize", measure);
    // Another view may have taken it over already.
    if (element.parentNode === view) element.remove();
  };
}
