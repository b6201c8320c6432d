/** What is going on, for a browser that is a drone itself. Pure. */
import { counted, type Formats } from "../format.ts";
import type { Headline } from "./headline.ts";

export interface AgentSituation {
  /** "Drone 3". */
  readonly name: string;
  readonly isFlying: boolean;
  /** Devices of the crew that are connected now. */
  readonly peers: number;
  readonly objects: number;
  readonly isSent: boolean;
}

export function agentHeadline(now: AgentSituation, formats: Formats): Headline {
  const { name, isFlying, peers, objects, isSent } = now;
  if (!isFlying) return { tone: "info", words: `This browser can be ${name}.` };
  if (isSent) return { tone: "info", words: `You are ${name}, sent for a look.` };
  const seen = counted(objects, "object", formats);
  if (peers === 0) return { tone: "info", words: `You are ${name}, alone: ${seen} on the map.` };
  return {
    tone: "good",
    words: `You are ${name}. ${counted(peers + 1, "device", formats)}, one map: ${seen}.`,
  };
}
