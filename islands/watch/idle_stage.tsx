import { broken, status } from "../live.ts";
import Mark from "../parts/mark.tsx";
import Storing from "../parts/storing.tsx";
import { choice, problem, start, starting } from "./control.ts";
import StartProblem from "./start_problem.tsx";

/** Before a watch: what the app does, and the way in for a device without a camera. */
export default function IdleStage() {
  if (problem.value) {
    return (
      <div class="stage idle">
        <StartProblem failure={problem.value} />
      </div>
    );
  }
  const firstRun = status.value === null || status.value.saved === 0;
  return (
    <div class="stage idle">
      <div class="idle-text">
        <Mark />
        {firstRun ? <FirstRun /> : <p class="idle-title">Ready to watch</p>}
        {choice.value === "demo"
          ? <p>The demo camera is a moving scene made from four pictures.</p>
          : !firstRun && <p>Stand the device still, point it, and start.</p>}
        {choice.value !== "demo" && (
          <button
            type="button"
            class="quiet"
            disabled={starting.value}
            onClick={() => start("demo")}
          >
            {firstRun ? "No camera? Start the demo" : "Start the demo camera"}
          </button>
        )}
      </div>
      {status.value === null && broken.value === null && <Storing />}
    </div>
  );
}

function FirstRun() {
  return (
    <>
      <p class="idle-title">See what comes by</p>
      <ol class="steps">
        <li>Stand this device still and point it.</li>
        <li>Start. It names what it sees, with no network.</li>
        <li>Each thing seen is saved here and shared with your crew.</li>
      </ol>
    </>
  );
}
