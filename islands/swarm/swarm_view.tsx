import { useEffect } from "preact/hooks";
import { formats, runningClock } from "../format.ts";
import { decisionLines, newsOf } from "./decision_lines.ts";
import DecisionLog from "./decision_log.tsx";
import DroneRow from "./drone_row.tsx";
import { type Headline, headlineOf } from "./headline.ts";
import HeadlineBar from "./headline_bar.tsx";
import LinkSliders from "./link_sliders.tsx";
import SwarmAbout from "./swarm_about.tsx";
import SwarmDock from "./swarm_dock.tsx";
import SwarmMap from "./swarm_map.tsx";
import SwarmNews from "./swarm_news.tsx";
import SwarmPace from "./swarm_pace.tsx";
import { type ShownSwarm, shownSwarm } from "./swarm_shown.ts";
import SwarmWait from "./swarm_wait.tsx";
import {
  apartSince,
  ground,
  isPlaying,
  links,
  looks,
  report,
  seed,
  showSwarm,
  speed,
} from "./swarm_state.ts";
import type { SwarmReport } from "../../field/swarm/swarm_report.ts";

/** Five simulated drones: what each sees and knows, and what they know together. */
export default function SwarmView() {
  useEffect(() => showSwarm(), []);
  return (
    <div class="swarm">
      <Show />
      <div class="swarm-controls">
        <SwarmDock />
        <LinkSliders links={links} />
      </div>
      <div class="swarm-side">
        {report.value && (
          <DecisionLog lines={decisionLines(report.value.drones)} timeWords={runningClock} />
        )}
        <SwarmAbout report={report.value} seed={seed.value} />
      </div>
    </div>
  );
}

function Show() {
  const [now, scene] = [report.value, ground.value];
  if (!now || !scene || looks.value.size === 0) return <SwarmWait />;
  const swarm = shownSwarm(now);
  return (
    <>
      <HeadlineBar headline={headlineNow(now, swarm)} />
      <div class="swarm-stage">
        <SwarmMap {...{ ground: scene, report: now, swarm, looks: looks.value }} />
        <SwarmPace isPlaying={isPlaying.value} speed={speed.value} />
        <SwarmNews line={newsOf(decisionLines(now.drones), now.atMs)} />
      </div>
      <p class="swarm-key">
        Each drone: <b>what it sees</b>, and <b>its own map</b>.
      </p>
      <ul class="drone-rows" aria-label="The drones: what each sees, and its own map">
        {swarm.drones.map((drone, index) => (
          <DroneRow
            key={drone.id}
            {...{ ground: scene, report: now, drone, look: looks.value.get(drone.number) }}
            isBehindCut={index > 0 && drone.side !== swarm.drones[index - 1].side}
          />
        ))}
      </ul>
    </>
  );
}

function headlineNow(now: SwarmReport, { drones, objects }: ShownSwarm): Headline {
  const { healing, atMs, links } = now;
  return headlineOf({
    drones: drones.length,
    objects: objects.length,
    differing: objects.filter(({ isShared }) => !isShared).length,
    differingForMs: apartSince.value === null ? 0 : atMs - apartSince.value,
    isCut: links.partition,
    healed: healing && { agoMs: atMs - healing.atMs, agreedAfterMs: healing.tookMs },
  }, formats);
}
