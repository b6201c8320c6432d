/** Which drone a browser is, by the page's address. Pure. */

export interface AgentChoice {
  /** The drone's number, from 0; called from 1 on. */
  readonly drone: number;
  readonly seed: number;
}

/** The whole scene is made for so many. */
export const DRONES = 5;
export const SCENE_SEED = 7;

/** Of `?agent=3&seed=7`: any whole number, counted round. Null without one: this page shows a simulation. */
export function agentChoice(search: string): AgentChoice | null {
  const query = new URLSearchParams(search);
  const agent = wholeNumber(query.get("agent"));
  if (agent === null) return null;
  const drone = ((agent - 1) % DRONES + DRONES) % DRONES;
  return { drone, seed: wholeNumber(query.get("seed")) ?? SCENE_SEED };
}

export function agentAddress({ drone, seed }: AgentChoice): string {
  return `/swarm?agent=${drone + 1}&seed=${seed}`;
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) : null;
}
