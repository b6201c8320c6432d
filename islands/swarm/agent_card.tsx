import { Fragment } from "preact";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { keepProblem, keepRules, report } from "../places/world_feed.ts";
import { agentAddress, type AgentChoice, DRONES } from "./agent_choice.ts";
import { scene } from "./agent_state.ts";
import { droneRules } from "./drone_rules.ts";

/** How others come in, and what the crew decides by. */
export default function AgentCard({ choice }: { readonly choice: AgentChoice }) {
  const others = Array.from({ length: DRONES }, (_, drone) => drone)
    .filter((drone) => drone !== choice.drone);
  return (
    <section class="card" aria-labelledby="agent-title">
      <h2 id="agent-title">More drones</h2>
      <ol class="steps">
        <li>
          On{" "}
          <a href="/crew">Crew</a>, invite another device: by link, QR code or codes without a hub.
        </li>
        <li>
          There, open this page as another drone of the same scene:{" "}
          {others.map((drone, index) => (
            <Fragment key={drone}>
              {index > 0 && ", "}
              <a href={agentAddress({ ...choice, drone })}>drone {drone + 1}</a>
            </Fragment>
          ))}.
        </li>
      </ol>
      <GiveRules />
      <p>
        <a class="more" href="/swarm">See five simulated ones instead</a>
      </p>
    </section>
  );
}

/** Decisions follow from the crew's rules: a crew without any decides nothing. */
function GiveRules() {
  const [world, ground] = [report.value, scene.value];
  if (!world || !ground || !world.mayRule || world.rules.rules.length > 0) return null;
  const give = () => keepRules(fieldmesh(), droneRules(ground.groundM), world.origin);
  return (
    <div class="stack">
      <p>Your crew has no rules yet, so nothing is decided.</p>
      <button type="button" onClick={give}>Take the swarm's rules</button>
      {keepProblem.value && <p class="field-problem" role="alert">{keepProblem.value}</p>}
    </div>
  );
}
