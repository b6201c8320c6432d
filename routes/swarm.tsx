import Island from "../islands/_island.tsx";

export const title = "Swarm";

export default function SwarmPage() {
  return <Island name="Swarm" />;
}
