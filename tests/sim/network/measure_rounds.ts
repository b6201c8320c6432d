import { Chance } from "../chance.ts";
import { Broken } from "../check_device.ts";
import { CALM, crewThatMet, lacking, write, writersOf } from "./calm.ts";

/** One tick of every node. */
export const ROUND_MS = 1000;
const STEP_MS = 50;
/** Between two records, without loss: the crew finds together again. */
const BETWEEN_MS = 30_000;
const MOST_ROUNDS = 300;

export interface Rounds {
  readonly nodes: number;
  readonly samples: number;
  readonly p50: number;
  readonly p99: number;
  /** 2·log₂N + 2. */
  readonly goal: number;
}

/**
 * In how many rounds a record that one device writes is on every other one's disk, while links break: in each
 * round, of the links over which anything goes, this share is cut, and what was under way is lost.
 */
export async function measureRounds(
  { nodes, loss, seed, samples }: {
    readonly nodes: number;
    readonly loss: number;
    readonly seed: number;
    readonly samples: number;
  },
): Promise<Rounds> {
  const trouble = { ...CALM, loss, lossPeriodMs: ROUND_MS };
  const world = await crewThatMet(nodes, new Chance(seed), trouble);
  const took: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    await world.run(BETWEEN_MS);
    world.isWell = false;
    const author = world.chance.pick(writersOf(world));
    await write(world, author, 1);
    let ms = 0;
    for (; lacking(world, author) > 0; ms += STEP_MS) {
      if (ms > MOST_ROUNDS * ROUND_MS) throw new Broken(`${ms} ms, and not everybody has a record`);
      await world.run(STEP_MS);
    }
    took.push(ms / ROUND_MS);
    world.isWell = true;
  }
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.ceil(share * samples) - 1];
  return { nodes, samples, p50: at(0.5), p99: at(0.99), goal: 2 * Math.log2(nodes) + 2 };
}
