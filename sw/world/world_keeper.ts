import { HEARD_MS } from "../../field/decide/decider.ts";
import type { Decision } from "../../field/decide/decision.ts";
import { MOST_MS } from "../../field/decide/parse_condition.ts";
import type { RuleSet } from "../../field/decide/rule.ts";
import type { Replica } from "../../field/feed/replica.ts";
import type { CrewRules } from "../../field/feed/rules_record.ts";
import type { PeerBook } from "../../field/sync/peer_book.ts";
import type { CameraPlacement } from "../../field/world/camera_placement.ts";
import type { LatLon } from "../../field/world/plan_frame.ts";
import type { WorldAct, WorldMoment, WorldReport } from "../../field/world_messages.ts";
import type { Look } from "../look.ts";
import type { Pages } from "../pages.ts";
import { markTiles, rateFactor } from "./asks.ts";
import { giveDecisions } from "./decision_giver.ts";
import { doAct } from "./do_act.ts";
import { Hearing } from "./hearing.ts";
import type { Notifier } from "./notifier.ts";
import { movingEye, placeDetections } from "./place_detections.ts";
import { RuleWatch } from "./rule_watch.ts";
import { SharedWorld, type SharedWorldPorts } from "./shared_world.ts";
import { Ticker } from "./ticker.ts";
import { type Trying, WorldFailures } from "./world_failures.ts";
import { momentOf } from "./world_moment.ts";
import type { WorldParts } from "./world_parts.ts";
import { WorldTime } from "./world_time.ts";

export interface WorldKeeperPorts {
  readonly replica:
    & SharedWorldPorts["replica"]
    & Pick<Replica, "found" | "keepRules" | "crewRules">;
  readonly node: SharedWorldPorts["node"] & { readonly book: Pick<PeerBook, "clocksOf"> };
  readonly pages: Pick<Pages, "tell" | "changed">;
  readonly notifier: Notifier;
  readonly nameOf: (device: string) => string;
  /** The device's own clock, ms since the epoch. */
  readonly nowMs: () => number;
  /** Both return what ends them. */
  readonly every: (ms: number, run: () => void) => () => void;
  readonly after: (ms: number, run: () => void) => () => void;
  readonly isUnconfirmed: () => boolean;
  readonly onFailure: (thrown: unknown, trying: Trying) => void;
}

const SECOND_MS = 1_000;
/** What is to be known at once is said six times in 150 ms (`WorldTeller`). */
const PULSE_MS = 40;
/** After anything happened. */
const PULSES_FOR_MS = 1_000;
/** Without a frame for as long, nothing is being watched. */
const WATCHED_FOR_MS = 15_000;
/** Between two reads of what the crew's feeds say: what is there just now comes by messages. */
const READ_EVERY_MS = 3_000;

/**
 * The worker's side of the world: what is seen is placed and shared, what all see is watched by the crew's rules,
 * remembered for a while and told to the pages.
 */
export class WorldKeeper {
  readonly #ports: WorldKeeperPorts;
  readonly #parts: WorldParts;
  readonly #time: WorldTime;
  readonly #hearing: Hearing;
  readonly #failures: WorldFailures;
  readonly #world: SharedWorld;
  readonly #watch: RuleWatch;
  readonly #seconds: Ticker;
  readonly #pulses: Ticker;
  #rules: CrewRules;
  #lookedAtMs = -Infinity;
  #stirredAtMs = -Infinity;
  #endRead: (() => void) | null = null;

  constructor(ports: WorldKeeperPorts, parts: WorldParts) {
    this.#ports = ports;
    this.#parts = parts;
    this.#rules = parts.rules;
    const { replica, node, nowMs, every } = ports;
    this.#time = new WorldTime({ replica, book: node.book, nowMs });
    this.#hearing = new Hearing(this.#time.nowMs());
    this.#failures = new WorldFailures(ports.onFailure);
    this.#world = this.#sharedWorld();
    this.#watch = this.#ruleWatch();
    this.#seconds = new Ticker({
      ...{ every, everyMs: SECOND_MS, run: () => this.#tick(), isNeeded: () => this.#isLive },
    });
    this.#pulses = new Ticker({
      ...{ every, everyMs: PULSE_MS, run: () => void this.#world.tell() },
      isNeeded: () => isWithin(nowMs() - this.#stirredAtMs, PULSES_FOR_MS),
    });
    this.#world.place(parts.camera.placement?.pose ?? null);
    if (parts.thrown !== undefined) {
      this.#failures.failed(parts.thrown, "reading the shared picture");
    }
  }

  /** Goes on with what a worker before this one had begun: what it had decided is given out. */
  async resume(): Promise<void> {
    markTiles(this.#world.agent, this.#parts.book.decisions);
    await this.#watch.resume();
    await this.#world.decided(this.#lately());
    this.#stir();
  }

  /** Ends all that goes on by itself. */
  close(): void {
    this.#seconds.stop();
    this.#pulses.stop();
    this.#endRead?.();
    this.#world.end();
    void this.#watch.end();
  }

  // ---------------------------------------------------------------- what happens

  /** A frame was looked at. Does not throw. */
  looked(look: Look): void {
    this.#lookedAtMs = this.#ports.nowMs();
    if (look.pose) this.#world.place(look.pose);
    const eye = look.pose ? movingEye(look.pose) : this.#parts.camera.eye;
    if (!eye) return;
    this.#world.see(placeDetections(eye, look), this.#time.of(look.atMs));
    this.#stir();
  }

  /** Somebody came or went. */
  linksChanged(): void {
    this.#time.update();
    void this.#world.tell();
    this.#stir();
  }

  /** Entries came: what they say of the world is read soon. */
  feedsGrew(): void {
    this.#endRead ??= this.#ports.after(READ_EVERY_MS, () => {
      this.#endRead = null;
      void this.#world.readFeeds().then(() => this.#stir());
    });
  }

  /** Members, roles or rules are others. Resolves in any case. */
  async crewChanged(): Promise<void> {
    await this.#failures.during("reading the shared picture", async () => {
      this.#rules = await this.#ports.replica.crewRules();
    });
    this.#stir();
  }

  /** How often this device is to look, of the usual rate. */
  rateFactor(): number {
    return rateFactor(this.#parts.book.decisions, this.#ports.replica.id, this.#time.nowMs());
  }

  // ---------------------------------------------------------------- what pages ask

  report(): WorldReport {
    const { crew, id } = this.#ports.replica;
    const failure = this.#failures.first;
    return {
      now: this.#moment(),
      decisions: this.#parts.book.decisions,
      rules: this.#rules.set,
      origin: this.#rules.origin,
      mayRule: crew === null || crew.members.get(id)?.role === "admin",
      camera: this.#parts.camera.placement,
      ...failure && { failure },
    };
  }

  /** Oldest first. Rejects with what the store throws. */
  past(fromMs: number): Promise<readonly WorldMoment[]> {
    return this.#parts.past.since(fromMs, this.#time.nowMs());
  }

  /** Resolves when it is on disk. Throws what {@link KeptCamera.place} throws. */
  async placeCamera(placement: CameraPlacement | null): Promise<void> {
    await this.#parts.camera.place(placement);
    this.#world.place(placement?.pose ?? null);
    this.#stir();
  }

  /** Resolves when they are on disk. Throws `not-admin`. */
  async keepRules(set: RuleSet, origin: LatLon | null): Promise<void> {
    const { replica, node } = this.#ports;
    await replica.found();
    await replica.keepRules(set, origin);
    await this.crewChanged();
    await node.announce([replica.id]);
  }

  /** Resolves when it is on disk. Throws `entry-not-allowed`, and `bad-message` for a place beyond the tiles. */
  async act(act: WorldAct): Promise<void> {
    await doAct(this.#world, act);
    this.#stir();
  }

  // ---------------------------------------------------------------- what goes on

  /** Something may have changed: it is told, judged and shown. */
  #stir(): void {
    this.#stirredAtMs = this.#ports.nowMs();
    this.#pulses.wake();
    this.#seconds.wake();
    this.#watch.look();
    this.#ports.pages.changed("world");
  }

  #tick(): void {
    this.#time.update();
    this.#hearing.tick(this.#time.nowMs());
    void this.#world.tell();
    void this.#world.keepDue();
    this.#watch.look();
    this.#remember();
    if (this.#isShown) this.#ports.pages.changed("world");
  }

  #remember(): void {
    const { past } = this.#parts;
    if (!past.isDue(this.#time.nowMs())) return;
    void this.#failures.during("remembering the last minutes", () => past.note(this.#moment()));
  }

  #moment(): WorldMoment {
    const atMs = this.#time.nowMs();
    const { nameOf } = this.#ports;
    return momentOf({ atMs, agent: this.#world.agent, agents: this.#world.agents(), nameOf });
  }

  /** Something in it moves or ages. */
  get #isShown(): boolean {
    return this.#world.agents().length > 1 ||
      this.#world.agent.view(this.#time.nowMs()).length > 0;
  }

  get #isLive(): boolean {
    const isWatched = isWithin(this.#ports.nowMs() - this.#lookedAtMs, WATCHED_FOR_MS);
    return isWatched || this.#ports.node.connected.size > 0 || this.#isShown ||
      this.#watch.isWaiting || this.#world.hasToKeep;
  }

  #lately(): readonly Decision[] {
    const now = this.#time.nowMs();
    return this.#parts.book.decisions.filter(({ atMs }) => isWithin(now - atMs, HEARD_MS));
  }

  #sharedWorld(): SharedWorld {
    const { numbers, before } = this.#parts;
    return new SharedWorld({
      ...this.#ports,
      ...{ time: this.#time, numbers, failures: this.#failures },
      lately: () => this.#lately(),
      onDecided: (occasions) => {
        this.#watch.hear(occasions);
        this.#seconds.wake();
      },
      onChanged: () => this.#stir(),
    }, before);
  }

  #ruleWatch(): RuleWatch {
    const { after, pages, notifier, nameOf } = this.#ports;
    const [world, failures, { nowMs }] = [this.#world, this.#failures, this.#time];
    const trying = "saving what was decided";
    return new RuleWatch({
      ...{ book: this.#parts.book, rules: () => this.#rules.set, nowMs, after },
      inputs: () => ({
        tracks: world.agent.view(nowMs()),
        agents: this.#hearing.beats(world.agents(MOST_MS), nowMs()),
        anomalies: [],
      }),
      give: (decisions) => giveDecisions({ world, pages, notifier, nameOf, failures }, decisions),
      onFailure: (thrown) => failures.failed(thrown, trying),
      onWell: () => failures.well(trying),
    });
  }
}

/** False also for a clock that was set back. */
function isWithin(sinceMs: number, mostMs: number): boolean {
  return sinceMs >= 0 && sinceMs < mostMs;
}
