import type { ComponentChildren } from "preact";
import { useSignal } from "@preact/signals";
import Icon from "../parts/icon.tsx";
import type { NextStep } from "./next_step.ts";

export interface NextStepCardProps {
  readonly step: NextStep;
  readonly onDemo: () => Promise<void>;
  readonly onPlace: () => void;
  readonly onWatch: () => Promise<void>;
  readonly onDraw: () => void;
  readonly onRule: (on: "zone" | "line", id: string) => void;
}

/** The one thing to do next. */
export default function NextStepCard(props: NextStepCardProps) {
  const busy = useSignal(false);
  const run = (work: () => Promise<void>) => async () => {
    busy.value = true;
    await work().finally(() => busy.value = false);
  };
  const { step } = props;
  switch (step.kind) {
    case "begin":
      return (
        <div class="empty-page next-step">
          <h2>See the whole site from above</h2>
          <p>
            What each device sees is put on one plan, once it is known where its camera stands and
            looks.
          </p>
          <button type="button" class="primary" onClick={props.onPlace}>
            <Icon name="place" />Place this camera
          </button>
          <button type="button" disabled={busy.value} onClick={run(props.onDemo)}>
            <Icon name="demo" />Try it with the demo camera
          </button>
          <p class="hint">
            The demo camera is put in the middle of the plan, three metres up, looking north. It can
            be placed anew at any time.
          </p>
          <a class="more" href="/swarm">Watch five simulated drones share one picture</a>
        </div>
      );
    case "place":
      return (
        <Step words="This device watches, and what it sees is not on the plan yet.">
          <button type="button" class="primary" onClick={props.onPlace}>Place this camera</button>
        </Step>
      );
    case "watch":
      return (
        <Step words="The camera is placed. Nothing is watched just now.">
          <button type="button" class="primary" disabled={busy.value} onClick={run(props.onWatch)}>
            Start watching
          </button>
        </Step>
      );
    case "draw":
      return (
        <Step words="Draw a zone where it matters who comes and goes.">
          <button type="button" class="primary" onClick={props.onDraw}>Draw a zone</button>
        </Step>
      );
    case "rule":
      return (
        <Step words={`No rule goes by ${step.name} yet.`}>
          <button
            type="button"
            class="primary"
            onClick={() => props.onRule(step.on, step.id)}
          >
            Alert when something {step.on === "zone" ? "enters" : "crosses"} it
          </button>
        </Step>
      );
  }
}

interface StepProps {
  readonly words: string;
  readonly children: ComponentChildren;
}

function Step({ words, children }: StepProps) {
  return (
    <div class="next-step row-step">
      <p>{words}</p>
      {children}
    </div>
  );
}
