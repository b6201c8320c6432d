/**
 * Whom to be linked with. A small crew is linked all to all. In a larger one each device sees to it that it
 * has k neighbours: most by round trip and loss, at least one by chance, so that devices far from each other
 * stay one crew. Now and then the worst gives way to one more by chance: two halves that know nothing of
 * each other meet again, and the graph does not freeze.
 */
import type { DeviceId } from "../observation.ts";

export interface MeshPorts {
  readonly self: DeviceId;
  /** 0 up to 1, without 1. */
  readonly random: () => number;
  readonly nowMs: () => number;
  /** Of the crew; whether this device is among them does not matter. */
  readonly members: () => readonly DeviceId[];
  /** Peers with an open session. */
  readonly connected: () => ReadonlySet<DeviceId>;
  /** Of the last session with it; undefined when there was none. */
  readonly quality: (
    device: DeviceId,
  ) => { readonly rttMs: number | null; readonly loss: number } | undefined;
  /** When it was last linked with this device, ms since the epoch. */
  readonly lastMetAt: (device: DeviceId) => number | null;
  /** Whose invite this device has taken up and that is not answered yet. */
  readonly inviter: () => DeviceId | undefined;
  /** Does it keep what the crew records for those who come later? It is neither refused nor left then. */
  readonly isHub?: (device: DeviceId) => boolean;
}

/** A browser manages 20 to 35 connections. More neighbours speed news up little: the diameter falls with log k. */
export const NEIGHBOURS = 4;
/** Of k neighbours called, so many by chance alone. */
const BY_CHANCE = 1;
/** A call that is not answered by then has failed: as long as a link and its handshake may take. */
const CALL_MS = 20_000;
/** One call is made at a time, so that those who call here are counted; one not answered by then has another beside it. */
const NEXT_CALL_MS = 3_000;
/** A link that ends sooner was none: the other had neighbours enough, or lost its way. */
const LASTED_MS = 10_000;
/** A failed call is made again after that, twice as long each time, up to the most. Half of it is chance. */
const AGAIN_MS = 15_000;
const AGAIN_MOST_MS = 4 * 60_000;
/** Between two trades, and as long a neighbour stays before it may be traded. Up to as much again by chance. */
const TRADE_MS = 2 * 60_000;
/** A device that came back after it was left needs this one: it is not left again for so long. */
const NEEDED_MS = 30 * 60_000;
/** A device that was left is to find another first. */
const LEFT_MS = 30_000;
/** Met so lately, it is likely to be there. */
const LATELY_MS = 10 * 60_000;
/** What is assumed of a device that was not measured. */
const UNKNOWN_RTT_MS = 100;
/** A lost answer costs about as much as one that is so late. */
const LOSS_MS = 1_000;

interface Call {
  readonly at: number;
  readonly isByChance: boolean;
}

interface Failed {
  readonly times: number;
  readonly notBefore: number;
}

export class Mesh {
  readonly #ports: MeshPorts;
  readonly #k: number;
  readonly #calls = new Map<DeviceId, Call>();
  readonly #failed = new Map<DeviceId, Failed>();
  /** Neighbours, since when. */
  readonly #since = new Map<DeviceId, number>();
  /** Neighbours that chance chose. */
  readonly #byChance = new Set<DeviceId>();
  readonly #left = new Map<DeviceId, number>();
  #tradeAt: number;

  constructor(ports: MeshPorts, neighbours = NEIGHBOURS) {
    this.#ports = ports;
    this.#k = neighbours;
    this.#tradeAt = this.#nextTrade();
  }

  /**
   * Whom this device should call now. With k neighbours nobody, but for one by chance when a trade is due.
   * Ask about once a second: what came of earlier calls is found out here.
   */
  toCall(): ReadonlySet<DeviceId> {
    this.#look();
    const inviter = this.#ports.inviter();
    const calls = this.#isSmall() ? this.#smallerKeyCalls() : this.#chosen();
    return new Set(inviter === undefined ? calls : [...calls, inviter]);
  }

  /** May it be linked with, whoever called? A hub always; who is no member yet has shown an invite, and may. */
  mayAccept(device: DeviceId): boolean {
    this.#look();
    const { connected, inviter } = this.#ports;
    if (this.#isSmall() || connected().has(device) || device === inviter()) return true;
    if (this.#isHub(device) || !this.#others().includes(device)) return true;
    return this.#open().length < (this.#isJustLeft(device) ? this.#k : 2 * this.#k);
  }

  /** The neighbour to part from now, if any; once a trade at most. It is taken to be left then. */
  toLeave(): DeviceId | null {
    this.#look();
    const { nowMs } = this.#ports;
    const open = this.#open();
    if (this.#isSmall() || open.length <= this.#k || nowMs() < this.#tradeAt) return null;
    // the one that chance chose for this trade is still being called
    if ([...this.#calls.values()].some(({ isByChance }) => isByChance)) return null;
    const worst = this.#worstOf(open.filter((device) => this.#mayBeLeft(device)));
    this.#tradeAt = this.#nextTrade();
    if (worst === null) return null;
    this.#left.set(worst, nowMs());
    return worst;
  }

  /** A call came to nothing: sooner known than by waiting. */
  failed(device: DeviceId): void {
    if (this.#calls.delete(device)) this.#putBack(device);
  }

  /** Nobody can be reached at present: calls are in vain through no fault of whom they are for. */
  nobodyReached(): void {
    this.#failed.clear();
    for (const [device, call] of this.#calls) {
      this.#calls.set(device, { ...call, at: this.#ports.nowMs() });
    }
  }

  /** What has become of neighbours and calls. */
  #look(): void {
    const { nowMs, connected, members } = this.#ports;
    const [now, open, known] = [nowMs(), connected(), new Set(members())];
    for (const device of open) if (!this.#since.has(device)) this.#joined(device, now);
    for (const [device, since] of this.#since) {
      if (now - since >= LASTED_MS) this.#failed.delete(device);
    }
    for (const device of [...this.#since.keys()]) {
      if (open.has(device)) continue;
      this.#since.delete(device);
      this.#byChance.delete(device);
      this.#putBack(device); // whoever is there is tried before it
    }
    for (const [device, { at }] of [...this.#calls]) {
      if (!known.has(device)) this.#calls.delete(device);
      else if (Math.abs(now - at) > CALL_MS) this.failed(device);
    }
    for (const [device, at] of [...this.#left]) {
      if (Math.abs(now - at) > NEEDED_MS) this.#left.delete(device);
    }
    for (const device of [...this.#failed.keys()]) {
      if (!known.has(device)) this.#failed.delete(device);
    }
    this.#mindClock(now);
  }

  /** A clock that was set back must not make anything wait until it has caught up. */
  #mindClock(now: number): void {
    if (this.#tradeAt > now + 2 * TRADE_MS) this.#tradeAt = this.#nextTrade();
    for (const [device, since] of this.#since) {
      if (since > now) this.#since.set(device, now);
    }
    for (const [device, { times, notBefore }] of this.#failed) {
      if (notBefore > now + AGAIN_MOST_MS) this.#failed.set(device, { times, notBefore: now });
    }
  }

  #joined(device: DeviceId, now: number): void {
    this.#since.set(device, now);
    if (this.#calls.get(device)?.isByChance) this.#byChance.add(device);
    this.#calls.delete(device);
  }

  #putBack(device: DeviceId): void {
    const times = (this.#failed.get(device)?.times ?? 0) + 1;
    const waitMs = Math.min(AGAIN_MS * 2 ** (times - 1), AGAIN_MOST_MS);
    const notBefore = this.#ports.nowMs() + waitMs * (0.5 + 0.5 * this.#ports.random());
    this.#failed.set(device, { times, notBefore });
  }

  #others(): readonly DeviceId[] {
    return this.#ports.members().filter((device) => device !== this.#ports.self);
  }

  #open(): readonly DeviceId[] {
    const connected = this.#ports.connected();
    return this.#others().filter((device) => connected.has(device));
  }

  #isSmall(): boolean {
    return this.#others().length <= this.#k;
  }

  /** Of every pair the one with the smaller key calls. */
  #smallerKeyCalls(): readonly DeviceId[] {
    return this.#others().filter((device) => this.#ports.self < device);
  }

  #chosen(): readonly DeviceId[] {
    const missing = this.#k - this.#open().length;
    if (missing <= 0) return this.#trade();
    // some that were called have become needless: others have called here
    for (const device of [...this.#calls.keys()].slice(missing)) this.#calls.delete(device);
    const now = this.#ports.nowMs();
    const isUnderWay = [...this.#calls.values()].some(({ at }) =>
      Math.abs(now - at) < NEXT_CALL_MS
    );
    if (this.#calls.size < missing && !isUnderWay) this.#fill();
    return [...this.#calls.keys()];
  }

  /** With neighbours enough: when it is time, one by chance, also of those who could not be reached. */
  #trade(): readonly DeviceId[] {
    const isTime = this.#ports.nowMs() >= this.#tradeAt;
    for (const [device, { isByChance }] of [...this.#calls]) {
      if (!isTime || !isByChance) this.#calls.delete(device);
    }
    // with more than enough the worst just goes: who is left calls another, so links would be ever more
    const isSpare = this.#open().length > this.#k;
    if (isTime && !isSpare && this.#calls.size === 0) this.#begin(this.#anyOf(this.#candidates()));
    return [...this.#calls.keys()];
  }

  #begin(device: DeviceId | undefined, isByChance = true): void {
    if (device !== undefined) this.#calls.set(device, { at: this.#ports.nowMs(), isByChance });
  }

  /** One more neighbour: who could not be reached lately comes after all others. */
  #fill(): void {
    const candidates = this.#candidates();
    const fresh = candidates.filter((device) => !this.#failed.has(device));
    const isByChance = this.#isChanceDue();
    if (fresh.length === 0) return this.#begin(this.#leastFailed(candidates), isByChance);
    if (isByChance) return this.#begin(this.#anyOf(fresh));
    // chance spreads the calls: else all would call the one with the best link
    const { random } = this.#ports;
    this.#begin(lowest(fresh, (device) => this.#costOf(device) * (0.5 + random())), false);
  }

  /** Who may be called now: no neighbour, not being called, not left just now, not due only later. */
  #candidates(): readonly DeviceId[] {
    const [now, open] = [this.#ports.nowMs(), this.#ports.connected()];
    return this.#others().filter((device) =>
      !open.has(device) && !this.#calls.has(device) && !this.#isJustLeft(device) &&
      (this.#failed.get(device)?.notBefore ?? -Infinity) <= now
    );
  }

  #isChanceDue(): boolean {
    const called = [...this.#calls.values()].filter(({ isByChance }) => isByChance);
    return this.#byChance.size + called.length < BY_CHANCE;
  }

  #anyOf(devices: readonly DeviceId[]): DeviceId | undefined {
    return devices[Math.floor(this.#ports.random() * devices.length)];
  }

  #leastFailed(devices: readonly DeviceId[]): DeviceId | undefined {
    return lowest(devices, (device) => this.#failed.get(device)?.notBefore ?? 0);
  }

  #isJustLeft(device: DeviceId): boolean {
    const leftAt = this.#left.get(device);
    return leftAt !== undefined && Math.abs(this.#ports.nowMs() - leftAt) < LEFT_MS;
  }

  /** ms: what a question to it costs, as far as is known. */
  #costOf(device: DeviceId): number {
    const { quality, lastMetAt, nowMs } = this.#ports;
    const { rttMs, loss } = quality(device) ?? { rttMs: null, loss: 0 };
    const metAt = lastMetAt(device);
    const isLikelyThere = metAt !== null && Math.abs(nowMs() - metAt) < LATELY_MS;
    return ((rttMs ?? UNKNOWN_RTT_MS) + loss * LOSS_MS) * (isLikelyThere ? 1 : 2);
  }

  #mayBeLeft(device: DeviceId): boolean {
    const stayedMs = this.#ports.nowMs() - (this.#since.get(device) ?? Infinity);
    const isBound = this.#isHub(device) || device === this.#ports.inviter();
    return stayedMs >= TRADE_MS && !this.#left.has(device) && !isBound;
  }

  #isHub(device: DeviceId): boolean {
    return this.#ports.isHub?.(device) ?? false;
  }

  #worstOf(devices: readonly DeviceId[]): DeviceId | null {
    return lowest(devices, (device) => -this.#costOf(device)) ?? null;
  }

  #nextTrade(): number {
    return this.#ports.nowMs() + TRADE_MS * (1 + this.#ports.random());
  }
}

function lowest<T>(items: readonly T[], costOf: (item: T) => number): T | undefined {
  let best: { readonly item: T; readonly cost: number } | undefined;
  for (const item of items) {
    const cost = costOf(item);
    if (!best || cost < best.cost) best = { item, cost };
  }
  return best?.item;
}
