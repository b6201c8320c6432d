/** The swarm of this page, as signals: begun when its view is shown, ended when it goes. */
import { batch, effect, signal } from "@preact/signals";
import type { Failure } from "../../field/errors.ts";
import type { SwarmReport } from "../../field/swarm/swarm_report.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { openSwarmWorker } from "../../page/swarm/open_swarm_worker.ts";
import type { Begun, Reported } from "../../page/swarm/swarm_messages.ts";
import { type Looked, SwarmRun } from "../../page/swarm/swarm_run.ts";
import { SCENE_SEED } from "./agent_choice.ts";
import { FIRST_LINKS, linkSettings } from "./link_choice.ts";
import { pictureOf } from "./picture_of.ts";
import { differingSince } from "./differing_since.ts";

/** What a drone's camera showed last, and what the detector saw in it. */
export interface Look extends Pick<Looked, "detections" | "corner"> {
  readonly picture: HTMLCanvasElement;
}

export const seed = signal(SCENE_SEED);
export const links = signal(FIRST_LINKS);
export const isPlaying = signal(true);
/** The ground with nothing on it; null until the swarm has begun. */
export const ground = signal<HTMLCanvasElement | null>(null);
export const report = signal<SwarmReport | null>(null);
/** Since when some maps are not alike, ms of the swarm's time; null while all are. */
export const apartSince = signal<number | null>(null);
/** Simulated over real time. */
export const speed = signal(1);
/** By the drone's number. */
export const looks = signal<ReadonlyMap<number, Look>>(new Map());
export const failure = signal<Failure | null>(null);

let run: SwarmRun | null = null;

/** Begins a swarm, and goes by what the user chooses. Returns what ends it. */
export function showSwarm(): () => void {
  const stop = [
    effect(() => begin(seed.value)),
    effect(() => run?.setLinks(linkSettings(links.value))),
    effect(() => goOn(isPlaying.value)),
  ];
  const onVisibility = () => goOn();
  document.addEventListener("visibilitychange", onVisibility);
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    stop.forEach((one) => one());
    end();
  };
}

/** Another ground and other things on it, with all drones linked: else rules would not reach them all. */
export function beginAnew(): void {
  links.value = { ...links.peek(), isCut: false };
  seed.value = 1 + Math.floor(Math.random() * 9_999);
}

export function tryAgain(): void {
  begin(seed.peek());
}

function begin(from: number): void {
  end();
  batch(() => {
    ground.value = null;
    report.value = null;
    failure.value = null;
    looks.value = new Map();
    speed.value = 1;
  });
  run = new SwarmRun(
    {
      open: openSwarmWorker,
      detect: async (pictures) => (await fieldmesh().inferBatch(pictures)).detections,
      onBegun: takeGround,
      onReport: takeReport,
      onLooked: takeLooks,
      onFailure: (told) => failure.value = told,
    },
    from,
    linkSettings(links.peek()),
  );
  goOn();
}

function end(): void {
  run?.end();
  run = null;
}

/** A page that nobody looks at lets time stand still. */
function goOn(isWanted = isPlaying.peek()): void {
  run?.run(isWanted && !document.hidden);
}

function takeGround({ ground: pixels }: Begun): void {
  ground.value = pictureOf(pixels);
}

function takeReport(told: Reported): void {
  batch(() => {
    apartSince.value = differingSince(apartSince.peek(), told.report);
    report.value = told.report;
    speed.value = told.speed;
  });
}

function takeLooks(looked: readonly Looked[]): void {
  const all = new Map(looks.peek());
  for (const { drone, detections, corner, ...pixels } of looked) {
    all.set(drone, { detections, corner, picture: pictureOf(pixels, all.get(drone)?.picture) });
  }
  looks.value = all;
}
