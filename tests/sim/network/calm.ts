import type { Chance } from "../chance.ts";
import type { SimDevice } from "./device.ts";
import type { Trouble } from "./trouble.ts";
import { Work } from "./work.ts";
import { World } from "./world.ts";

/** In which crews are measured: nothing befalls them but what the measurement brings. */
export const CALM: Trouble = {
  ...{ lastsMs: 0, loss: 0, mostLatencyMs: 50, leastBytesPerMs: 100 },
  ...{ mostDiskDelayMs: 5, noticesWithinMs: 0, partitions: 0, restarts: 0, absences: 0 },
  ...{ slowReaders: 0, doubleLinks: 0, wrongClocks: 0, works: 0, albums: 0, crewChanges: 0 },
  ...{ strangers: 0, traitors: 0, newcomers: 0, listeners: 0, diskFaults: null },
};
/** Until everybody has neighbours enough. */
const MEETS_MS = 30_000;

/** A crew that is linked and has nothing more to say. */
export async function crewThatMet(nodes: number, chance: Chance, trouble = CALM): Promise<World> {
  const world = await World.begin(nodes, trouble, chance);
  world.isWell = true;
  await world.run(MEETS_MS);
  return world;
}

/** Writes so many observations on a device, at once; resolves when they are on disk. */
export async function write(world: World, device: SimDevice, count: number): Promise<void> {
  const work = new Work(world.ledger, world.chance.branch());
  const before = ownSeq(device);
  work.seeSo(device, count);
  while (ownSeq(device) === before) await world.run(1);
}

/** Those who may write. */
export function writersOf({ honest, roles }: World): readonly SimDevice[] {
  return honest.filter(({ id }) => roles.get(id) !== "viewer");
}

export function ownSeq(device: SimDevice): number {
  return device.worker?.replica.headOf(device.id)?.seq ?? 0;
}

/** How many devices lack something that this one wrote. */
export function lacking(world: World, author: SimDevice): number {
  const seq = ownSeq(author);
  return world.honest.filter(({ worker }) => (worker?.replica.headOf(author.id)?.seq ?? 0) < seq)
    .length;
}
