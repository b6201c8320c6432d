/**
 * Links between devices: ordered and reliable, as data channels and WebSockets are. What is lost is lost
 * because the link was cut while it was under way. Across links anything may overtake anything.
 */
import { type Bytes, sha256 } from "../../../field/bytes.ts";
import type { DeviceId } from "../../../field/observation.ts";
import type { Chance } from "../chance.ts";
import type { Schedule } from "./schedule.ts";

/** What a link ends at. */
export interface End {
  readonly id: DeviceId;
  readonly name: string;
  /** How long it takes until it reads the next frame, ms: 0 at once. */
  readonly readsAfterMs: number;
  opened(wire: Wire): void;
  receive(wire: Wire, bytes: Bytes): void;
  closed(wire: Wire): void;
}

export interface WireTraits {
  readonly latencyMs: number;
  readonly bytesPerMs: number;
  /** The probability that a link is cut in a period in which something goes over it. */
  readonly loss: () => number;
  /** Such a period, ms. Absent: one latency. */
  readonly lossPeriodMs?: number;
  /** Frames that are lost are sent again, and hold up those behind them. Absent: none is. */
  readonly resend?: {
    /** The probability that a frame is lost, each time that it is sent. */
    readonly loss: number;
    readonly afterMs: number;
  };
}

interface Direction {
  readonly to: End;
  /** When the sender's last byte is on its way, and when the receiver has read its last frame, ms. */
  sentAt: number;
  readAt: number;
  /** Bytes handed over and not yet read. */
  queued: number;
  /** This end has not said that it closed, nor heard it. */
  isOpen: boolean;
}

/** One connection of two devices. A connection that is made anew is another wire. */
export class Wire {
  readonly id: string;
  readonly binding: Bytes;
  readonly ends: readonly [End, End];
  readonly traits: WireTraits;
  readonly madeMs: number;
  /** Bytes that were handed to it, both ways. */
  bytes = 0;
  /** How often a worker at either end began to speak over it. */
  beginnings = 0;
  readonly #net: Wires;
  readonly #chance: Chance;
  readonly #directions: readonly [Direction, Direction];
  #isCut = false;
  /** The period that was last decided about. */
  #decided = -1;

  constructor(
    net: Wires,
    about: Pick<Wire, "id" | "binding" | "ends" | "traits">,
    chance: Chance,
  ) {
    ({ id: this.id, binding: this.binding, ends: this.ends, traits: this.traits } = about);
    this.madeMs = net.schedule.nowMs();
    this.#net = net;
    this.#chance = chance;
    const [a, b] = about.ends;
    const idle = { sentAt: 0, readAt: 0, queued: 0, isOpen: true };
    this.#directions = [{ to: b, ...idle }, { to: a, ...idle }];
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** May this end still use it, as far as it knows? */
  isOpenAt(end: End): boolean {
    return this.#from(end).isOpen;
  }

  other(end: End): End {
    return this.#from(end).to;
  }

  /** Bytes that `end` handed over and the other side has not read. */
  queuedBy(end: End): number {
    return this.#from(end).queued;
  }

  send(from: End, bytes: Bytes): void {
    const way = this.#from(from);
    if (!way.isOpen) return;
    const { schedule } = this.#net;
    this.bytes += bytes.length;
    this.#net.counted(this, from, bytes);
    if (this.#isCut) return;
    this.#decide();
    const now = schedule.nowMs();
    way.sentAt = Math.max(now, way.sentAt) + bytes.length / this.traits.bytesPerMs;
    const arrivesAt = way.sentAt + this.traits.latencyMs + this.#resendingMs();
    way.readAt = Math.max(arrivesAt, way.readAt + way.to.readsAfterMs);
    way.queued += bytes.length;
    this.#net.queue(this, from, way.queued);
    schedule.after(way.readAt - now, () => {
      if (this.#isCut) return;
      way.queued -= bytes.length;
      if (this.#from(way.to).isOpen) way.to.receive(this, bytes);
    });
  }

  /** This end is done with it. The other one hears so after what was sent before. */
  closeBy(end: End): void {
    const way = this.#from(end);
    if (!way.isOpen) return;
    way.isOpen = false;
    const now = this.#net.schedule.nowMs();
    const at = Math.max(now, way.sentAt, way.readAt) + this.traits.latencyMs;
    this.#net.schedule.after(at - now, () => {
      this.#hear(way.to);
      this.cut();
    });
  }

  /** It breaks; what is under way is lost. Each end finds out by itself, sooner or later. */
  cut(): void {
    if (this.#isCut) return;
    this.#isCut = true;
    this.#net.gone(this);
    for (const end of this.ends) {
      const lateMs = this.#chance.below(this.#net.noticesWithinMs + 1);
      this.#net.schedule.after(lateMs, () => this.#hear(end));
    }
  }

  #hear(end: End): void {
    const way = this.#from(end);
    if (!way.isOpen) return;
    way.isOpen = false;
    end.closed(this);
  }

  /** Whether the first that goes over it in this period gets there. */
  #decide(): void {
    const { latencyMs, lossPeriodMs = latencyMs, loss } = this.traits;
    const now = this.#net.schedule.nowMs();
    const period = Math.floor(now / lossPeriodMs);
    if (period === this.#decided) return;
    this.#decided = period;
    if (!this.#chance.is(loss())) return;
    const endMs = (period + 1) * lossPeriodMs - now;
    this.#net.schedule.after(Math.min(endMs, latencyMs), () => this.cut());
  }

  #resendingMs(): number {
    const { loss, afterMs } = this.traits.resend ?? { loss: 0, afterMs: 0 };
    let times = 0;
    while (this.#chance.is(loss)) times++;
    return times * afterMs;
  }

  #from(end: End): Direction {
    return this.#directions[end === this.ends[0] ? 0 : 1];
  }
}

export interface Traffic {
  frames: number;
  bytes: number;
  /** Connections that were made, and that broke. */
  opened: number;
  cut: number;
}

export class Wires {
  readonly schedule: Schedule;
  readonly traffic: Traffic = { frames: 0, bytes: 0, opened: 0, cut: 0 };
  /** Until an end finds out that a connection broke, at most, ms. */
  noticesWithinMs = 0;
  /** Sees each frame as it is handed over. */
  onFrame: ((wire: Wire, from: End, bytes: Bytes) => void) | null = null;
  /** Sees how much waits on a link: bytes that `from` handed over and that are not read. */
  onQueue: ((wire: Wire, from: End, queued: number) => void) | null = null;
  readonly #chance: Chance;
  readonly #wires = new Set<Wire>();
  #dialled = 0;

  constructor(schedule: Schedule, chance: Chance) {
    this.schedule = schedule;
    this.#chance = chance;
  }

  get all(): ReadonlySet<Wire> {
    return this.#wires;
  }

  /** Connects two devices; both hear of it now. */
  async connect(a: End, b: End, traits: WireTraits): Promise<Wire> {
    const id = `link-${++this.#dialled}`;
    const binding = await sha256(new TextEncoder().encode(id));
    const wire = new Wire(this, { id, binding, ends: [a, b], traits }, this.#chance.branch());
    this.#wires.add(wire);
    this.traffic.opened++;
    for (const end of wire.ends) end.opened(wire);
    return wire;
  }

  isLinked(a: End, b: End): boolean {
    return [...this.#wires].some(({ ends }) => ends.includes(a) && ends.includes(b));
  }

  /** Breaks all links of which `isHit` holds. */
  cut(isHit: (wire: Wire) => boolean): void {
    for (const wire of [...this.#wires]) if (isHit(wire)) wire.cut();
  }

  /** Told by wires. */
  counted(wire: Wire, from: End, bytes: Bytes): void {
    this.traffic.frames++;
    this.traffic.bytes += bytes.length;
    this.onFrame?.(wire, from, bytes);
  }

  /** Told by wires. */
  queue(wire: Wire, from: End, queued: number): void {
    this.onQueue?.(wire, from, queued);
  }

  /** Told by wires. */
  gone(wire: Wire): void {
    if (this.#wires.delete(wire)) this.traffic.cut++;
  }
}
