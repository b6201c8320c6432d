import { toFailure } from "../field/errors.ts";
import type { Replica } from "../field/feed/replica.ts";
import type { DeviceId } from "../field/observation.ts";
import type { Incident } from "../field/sync/incidents.ts";
import { count, type MemberStatus, standing } from "./member_words.ts";

export interface MemberNewsPorts {
  readonly replica: Pick<Replica, "crew" | "nameOf">;
  readonly nowMs: () => number;
  /** For people: what goes on. */
  readonly say: (text: string) => void;
  /** For people: what they should look into. */
  readonly warn: (text: string) => void;
}

const WARN_AGAIN_MS = 10 * 60_000;
/** A stranger must not fill the memory, nor the console. */
const MOST_WARNED = 20;

/** What a member tells the person at its terminal: a line when something has changed, and no more. */
export class MemberNews {
  readonly #ports: MemberNewsPorts;
  #state: MemberStatus["state"] | null = null;
  #here: ReadonlySet<DeviceId> = new Set();
  #incidentsTo = -Infinity;
  /** What was warned of, and when it may be again. */
  readonly #warned = new Map<string, number>();

  constructor(ports: MemberNewsPorts) {
    this.#ports = ports;
  }

  /** How the hub stands. */
  standing(status: MemberStatus | null): void {
    if (status && status.state !== this.#state) this.#ports.say(standing(status));
    this.#state = status?.state ?? null;
  }

  /** Who is linked. */
  linked(devices: ReadonlySet<DeviceId>): void {
    const others = (this.#ports.replica.crew?.members.size ?? 1) - 1;
    const now = others > 0 ? `: ${devices.size} of ${count(others, "other")} linked` : "";
    for (const device of devices.difference(this.#here)) {
      this.#ports.say(`${this.nameOf(device)} is here${now}.`);
    }
    for (const device of this.#here.difference(devices)) {
      this.#ports.say(`${this.nameOf(device)} has gone${now}.`);
    }
    this.#here = new Set(devices);
  }

  /** What peers did that no honest one does, the newest first. */
  incidents(incidents: readonly Incident[]): void {
    const news = incidents.filter(({ at }) => at > this.#incidentsTo);
    for (const { device, message } of news.toReversed()) {
      this.nowAndThen(device ? `${this.nameOf(device)}: ${message}` : message);
    }
    this.#incidentsTo = news[0]?.at ?? this.#incidentsTo;
  }

  /** Something failed that nobody waits for. */
  trouble(thrown: unknown): void {
    const { code, message, cause } = toFailure(thrown);
    this.nowAndThen(code === "internal" ? `Sync failed: ${cause ?? message}` : message);
  }

  /** Warns, unless it did so of the same just now. */
  nowAndThen(text: string): void {
    const nowMs = this.#ports.nowMs();
    for (const [old, untilMs] of this.#warned) if (untilMs <= nowMs) this.#warned.delete(old);
    if (this.#warned.has(text) || this.#warned.size >= MOST_WARNED) return;
    this.#warned.set(text, nowMs + WARN_AGAIN_MS);
    this.#ports.warn(text);
  }

  nameOf(device: DeviceId): string {
    return this.#ports.replica.nameOf(device) ?? `Device ${device.slice(0, 8)}`;
  }
}
