/**
 * Two devices and the link between them in virtual time: whole frames in order, each way one after the other
 * at a bandwidth and late by a latency, as on a radio link. The nodes' own work takes no time here.
 */
import { plainBytes } from "../../field/bytes.ts";
import type { LinkKind } from "../../field/sync/lanes.ts";
import { parseFrame, type SyncFrame } from "../../field/sync/frames.ts";
import { type Device, newDevice, randomBytes } from "../two_devices.ts";
import { LentStore } from "./lent_store.ts";

/** After what the scenes show, whose first day is a fixed one. */
const BEGIN_MS = 1_800_000_000_000;
const TICK_MS = 1000;
const MOST_WAIT_MS = 10 * 60_000;
const CHANNEL_BINDING_BYTES = 32;

/** 8 Mbit/s each way: a phone's Wi-Fi across a camp. */
export const BYTES_A_MS = 1000;
export const LATENCY_MS = 10;

export type FrameKind = SyncFrame["kind"];
export type ByKind = Partial<Record<FrameKind, number>>;

interface Way {
  readonly from: Device;
  readonly to: Device;
  /** Sent and not yet dealt with by the other side, the oldest first. */
  readonly frames: { readonly bytes: Uint8Array; readonly sentAt: number }[];
  /** When the frame before was through. */
  freeAt: number;
  isStalled: boolean;
}

export class TimedLink {
  readonly a: Device;
  readonly b: Device;
  /** Of `a`: says what it holds of pictures that it is giving. */
  readonly store: LentStore;
  readonly #time: { now: number };
  readonly #ways: readonly [Way, Way];
  #link = "";
  #nextTick: number;
  #byKind = new Map<FrameKind, number>();
  #mostUnderWay = 0;
  #mostHeld = 0;

  private constructor(a: Device, b: Device, store: LentStore, time: { now: number }) {
    this.a = a;
    this.b = b;
    this.store = store;
    this.#time = time;
    this.#nextTick = time.now + TICK_MS;
    const way = (from: Device, to: Device): Way => ({
      ...{ from, to, frames: [], freeAt: 0, isStalled: false },
    });
    this.#ways = [way(a, b), way(b, a)];
  }

  /** Between two members of one crew, with nothing recorded and no session open. */
  static async ofCrew(): Promise<TimedLink> {
    const time = { now: BEGIN_MS };
    const nowMs = () => Math.floor(time.now); // as a clock shows it
    const store = new LentStore();
    const [a, b] = [await newDevice({ store, nowMs }), await newDevice({ nowMs })];
    await b.membership.take((await a.membership.invite("sensor")).code);
    const link = new TimedLink(a, b, store, time);
    await link.meet();
    return link;
  }

  get nowMs(): number {
    return this.#time.now;
  }

  /** Bytes sent since the session began, both ways. */
  get bytes(): number {
    return totalOf(this.byKind);
  }

  /** The same, by kind of frame. */
  get byKind(): ByKind {
    return Object.fromEntries(this.#byKind);
  }

  /** The most that `a` held for `b` at one time since {@link open}: frames under way, and the picture that is being given. */
  get mostHeldBytes(): number {
    return this.#mostHeld;
  }

  /** Of that, frames alone. */
  get mostUnderWayBytes(): number {
    return this.#mostUnderWay;
  }

  /** A new session: neither side keeps anything of an earlier one. */
  open(via: LinkKind = "webrtc"): void {
    this.close();
    this.forgetBytes();
    this.#mostHeld = this.#mostUnderWay = 0;
    this.#link = crypto.randomUUID();
    const binding = randomBytes(CHANNEL_BINDING_BYTES);
    for (const { node } of [this.a, this.b]) node.open(this.#link, binding, via);
    this.#collect();
  }

  close(): void {
    for (const { from: { node, effects }, frames } of this.#ways) {
      node.close(this.#link);
      effects.length = frames.length = 0;
    }
  }

  /** Counts from now on. */
  forgetBytes(): void {
    this.#byKind.clear();
  }

  /** A session from its beginning until both are silent, and its end. Bytes on the link, both ways, by kind of frame. */
  async meet(): Promise<ByKind> {
    this.open();
    await this.settle();
    this.close();
    return this.byKind;
  }

  /** Until nothing is under way. No tick comes meanwhile. */
  async settle(): Promise<void> {
    while (await this.#deliver(Infinity));
  }

  /** So much time goes by; both sides tick each second. */
  async pass(ms: number): Promise<void> {
    const end = this.#time.now + ms;
    while (await this.#step(end));
    this.#time.now = end;
  }

  /** Until something holds. Returns how long that took, ms. */
  async until(holds: () => boolean): Promise<number> {
    const began = this.#time.now;
    while (!holds()) {
      if (this.#time.now - began > MOST_WAIT_MS) throw new Error("It never comes to that");
      await this.#step(Infinity);
    }
    return this.#time.now - began;
  }

  /** `b` reads nothing from now on; what it says still arrives. */
  stall(): void {
    this.#ways[0].isStalled = true;
  }

  /** `b` reads again: all that it has not read comes over the link from now on, one frame after the other. */
  readAgain(): void {
    this.#ways[0].isStalled = false;
    this.#ways[0].freeAt = this.#time.now;
  }

  /** What `device` has done since is put on the link. To be called after anything that was done to it from outside. */
  said(): void {
    this.#collect();
  }

  /** The next thing that happens until `end`; false when there is none. */
  async #step(end: number): Promise<boolean> {
    if (await this.#deliver(Math.min(end, this.#nextTick))) return true;
    if (this.#nextTick > end) return false;
    this.#time.now = this.#nextTick;
    this.#nextTick += TICK_MS;
    for (const { node } of [this.a, this.b]) await node.tick();
    this.store.forget();
    this.#collect();
    return true;
  }

  /** Hands over the frame that arrives next, if it arrives until `end`. */
  async #deliver(end: number): Promise<boolean> {
    const [first, second] = this.#ways.map(arrival);
    const next = this.#ways[first <= second ? 0 : 1];
    const at = Math.min(first, second);
    if (at === Infinity || at > end) return false;
    this.#time.now = Math.max(at, this.#time.now);
    const [{ bytes }] = next.frames.splice(0, 1);
    next.freeAt = at - LATENCY_MS;
    await next.to.node.receive(this.#link, plainBytes(bytes));
    this.#collect();
    return true;
  }

  #collect(): void {
    for (const { from, frames } of this.#ways) {
      for (const effect of from.effects.splice(0)) {
        if (effect.kind === "drop") throw new Error(`A device dropped: ${effect.reason.message}`);
        if (effect.kind !== "send" || effect.link !== this.#link) continue;
        const { bytes } = effect;
        this.#count(bytes);
        frames.push({ bytes: bytes.slice(), sentAt: this.#time.now });
      }
    }
    const underWay = this.#ways[0].frames.reduce((sum, { bytes }) => sum + bytes.length, 0);
    this.#mostUnderWay = Math.max(this.#mostUnderWay, underWay);
    this.#mostHeld = Math.max(this.#mostHeld, underWay + this.store.lentBytes);
  }

  #count(bytes: Uint8Array): void {
    const frame = parseFrame(bytes);
    if (frame === null || frame === "unknown") throw new Error("A node said what is no frame");
    this.#byKind.set(frame.kind, (this.#byKind.get(frame.kind) ?? 0) + bytes.length);
  }
}

/** When the first frame of a way is there, ms. */
function arrival({ frames: [first], freeAt, isStalled }: Way): number {
  if (!first || isStalled) return Infinity;
  return Math.max(first.sentAt, freeAt) + first.bytes.length / BYTES_A_MS + LATENCY_MS;
}

export function totalOf(bytes: ByKind): number {
  return Object.values(bytes).reduce((sum, one) => sum + one, 0);
}
