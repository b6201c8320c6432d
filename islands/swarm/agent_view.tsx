import { useEffect } from "preact/hooks";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { formats } from "../format.ts";
import { broken, status } from "../live.ts";
import Icon from "../parts/icon.tsx";
import Message from "../parts/message.tsx";
import { sentenceOf } from "../places/place_lists.tsx";
import { followWorld, report } from "../places/world_feed.ts";
import AgentCard from "./agent_card.tsx";
import type { AgentChoice } from "./agent_choice.ts";
import { agentHeadline } from "./agent_headline.ts";
import AgentMap from "./agent_map.tsx";
import { agentFailure, fly, flying, isStarting, land, look, scene, sentTo } from "./agent_state.ts";
import CropTile from "./crop_tile.tsx";
import DecisionLog from "./decision_log.tsx";
import HeadlineBar from "./headline_bar.tsx";

/** This browser as a drone: what it sees, and the map that it shares with its crew over real links. */
export default function AgentView({ choice }: { readonly choice: AgentChoice }) {
  useEffect(() => followWorld(fieldmesh()), []);
  const world = report.value;
  const self = status.value?.device.id;
  const isFlying = flying.value !== null;
  return (
    <div class="swarm swarm-agent">
      <HeadlineBar
        headline={agentHeadline({
          name: `Drone ${(flying.value ?? choice).drone + 1}`,
          isFlying,
          peers: status.value?.peers.filter(({ connected }) => connected).length ?? 0,
          objects: world?.now.tracks.length ?? 0,
          isSent: sentTo.value !== null,
        }, formats)}
      />
      {scene.value
        ? (
          <div class="swarm-stage">
            <AgentMap
              {...{ ...scene.value, look: look.value, self, sentTo: sentTo.value }}
              world={world?.now ?? null}
            />
          </div>
        )
        : <Ready />}
      {look.value && (
        <div class="agent-crop">
          <CropTile look={look.value} />
          <p class="swarm-key">What this drone sees, and what its detector finds in it.</p>
        </div>
      )}
      <div class="swarm-controls">
        <AgentDock choice={choice} />
      </div>
      <div class="swarm-side">
        <DecisionLog lines={decisions()} timeWords={formats.minute} />
        <AgentCard choice={choice} />
      </div>
    </div>
  );
}

function decisions() {
  const world = report.value;
  if (!world) return [];
  const names = new Map(world.now.agents.map(({ id, name }) => [id, name]));
  const nameOf = (agent: string) => names.get(agent) ?? agent.slice(0, 4);
  return world.decisions.toReversed().map((decision) => ({
    ...{ id: decision.id, atMs: decision.atMs, isErrand: false },
    words: sentenceOf(decision, nameOf),
  }));
}

function Ready() {
  const problem = broken.value ?? agentFailure.value;
  return (
    <div class="swarm-wait">
      {problem
        ? (
          <Message tone="problem" title="The drone cannot fly">
            <p>{problem.message}</p>
          </Message>
        )
        : (
          <p>
            It flies over a scene made of pictures. What it sees is looked at and recorded by this
            device, as from a camera, and shared with its crew.
          </p>
        )}
    </div>
  );
}

function AgentDock({ choice }: { readonly choice: AgentChoice }) {
  return (
    <div class="dock two-actions swarm-dock">
      {flying.value
        ? (
          <button type="button" class="main-action stop" onClick={() => void land()}>
            <Icon name="stop" />Land
          </button>
        )
        : (
          <button
            type="button"
            class="main-action"
            disabled={isStarting.value || broken.value !== null}
            onClick={() => void fly(choice)}
          >
            {isStarting.value ? "Taking off …" : `Fly as drone ${choice.drone + 1}`}
          </button>
        )}
      <a class="button side" href="/crew">
        <Icon name="crew" />
        <span class="side-label">Invite</span>
      </a>
    </div>
  );
}
