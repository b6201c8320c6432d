import type { Decision } from "../../field/decide/decision.ts";
import { explain } from "../../field/decide/explain.ts";
import type { Pages } from "../pages.ts";
import { markTiles } from "./asks.ts";
import { type Notifier, notify } from "./notifier.ts";
import type { SharedWorld } from "./shared_world.ts";
import type { WorldFailures } from "./world_failures.ts";

export interface DecisionGiverPorts {
  readonly world: SharedWorld;
  readonly pages: Pick<Pages, "tell" | "changed">;
  readonly notifier: Notifier;
  readonly nameOf: (device: string) => string;
  readonly failures: WorldFailures;
}

/**
 * Gives decisions out: to the pages, which sound and show them, to the system's notifications, to the crew. Each is
 * known by its id, so that one given twice, by a worker that was stopped in between, is done once. Never rejects.
 */
export async function giveDecisions(
  ports: DecisionGiverPorts,
  decisions: readonly Decision[],
): Promise<void> {
  const { world, pages, failures } = ports;
  markTiles(world.agent, decisions);
  await failures.during("showing an alert", async () => {
    for (const decision of decisions) await show(ports, decision);
  });
  await world.decided(decisions);
  pages.changed("world");
}

async function show(
  { pages, notifier, nameOf }: DecisionGiverPorts,
  decision: Decision,
): Promise<void> {
  const utcOffsetMin = -new Date(decision.atMs).getTimezoneOffset();
  const words = explain(decision, { agentName: nameOf, utcOffsetMin });
  await pages.tell({ notice: "decided", decision, words });
  await notify(notifier, decision, words);
}
