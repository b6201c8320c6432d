import type { DeviceId } from "../observation.ts";
import { sendEveryMs } from "../schedule/send_rate.ts";
import { asTold, encodeBeat, parseBeat } from "../world/agent_beat.ts";
import type { CameraPose } from "../world/camera_pose.ts";
import { MOST_AGENTS } from "../world/world_state.ts";
import type { HeardMessage } from "./ephemerals.ts";
import type { SyncNode } from "./node.ts";
import { BEAT } from "./topics.ts";

export interface BeatTalkPorts {
  readonly cell: string;
  readonly self: DeviceId;
  readonly node: Pick<
    SyncNode,
    "publish" | "subscribe" | "connected" | "links" | "reportMalformed"
  >;
  /** ms since the epoch, corrected as in `../world/world_agent.ts`. */
  readonly nowMs: () => number;
  /** Somebody new is there, or stands elsewhere. */
  readonly onChanged: () => void;
}

/** An agent of the cell. */
export interface HeardAgent {
  readonly id: DeviceId;
  readonly pose: CameraPose | null;
  /** When something was heard of it last, ms since the epoch. */
  readonly lastAtMs: number;
}

/** Without news it is said so often that one is there. */
export const BEAT_EVERY_MS = 10_000;
/** A camera that moves: five times a second, where the links bear it. */
export const MOVED_EVERY_MS = 200;
/** An agent of which nothing was heard for longer is not listed, unless it is asked for. */
export const FORGET_AGENT_MS = 5 * 60_000;

/**
 * Who is there in a cell, and where: each agent says so of itself under `beat/<cell>/<device>`, where nobody can
 * speak of another (`isOwnTopic`); the last word of each is kept for who comes later. Whoever is lost stays in the
 * list for a while, with when it was heard last.
 */
export class BeatTalk {
  readonly #ports: BeatTalkPorts;
  readonly #end: () => void;
  readonly #heard = new Map<DeviceId, HeardAgent>();
  #met: ReadonlySet<DeviceId> = new Set();
  #pose: CameraPose | null = null;
  /** The pose that was told last; undefined before the first time. */
  #told: CameraPose | null | undefined;
  #toldAtMs = -Infinity;

  constructor(ports: BeatTalkPorts) {
    this.#ports = ports;
    this.#end = ports.node.subscribe(`${BEAT}${ports.cell}/+`, (heard) => this.#hear(heard));
  }

  /** Hears nothing any more. */
  end(): void {
    this.#end();
  }

  /**
   * Where this device's camera is, null without one: told by the next {@link tell}. Throws for a pose beyond the
   * bounds (`../world/pose_bounds.ts`).
   */
  place(pose: CameraPose | null): void {
    const told = pose && asTold(pose);
    if (!isSamePose(told, this.#pose)) this.#pose = told;
  }

  /**
   * Tells what is due; to be called where something may be, and once a second. Rejects with what
   * {@link SyncNode.publish} throws.
   */
  async tell(): Promise<void> {
    const { node, nowMs, cell, self } = this.#ports;
    const [isMet, now, pose] = [this.#meet(), nowMs(), this.#pose];
    const movedMs = Math.max(MOVED_EVERY_MS, sendEveryMs(node.links));
    const everyMs = pose === this.#told ? BEAT_EVERY_MS : movedMs;
    if (!isMet && isWithin(now - this.#toldAtMs, everyMs)) return;
    this.#toldAtMs = now;
    const bytes = encodeBeat({ atMs: now, pose });
    await node.publish({ topic: `${BEAT}${cell}/${self}`, bytes, retain: true });
    this.#told = pose;
  }

  /** Those heard within this time, this one among them, in the order of their ids. */
  agents(withinMs = FORGET_AGENT_MS): readonly HeardAgent[] {
    const { self, nowMs } = this.#ports;
    const now = nowMs();
    const others = [...this.#heard.values()].filter(({ lastAtMs }) => now - lastAtMs <= withinMs);
    return [...others, { id: self, pose: this.#pose, lastAtMs: now }]
      .sort((a, b) => a.id < b.id ? -1 : 1);
  }

  /** True when somebody is there who was not. */
  #meet(): boolean {
    const before = this.#met;
    this.#met = this.#ports.node.connected;
    return [...this.#met].some((device) => !before.has(device));
  }

  #hear({ from, bytes }: HeardMessage): void {
    const { self, node, nowMs, onChanged } = this.#ports;
    if (from === self) return;
    const said = parseBeat(bytes);
    if (!said) return node.reportMalformed(from);
    // of who is linked it comes straight; of another it may have been kept by somebody for a while
    const lastAtMs = node.connected.has(from) ? nowMs() : Math.min(nowMs(), said.atMs);
    const before = this.#heard.get(from);
    this.#heard.delete(from);
    this.#heard.set(from, { id: from, pose: said.pose, lastAtMs });
    if (this.#heard.size >= MOST_AGENTS) this.#forgetOne();
    if (!before || !isSamePose(before.pose, said.pose)) onChanged();
  }

  /** The one heard longest ago: with this device there are as many as a world holds. */
  #forgetOne(): void {
    const [longest] = this.#heard.keys();
    this.#heard.delete(longest);
  }
}

function isSamePose(a: CameraPose | null, b: CameraPose | null): boolean {
  if (!a || !b) return a === b;
  return a.position[0] === b.position[0] && a.position[1] === b.position[1] &&
    a.heightM === b.heightM && a.headingDeg === b.headingDeg && a.tiltDeg === b.tiltDeg &&
    a.fovDeg === b.fovDeg && a.aspect === b.aspect && a.rangeM === b.rangeM;
}

/** False also for a clock that was set back. */
function isWithin(sinceMs: number, mostMs: number): boolean {
  return sinceMs >= 0 && sinceMs < mostMs;
}
