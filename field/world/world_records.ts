/**
 * An agent's part of the world as it is kept: records of its own document, `world/<cell>`, each a part of what it
 * says and readable by itself. Only what changed is written, and the document has four keys for good.
 */
import type { Bytes } from "../bytes.ts";
import { encodeAgentWorld } from "./world_codec.ts";
import { type AgentWorld, EMPTY_AGENT } from "./world_state.ts";
import { parseAgentWorld } from "./world_parse.ts";

export interface WorldRecord {
  readonly key: string;
  readonly value: Bytes;
}

const PARTS = ["tracks", "removals", "confirmations", "tiles"] as const;

/** The records in which `own` differs from what was `written` before. */
export function worldRecords(
  own: AgentWorld,
  written: AgentWorld = EMPTY_AGENT,
): readonly WorldRecord[] {
  return PARTS.filter((part) => own[part] !== written[part]).map((key) => ({
    key,
    value: encodeAgentWorld({ ...EMPTY_AGENT, [key]: own[key] }),
  }));
}

/** What a record says of its document's owner; null when it is none. `nowMs` as for `parseAgentWorld`. */
export function parseWorldRecord({ key, value }: WorldRecord, nowMs: number): AgentWorld | null {
  const said = parseAgentWorld(value, nowMs);
  const part = PARTS.find((one) => one === key);
  return said && part ? { ...EMPTY_AGENT, [part]: said[part] } : null;
}
