import { type Decision } from "../decide/decision.ts";
import { HEARD_MS } from "../decide/decider.ts";
import type { Occasion } from "../decide/occasion.ts";
import type { DeviceId } from "../observation.ts";
import { sendEveryMs } from "../schedule/send_rate.ts";
import type { WorldAgent } from "../world/world_agent.ts";
import { parseAgentWorld } from "../world/world_parse.ts";
import type { HeardMessage } from "./ephemerals.ts";
import type { SyncNode } from "./node.ts";
import { encodeOccasions, parseOccasions } from "./occasion_message.ts";
import { DECIDED, WORLD } from "./topics.ts";

export interface WorldTalkPorts {
  readonly cell: string;
  readonly agent: WorldAgent;
  readonly node: Pick<
    SyncNode,
    "publish" | "subscribe" | "connected" | "links" | "reportMalformed"
  >;
  readonly nowMs: () => number;
  /** What others decided: for `decide`, as `heard`. */
  readonly onDecided: (occasions: readonly Occasion[]) => void;
}

/** Of what it decided, told to who comes. */
const MOST_KEPT = 64;

/**
 * One cell's world over the crew's links: what the agent tells goes out under `world/<cell>/<device>/<part>`, what
 * others tell comes in. Of each part of a telling only the newest waits for a peer. What was decided goes before
 * observations, under `decided/<cell>/<device>`. Nobody can speak there of another (`isOwnTopic`).
 */
export class WorldTalk {
  readonly #ports: WorldTalkPorts;
  readonly #ends: readonly (() => void)[];
  #met: ReadonlySet<DeviceId> = new Set();
  #decided: readonly Occasion[] = [];

  constructor(ports: WorldTalkPorts) {
    this.#ports = ports;
    const { node, cell } = ports;
    this.#ends = [
      node.subscribe(`${WORLD}${cell}/+/+`, (heard) => this.#hear(heard)),
      node.subscribe(`${DECIDED}${cell}/+`, (heard) => this.#hearDecided(heard)),
    ];
  }

  /** Hears nothing any more. */
  end(): void {
    for (const end of this.#ends) end();
  }

  /**
   * Tells what is due, as often as the links bear; to be called with each frame, with each change of links, and about
   * every 30 ms. Rejects with what {@link SyncNode.publish} throws.
   */
  async tell(): Promise<void> {
    const { agent, node, nowMs, cell } = this.#ports;
    const isMet = this.#meet();
    for (const [part, bytes] of agent.tell(nowMs(), sendEveryMs(node.links)).entries()) {
      await node.publish({ topic: `${WORLD}${cell}/${agent.id}/${part}`, bytes });
    }
    if (isMet) await this.#tellDecided(this.#decided);
  }

  /** Tells the crew what this agent decided; its summaries are for its own user alone. */
  async decided(decisions: readonly Decision[]): Promise<void> {
    const occasions = decisions.flatMap(({ occasion }) => occasion ?? []);
    if (occasions.length === 0) return;
    this.#decided = [...this.#decided, ...occasions].slice(-MOST_KEPT);
    await this.#tellDecided(occasions);
  }

  /** True when somebody is there who was not. */
  #meet(): boolean {
    const before = this.#met;
    this.#met = this.#ports.node.connected;
    const isMet = [...this.#met].some((device) => !before.has(device));
    if (isMet) this.#ports.agent.greet();
    return isMet;
  }

  async #tellDecided(occasions: readonly Occasion[]): Promise<void> {
    const { agent, node, nowMs, cell } = this.#ports;
    const fresh = occasions.filter(({ atMs }) => isWithin(nowMs() - atMs, HEARD_MS));
    const topic = `${DECIDED}${cell}/${agent.id}`;
    for (const bytes of encodeOccasions(fresh)) {
      await node.publish({ topic, bytes, critical: true });
    }
  }

  #hear({ from, bytes }: HeardMessage): void {
    const { agent, node, nowMs } = this.#ports;
    if (from === agent.id || agent.hear(from, bytes, nowMs())) return;
    // one whose clock is wrong is honest
    if (!parseAgentWorld(bytes, Infinity)) node.reportMalformed(from);
  }

  #hearDecided({ from, bytes }: HeardMessage): void {
    const { agent, node, onDecided } = this.#ports;
    if (from === agent.id) return;
    const occasions = parseOccasions(bytes);
    if (occasions) onDecided(occasions);
    else node.reportMalformed(from);
  }
}

/** False also for a clock that was set back. */
function isWithin(sinceMs: number, mostMs: number): boolean {
  return sinceMs >= 0 && sinceMs < mostMs;
}
