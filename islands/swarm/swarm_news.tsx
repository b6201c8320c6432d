import type { DecisionLine } from "./decision_lines.ts";

/** Over the map: the decision that just now sent a drone off its way. */
export default function SwarmNews({ line }: { readonly line: DecisionLine | null }) {
  if (!line) return null;
  return <p class="swarm-news">{line.words}</p>;
}
