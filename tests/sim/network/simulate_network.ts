/**
 * A crew on a bad network: the shipping node, feed, store and mesh of each device, on links that break, with
 * workers and devices that come and go, clocks that are wrong, and somebody who means harm. When all is
 * well again, every member must show what was recorded, and nothing else.
 */
import { Chance } from "../chance.ts";
import { usePromptCrypto } from "../prompt_crypto.ts";
import { readyAutomerge } from "../../fixtures/automerge.ts";
import { checkNetwork } from "./check_network.ts";
import { heal, rest, suffer } from "./course.ts";
import { planTrouble } from "./happenings.ts";
import { troubleOf, type TroubleOptions } from "./trouble.ts";
import type { Traffic } from "./wires.ts";
import { Work } from "./work.ts";
import { World } from "./world.ts";

export interface NetworkOptions extends TroubleOptions {
  readonly nodes: number;
  readonly seed: number;
}

export interface NetworkReport {
  readonly nodes: number;
  readonly seed: number;
  /** Observations and notes that users were told are saved. */
  readonly acknowledged: number;
  /** From when all was well until every member had everything, virtual ms. */
  readonly healedMs: number;
  readonly traffic: Traffic;
  /** How often workers began or ended. */
  readonly boots: number;
  /** Frames that somebody made who means harm. */
  readonly harm: number;
  /** Ephemeral messages that came to somebody. */
  readonly heard: number;
  /** The most bytes handed to a link and not yet read there, by an honest sender. */
  readonly mostQueued: number;
  /** Equal where two runs went the same way. */
  readonly digest: string;
}

/** A run that broke; the message has the command that repeats it. */
export class NetworkFailure extends Error {
  constructor({ nodes, seed, loss }: NetworkOptions, atMs: number, cause: unknown) {
    const what = cause instanceof Error ? cause.message : String(cause);
    const also = loss === undefined ? "" : ` --loss ${loss}`;
    super(
      `${nodes} nodes, seed ${seed}, after ${atMs} ms: ${what}\n` +
        `Replay: deno task sim network --nodes ${nodes} --seed ${seed}${also}`,
      { cause },
    );
    this.name = "NetworkFailure";
  }
}

export async function simulateNetwork(options: NetworkOptions): Promise<NetworkReport> {
  await readyAutomerge();
  const undo = usePromptCrypto();
  let world: World | null = null;
  try {
    const chance = new Chance(options.seed * 131 + options.nodes);
    const trouble = troubleOf(options.nodes, chance.branch(), options);
    world = await World.begin(options.nodes, trouble, chance);
    planTrouble(world, new Work(world.ledger, chance.branch(), trouble.albums));
    await suffer(world);
    const healedMs = await heal(world);
    const shown = await checkNetwork(world);
    await rest(world);
    return {
      ...{ nodes: options.nodes, seed: options.seed, healedMs },
      acknowledged: world.ledger.acknowledged,
      traffic: world.wires.traffic,
      boots: world.honest.reduce((sum, { boots }) => sum + boots, 0),
      ...{ harm: world.harm, heard: world.ledger.heard, mostQueued: world.fullest.bytes },
      digest: await world.trace.digest(shown),
    };
  } catch (cause) {
    throw new NetworkFailure(options, world?.elapsedMs ?? 0, cause);
  } finally {
    undo();
  }
}
