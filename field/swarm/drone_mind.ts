import type { Ask } from "../decide/actions.ts";
import { type DecideState, EMPTY_STATE } from "../decide/decide_state.ts";
import { decide, MOST_HEARD } from "../decide/decider.ts";
import type { Decision } from "../decide/decision.ts";
import { explain } from "../decide/explain.ts";
import type { Occasion } from "../decide/occasion.ts";
import { NO_RULES, type RuleSet } from "../decide/rule.ts";
import type { DeviceId } from "../observation.ts";
import type { HeardAgent } from "../sync/beat_talk.ts";
import type { WorldTrack } from "../world/world_track.ts";
import type { SpokenDecision } from "./swarm_report.ts";

export interface MindPorts {
  readonly self: DeviceId;
  readonly beganMs: number;
  readonly nameOf: (device: DeviceId) => string;
}

/** What a drone has decided just now. */
export interface Decided {
  /** Not what it only heard of: to be told to the others. */
  readonly own: readonly Decision[];
  /** That it does itself. */
  readonly asks: readonly { readonly ask: Ask; readonly occasion: Occasion }[];
}

/** That a drone decided something: for measures. Times are ms since the epoch. */
export interface DecisionMade {
  readonly id: string;
  readonly drone: DeviceId;
  readonly atMs: number;
  /** Of the frame that it rests on, whoever took it. */
  readonly seenAtMs: number;
  /** False: it heard that another decided it. */
  readonly isOwn: boolean;
}

const MOST_SPOKEN = 20;

/** One drone's decisions: by the crew's rules as they came to it, of the world as it knows it. */
export class DroneMind {
  rules: RuleSet = NO_RULES;
  readonly #ports: MindPorts;
  #state: DecideState = EMPTY_STATE;
  #heard: readonly Occasion[] = [];
  #spoken: readonly SpokenDecision[] = [];
  readonly #made: DecisionMade[] = [];

  constructor(ports: MindPorts) {
    this.#ports = ports;
  }

  /** Oldest first. */
  get spoken(): readonly SpokenDecision[] {
    return this.#spoken;
  }

  /** All of them; summaries for its user, of which it has none, left out. */
  get made(): readonly DecisionMade[] {
    return this.#made;
  }

  /** What others decided. */
  hear(occasions: readonly Occasion[]): void {
    this.#heard = [...this.#heard, ...occasions].slice(-MOST_HEARD);
  }

  decide(tracks: readonly WorldTrack[], agents: readonly HeardAgent[], nowMs: number): Decided {
    const heard = this.#heard;
    this.#heard = [];
    const beats = agents.map(({ id, pose, lastAtMs }) => ({
      ...{ agent: id, atMs: lastAtMs, position: pose?.position ?? null },
    }));
    const inputs = { tracks, agents: beats, anomalies: [], heard, nowMs };
    const { state, decisions } = decide(this.#state, this.rules, inputs);
    this.#state = state;
    const asks = decisions.flatMap((one) => this.#asksOf(one));
    this.#spoken = [...this.#spoken, ...decisions.map((one) => this.#inWords(one))]
      .slice(-MOST_SPOKEN);
    const own = decisions.filter(({ occasion }) => !isAmong(occasion, heard));
    for (const one of decisions) this.#note(one, own.includes(one));
    return { own, asks };
  }

  #note({ id, atMs, occasion }: Decision, isOwn: boolean): void {
    if (!occasion) return;
    this.#made.push({ id, drone: this.#ports.self, atMs, seenAtMs: occasion.atMs, isOwn });
  }

  #asksOf({ asks, occasion }: Decision): Decided["asks"] {
    if (!occasion) return [];
    return asks.filter((ask) => this.#isMine(ask, occasion)).map((ask) => ({ ask, occasion }));
  }

  #isMine(ask: Ask, { seeing }: Occasion): boolean {
    switch (ask.kind) {
      case "confirm":
      case "rate":
        return ask.agent === this.#ports.self;
      case "mark":
        return seeing.includes(this.#ports.self);
      case "alert":
        return false; // nobody is on board
    }
  }

  #inWords(decision: Decision): SpokenDecision {
    const { id, atMs, rule, asks } = decision;
    const { beganMs, nameOf } = this.#ports;
    const sentence = explain(decision, { agentName: nameOf, utcOffsetMin: 0 });
    const does = decision.occasion ? this.#asksOf(decision).map(({ ask }) => ask.kind) : [];
    return {
      ...{ id, atMs: atMs - beganMs, rule },
      words: [sentence, ...asks.flatMap((ask) => askWords(ask, nameOf))].join(" "),
      does: [...new Set(does)].filter((kind) => kind !== "alert"),
    };
  }
}

function askWords(ask: Ask, nameOf: MindPorts["nameOf"]): string[] {
  switch (ask.kind) {
    case "confirm":
      return [`${nameOf(ask.agent)} flies there and has a look.`];
    case "rate":
      return [`${nameOf(ask.agent)} looks at ${ask.percent} % of its rate.`];
    case "mark":
      return [`The tile is marked as ${ask.mark}.`];
    case "alert":
      return [];
  }
}

function isAmong(occasion: Occasion | null, heard: readonly Occasion[]): boolean {
  return heard.some((one) =>
    one.rule === occasion?.rule && one.subject === occasion.subject && one.atMs === occasion.atMs
  );
}
