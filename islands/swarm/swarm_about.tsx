import type { SwarmReport } from "../../field/swarm/swarm_report.ts";
import { formats } from "../format.ts";

interface SwarmAboutProps {
  readonly report: SwarmReport | null;
  readonly seed: number;
}

/** What is real in it, its figures, and how real browsers fly instead. */
export default function SwarmAbout({ report, seed }: SwarmAboutProps) {
  return (
    <details class="card fold swarm-about">
      <summary>
        <h2>What this is, and how real browsers fly</h2>
      </summary>
      <p>
        Each drone is a device of its own, with its own records, keys and map. Its pictures are cut
        out of one large scene and looked at by the real detector in this browser. What it finds it
        tells the others over simulated links; only what it heard is on its own map.
      </p>
      {report && <Figures report={report} seed={seed} />}
      <p>
        Real browsers can be the drones: open <AgentLink drone={1} />, <AgentLink drone={2} />{" "}
        and so on in devices of one <a href="/crew">crew</a>.
      </p>
    </details>
  );
}

function AgentLink({ drone }: { readonly drone: number }) {
  return <a href={`/swarm?agent=${drone}`}>drone {drone}</a>;
}

function Figures({ report, seed }: { readonly report: SwarmReport; readonly seed: number }) {
  const { drones } = report;
  const bytesPerS = drones.reduce((sum, drone) => sum + drone.bytesPerS, 0) / drones.length;
  const looked = drones.reduce((sum, { frames }) => sum + frames.looked, 0);
  return (
    <dl class="facts">
      <Fact name="Pictures looked at" words={formats.count(looked)} />
      <Fact name="Sent by each" words={`${formats.bytes(bytesPerS)} a second`} />
      <Fact name="Records kept" words={formats.count(Math.max(...drones.map((d) => d.entries)))} />
      <Fact name="Seed" words={String(seed)} />
    </dl>
  );
}

function Fact({ name, words }: { readonly name: string; readonly words: string }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{words}</dd>
    </div>
  );
}
