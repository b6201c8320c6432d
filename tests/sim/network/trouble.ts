import type { Chance } from "../chance.ts";
import type { FaultRates } from "../faulty_indexeddb.ts";

/** What befalls a network, from its seed. */
export interface Trouble {
  /** How long it lasts, ms. */
  readonly lastsMs: number;
  /** See `WireTraits`. */
  readonly loss: number;
  readonly lossPeriodMs?: number;
  readonly mostLatencyMs: number;
  readonly leastBytesPerMs: number;
  readonly mostDiskDelayMs: number;
  /** How long an end may take to find out that a link broke, ms. */
  readonly noticesWithinMs: number;
  /** How often each of these happens in the time that it lasts. */
  readonly partitions: number;
  readonly restarts: number;
  readonly absences: number;
  readonly slowReaders: number;
  /** Devices that are linked already are linked once more. */
  readonly doubleLinks: number;
  readonly wrongClocks: number;
  readonly works: number;
  /** See `Work`. */
  readonly albums: number;
  readonly crewChanges: number;
  readonly strangers: number;
  readonly traitors: number;
  /** Devices that come into the crew by an invite meanwhile. */
  readonly newcomers: number;
  /** The share of devices that listen to what others publish. */
  readonly listeners: number;
  /** Of the one device whose disk fails; null: none does. */
  readonly diskFaults: FaultRates | null;
}

/** What the command line fixes. */
export interface TroubleOptions {
  readonly loss?: number;
}

const LOSSES = [0, 0.1, 0.3, 0.3] as const;
/** Larger crews are watched for less long, and fewer of their devices listen: their numbers make up for it. */
const LARGE = 16;
const LISTENERS_OF_LARGE = 1 / 8;

export function troubleOf(nodes: number, chance: Chance, options: TroubleOptions = {}): Trouble {
  const isLarge = nodes > LARGE;
  const some = (most: number) => chance.below(most + 1);
  const rate = () => chance.is(0.5) ? chance.fraction() * 0.05 : 0;
  const loss = chance.pick(LOSSES);
  const leastBytesPerMs = chance.pick([4, 100, 1000]);
  return {
    lastsMs: 8_000 + some(10_000),
    loss: options.loss ?? loss,
    mostLatencyMs: chance.pick([5, 50, 300]),
    leastBytesPerMs,
    mostDiskDelayMs: chance.pick([0, 5, 40]),
    noticesWithinMs: chance.pick([0, 0, 3000]),
    partitions: some(2),
    restarts: some(Math.min(6, nodes)),
    absences: some(Math.min(4, nodes - 1)),
    slowReaders: some(2),
    doubleLinks: some(2),
    wrongClocks: some(2),
    // over the slowest links they would take minutes
    albums: isLarge || leastBytesPerMs < 100 ? 0 : 0.03,
    works: 5 + some(8) + (isLarge ? nodes >> 2 : nodes),
    crewChanges: nodes > 2 && chance.is(0.4) ? 1 + some(3) : 0,
    strangers: chance.is(0.2) ? 1 : 0,
    traitors: chance.is(0.2) ? 1 : 0,
    newcomers: !isLarge && chance.is(0.3) ? 1 : 0,
    listeners: isLarge ? LISTENERS_OF_LARGE : 1,
    diskFaults: chance.is(0.15)
      ? { abort: rate(), quota: rate(), lost: rate(), slow: rate() }
      : null,
  };
}
