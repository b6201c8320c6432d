import type { AgentBeat } from "../../field/decide/actions.ts";
import { BEAT_EVERY_MS, type HeardAgent } from "../../field/sync/beat_talk.ts";

/** An agent says every ten seconds that it is there; of two such words one may be lost. */
const QUIET_MS = 2 * BEAT_EVERY_MS;
/** So long between two calls of {@link Hearing.tick}: this device was asleep, and heard nobody. */
const ASLEEP_MS = 5_000;

/** Since when nothing was heard of each agent, as decisions need it: not that this device did not listen. */
export class Hearing {
  #tickedAtMs: number;
  #asleepFromMs = -Infinity;
  #awakeFromMs = -Infinity;

  constructor(nowMs: number) {
    this.#tickedAtMs = nowMs;
  }

  /** To be called once a second, while anybody may be heard. */
  tick(nowMs: number): void {
    if (nowMs - this.#tickedAtMs > ASLEEP_MS) {
      [this.#asleepFromMs, this.#awakeFromMs] = [this.#tickedAtMs, nowMs];
    }
    this.#tickedAtMs = nowMs;
  }

  beats(agents: readonly HeardAgent[], nowMs: number): readonly AgentBeat[] {
    this.tick(nowMs);
    return agents.map(({ id, pose, lastAtMs }) => {
      const wasThere = this.#asleepFromMs - lastAtMs <= QUIET_MS;
      const heardMs = wasThere ? Math.max(lastAtMs, this.#awakeFromMs) : lastAtMs;
      const atMs = nowMs - heardMs <= QUIET_MS ? nowMs : heardMs;
      return { agent: id, atMs, position: pose?.position ?? null };
    });
  }
}
