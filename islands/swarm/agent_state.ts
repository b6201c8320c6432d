/** This browser as one drone of its crew. Module state: it flies on while another page is shown. */
import { signal } from "@preact/signals";
import { type Failure, toFailure } from "../../field/errors.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { AgentRun } from "../../page/swarm/agent_run.ts";
import { openSwarmWorker } from "../../page/swarm/open_swarm_worker.ts";
import type { AgentFrame, Begun } from "../../page/swarm/swarm_messages.ts";
import { browserTiming } from "../../page/timing.ts";
import type { Vector } from "../../field/world/world_track.ts";
import { status } from "../live.ts";
import type { AgentChoice } from "./agent_choice.ts";
import { errandFor } from "./errand_for.ts";
import { pictureOf } from "./picture_of.ts";
import type { Look } from "./swarm_state.ts";

/** Who it is; null while it is nobody. */
export const flying = signal<AgentChoice | null>(null);
export const isStarting = signal(false);
export const scene = signal<{ ground: HTMLCanvasElement; groundM: Vector } | null>(null);
export const look = signal<Look | null>(null);
/** Where a decision sent it. */
export const sentTo = signal<Vector | null>(null);
export const agentFailure = signal<Failure | null>(null);

let run: AgentRun | null = null;
/** The frame that the detector has: shown with what it sees in it. */
let lookedAt: Omit<Look, "detections"> | null = null;
let stopHearing: (() => void) | null = null;

export async function fly(choice: AgentChoice): Promise<void> {
  letGo();
  agentFailure.value = null;
  isStarting.value = true;
  try {
    const mine = open(choice);
    run = mine;
    await mine.ready;
    await fieldmesh().start(mine.source(`Drone ${choice.drone + 1}`));
    if (run === mine) hear(choice, mine);
  } catch (thrown) {
    letGo();
    agentFailure.value = toFailure(thrown);
  } finally {
    isStarting.value = false;
  }
}

export async function land(): Promise<void> {
  letGo();
  await fieldmesh().stop();
}

function open({ seed, drone }: AgentChoice): AgentRun {
  return new AgentRun(
    {
      open: openSwarmWorker,
      timing: browserTiming,
      wallMs: Date.now,
      element: document.createElement("canvas"),
      onBegun: takeScene,
      onFrame: takeFrame,
      onFailure(failure) {
        agentFailure.value = failure;
        land().catch(reportError);
      },
    },
    seed,
    drone,
  );
}

/** It flies from now on: until the capture is over, by whatever page ends it. */
function hear(choice: AgentChoice, mine: AgentRun): void {
  flying.value = choice;
  const stops = [
    fieldmesh().on("detections", (found) => {
      if (lookedAt) look.value = { ...lookedAt, detections: found };
    }),
    fieldmesh().on("decided", ({ decision }) => {
      const self = status.value?.device.id;
      const errand = self === undefined ? null : errandFor(self, decision);
      if (errand) mine.sendThere(errand.track, errand.place);
    }),
    fieldmesh().on("capture", (capture) => {
      if (capture?.kind !== "drone" || capture.state === "ended") letGo();
    }),
  ];
  stopHearing = () => stops.forEach((stop) => stop());
}

function letGo(): void {
  stopHearing?.();
  stopHearing = null;
  run?.end();
  run = null;
  flying.value = null;
  lookedAt = null;
  look.value = null;
  sentTo.value = null;
}

function takeScene({ ground, groundM }: Begun): void {
  scene.value = { ground: pictureOf(ground), groundM };
}

function takeFrame(frame: AgentFrame): void {
  lookedAt = { picture: pictureOf(frame), corner: frame.corner };
  sentTo.value = frame.sentTo;
}
