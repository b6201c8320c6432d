import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { type AgentChoice, agentChoice } from "./swarm/agent_choice.ts";
import AgentView from "./swarm/agent_view.tsx";
import SwarmView from "./swarm/swarm_view.tsx";
import SwarmWait from "./swarm/swarm_wait.tsx";

/** Drones that share one picture of the world: five simulated ones, or (`?agent=3`) this browser as one. */
export default function Swarm() {
  // what the hub renders for all knows no address yet
  const choice = useSignal<AgentChoice | null | undefined>(undefined);
  useEffect(() => void (choice.value = agentChoice(location.search)), []);
  if (choice.value === undefined) return <SwarmWait />;
  return choice.value ? <AgentView choice={choice.value} /> : <SwarmView />;
}
