import type { Decision } from "../../field/decide/decision.ts";
import type { Occasion } from "../../field/decide/occasion.ts";
import { FieldError } from "../../field/errors.ts";
import type { Replica } from "../../field/feed/replica.ts";
import { BeatTalk, type HeardAgent } from "../../field/sync/beat_talk.ts";
import type { SyncNode } from "../../field/sync/node.ts";
import { WORLD } from "../../field/sync/topics.ts";
import { WorldTalk } from "../../field/sync/world_talk.ts";
import type { CameraPose } from "../../field/world/camera_pose.ts";
import { KeepPace } from "../../field/world/keep_pace.ts";
import { WorldAgent } from "../../field/world/world_agent.ts";
import type { WorldState } from "../../field/world/world_state.ts";
import type { PlacedDetection } from "../../field/world/world_tracker.ts";
import { CELL } from "./site.ts";
import type { TrackNumbers } from "./track_numbers.ts";
import type { WorldFailures } from "./world_failures.ts";
import type { WorldTime } from "./world_time.ts";

export interface SharedWorldPorts {
  readonly replica: Pick<Replica, "id" | "clock" | "crew" | "keepWorld" | "world">;
  readonly node: Pick<
    SyncNode,
    "publish" | "subscribe" | "connected" | "links" | "reportMalformed" | "announce"
  >;
  readonly time: WorldTime;
  readonly numbers: TrackNumbers;
  readonly failures: WorldFailures;
  /** A restored identity writes nothing yet. */
  readonly isUnconfirmed: () => boolean;
  /** What was decided of late: told to who comes. */
  readonly lately: () => readonly Decision[];
  readonly onDecided: (occasions: readonly Occasion[]) => void;
  /** The world, or who is there, may look different. */
  readonly onChanged: () => void;
}

/** A frame so much older than the one before comes after the clock was set back: the tracker begins anew. */
const SET_BACK_MS = 1_000;
/** Where the disk has refused. */
const KEEP_AGAIN_MS = 10_000;

/** This device's part of the crew's world: what it sees, hears, tells and keeps. */
export class SharedWorld {
  readonly #ports: SharedWorldPorts;
  readonly #beats: BeatTalk;
  readonly #pace: KeepPace;
  readonly #endHearing: () => void;
  #agent: WorldAgent;
  #talk: WorldTalk;
  #seenAtMs = -Infinity;
  #keepAfterMs = -Infinity;
  #isKeeping = false;
  #isTelling = false;
  #wasLinked = false;
  #isEnded = false;

  constructor(ports: SharedWorldPorts, before: WorldState) {
    this.#ports = ports;
    const { node, replica, time, numbers, onChanged } = ports;
    this.#agent = new WorldAgent(replica.id, replica.clock, before, { firstNumber: numbers.first });
    this.#talk = this.#talkOf(this.#agent);
    this.#pace = new KeepPace(this.#agent.own);
    const about = { cell: CELL, self: replica.id, node, nowMs: time.nowMs };
    this.#beats = new BeatTalk({ ...about, onChanged });
    this.#endHearing = node.subscribe(`${WORLD}${CELL}/+/+`, onChanged);
  }

  get agent(): WorldAgent {
    return this.#agent;
  }

  /** Members of the crew that were heard within this time, and this device. */
  agents(withinMs?: number): readonly HeardAgent[] {
    const { crew, id } = this.#ports.replica;
    return this.#beats.agents(withinMs).filter((one) => one.id === id || crew?.members.has(one.id));
  }

  /** Hears and tells nothing any more. */
  end(): void {
    this.#isEnded = true;
    this.#talk.end();
    this.#beats.end();
    this.#endHearing();
  }

  /** Where this device's camera is; null where nobody knows. */
  place(pose: CameraPose | null): void {
    this.#beats.place(pose);
  }

  /** What a frame showed, at a time of the crew's. */
  see(detections: readonly PlacedDetection[], atMs: number): void {
    const { numbers, failures } = this.#ports;
    const next = this.#agent.nextNumber;
    if (numbers.areFew(next)) {
      void failures.during("following what is seen", () => numbers.setAside(next));
    }
    if (!numbers.mayUse(next)) return; // the first frame is over before the disk has answered; later ones while it is full
    if (atMs < this.#seenAtMs - SET_BACK_MS) this.#beginAnew();
    this.#seenAtMs = atMs;
    this.#agent.see(detections, atMs);
  }

  /** What a person does: resolves when it is on disk. Throws `entry-not-allowed` for viewers. */
  async act(does: (agent: WorldAgent) => void): Promise<void> {
    if (this.#isViewer) {
      throw new FieldError(
        "entry-not-allowed",
        "This device only looks on: its role in the crew does not allow it to change the shared picture. Ask an admin for another role.",
      );
    }
    does(this.#agent);
    await this.#keep();
  }

  /** Tells what is due. Resolves in any case. */
  async tell(): Promise<void> {
    const { node, failures } = this.#ports;
    const isLinked = node.connected.size > 0;
    // once more after the last has gone: so it is noticed who comes back
    const isDue = (isLinked || this.#wasLinked) && this.#maySpeak && !this.#isTelling;
    if (!isDue) return;
    this.#wasLinked = isLinked;
    this.#isTelling = true;
    await failures.during("telling the crew what is here", async () => {
      await this.#talk.tell();
      await this.#beats.tell();
    });
    this.#isTelling = false;
  }

  /** Tells the crew what was decided here. Resolves in any case. */
  async decided(decisions: readonly Decision[]): Promise<void> {
    if (!this.#maySpeak || decisions.length === 0) return;
    const trying = "telling the crew what is here";
    await this.#ports.failures.during(trying, () => this.#talk.decided(decisions));
  }

  get hasToKeep(): boolean {
    return this.#mayKeep && this.#pace.isDue(this.#agent.own, Infinity);
  }

  /** Keeps this device's part where it is time for that. Resolves in any case. */
  async keepDue(): Promise<void> {
    const { time, failures } = this.#ports;
    const now = time.nowMs();
    if (this.#isKeeping || !this.#mayKeep || now < this.#keepAfterMs) return;
    if (!this.#pace.isDue(this.#agent.own, now)) return;
    this.#isKeeping = true;
    const isKept = await failures.during("saving the shared picture", () => this.#keep());
    this.#keepAfterMs = isKept ? -Infinity : now + KEEP_AGAIN_MS;
    this.#isKeeping = false;
  }

  /** Takes in what others' feeds say. Resolves in any case. */
  async readFeeds(): Promise<void> {
    const { replica, failures } = this.#ports;
    await failures.during("reading the shared picture", async () => {
      for (const [device, said] of await replica.world(CELL)) {
        if (device !== replica.id) this.#agent.take(device, said);
      }
    });
  }

  async #keep(): Promise<void> {
    const { replica, node, time } = this.#ports;
    const { own } = this.#agent;
    await replica.keepWorld(CELL, own);
    this.#pace.kept(own, time.nowMs());
    await node.announce([replica.id]);
  }

  #beginAnew(): void {
    const { replica } = this.#ports;
    const { state, nextNumber } = this.#agent;
    this.#talk.end();
    this.#agent = new WorldAgent(replica.id, replica.clock, state, { firstNumber: nextNumber });
    this.#talk = this.#talkOf(this.#agent);
    void this.decided(this.#ports.lately());
  }

  #talkOf(agent: WorldAgent): WorldTalk {
    const { node, time, onDecided } = this.#ports;
    return new WorldTalk({ cell: CELL, agent, node, nowMs: time.nowMs, onDecided });
  }

  get #maySpeak(): boolean {
    return this.#ports.replica.crew !== null && !this.#isViewer && !this.#isEnded;
  }

  get #mayKeep(): boolean {
    return !this.#ports.isUnconfirmed() && !this.#isViewer && !this.#isEnded;
  }

  /** Or no member any more. */
  get #isViewer(): boolean {
    const { crew, id } = this.#ports.replica;
    const role = crew?.members.get(id)?.role;
    return crew !== null && (role === undefined || role === "viewer");
  }
}
