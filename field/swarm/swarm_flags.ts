/** The command line of `deno task swarm`. */
import { DEFAULT_LINKS, MOST_DRONES } from "./swarm_options.ts";

export interface SwarmFlags {
  readonly agents: number;
  readonly seconds: number;
  readonly loss: number;
  readonly latencyMs: readonly [least: number, most: number];
  /** From when to when, seconds; null: none. */
  readonly partition: readonly [from: number, to: number] | null;
  /** At least one, rising. */
  readonly seeds: readonly number[];
  readonly json: boolean;
  readonly help: boolean;
}

/** A flag that is wrong: what it takes. */
export class SwarmFlagError extends Error {}

export const SWARM_HELP =
  `Fieldmesh swarm: drones that share one map, with the real detector, in virtual time.

  deno task swarm [options]

  --agents NUMBER      drones, 2 to ${MOST_DRONES} (5)
  --seconds NUMBER     virtual seconds, 1 to 3600 (60)
  --loss SHARE         of frames on a link that get lost each time that they are sent, 0 to 0.95 (0.3)
  --latency MS..MS     of links, one way (5..20)
  --partition S..S     from when to when the first half of the drones hears nothing of the rest (none)
  --seed NUMBER        all chance follows from it (7)
  --seeds FIRST..LAST  several, one after the other, at most 1000
  --json               one JSON object a seed
  --help               this text`;

const DEFAULTS = { agents: 5, seconds: 60, loss: 0.3, seed: 7 };
const MOST_SECONDS = 3600;
const MOST_LATENCY_MS = 10_000;
const MOST_SEED = 2 ** 31 - 1;
const MOST_SEEDS = 1000;
const WITH_VALUE = ["agents", "seconds", "loss", "latency", "partition", "seed", "seeds"] as const;
type Named = Partial<Record<typeof WITH_VALUE[number], string>>;

/** Throws {@link SwarmFlagError} naming the flag that is wrong and what it takes. */
export function parseSwarmFlags(args: readonly string[]): SwarmFlags {
  const { named, json, help } = sorted(args);
  const seconds = numberOf("seconds", named.seconds, DEFAULTS.seconds, 1, MOST_SECONDS);
  return {
    agents: wholeOf("agents", named.agents, DEFAULTS.agents, 2, MOST_DRONES),
    ...{ seconds, json, help },
    loss: numberOf("loss", named.loss, DEFAULTS.loss, 0, 0.95),
    latencyMs: named.latency === undefined
      ? DEFAULT_LINKS.latencyMs
      : spanOf("latency", named.latency, 0, MOST_LATENCY_MS),
    partition: partitionOf(named.partition, seconds),
    seeds: seedsOf(named),
  };
}

/** `--name value` and `--name=value`. */
function sorted(args: readonly string[]): { named: Named; json: boolean; help: boolean } {
  const named: Named = {};
  let [json, help] = [false, false];
  for (let i = 0; i < args.length; i++) {
    const [, flag = args[i], given] = /^(--[a-z]+)(?:=(.*))?$/.exec(args[i]) ?? [];
    const name = WITH_VALUE.find((one) => flag === `--${one}`);
    if (name) named[name] = given ?? valueOf(flag, args[++i]);
    else if (flag === "--json" && given === undefined) json = true;
    else if (flag === "--help" && given === undefined) help = true;
    else throw new SwarmFlagError(`There is no ${args[i]}. Run with --help to see what there is.`);
  }
  return { named, json, help };
}

function valueOf(flag: string, value: string | undefined): string {
  if (value !== undefined && !value.startsWith("--")) return value;
  throw new SwarmFlagError(`${flag} needs a value. Run with --help to see what it takes.`);
}

function numberOf(
  name: string,
  text: string | undefined,
  absent: number,
  least: number,
  most: number,
): number {
  if (text === undefined) return absent;
  const value = /^\d+(\.\d+)?$|^\.\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new SwarmFlagError(`--${name} ${text} is not a number from ${least} to ${most}.`);
}

function wholeOf(...about: Parameters<typeof numberOf>): number {
  const [name, text, , least, most] = about;
  const value = numberOf(...about);
  if (Number.isInteger(value)) return value;
  throw new SwarmFlagError(`--${name} ${text} is not a whole number from ${least} to ${most}.`);
}

function spanOf(
  name: string,
  text: string,
  least: number,
  most: number,
): readonly [number, number] {
  const [, from = "", to = ""] = /^([\d.]+?)\.\.([\d.]+)$/.exec(text) ?? [];
  const [first, last] = [from, to].map((one) => /^\d+(\.\d+)?$/.test(one) ? Number(one) : NaN);
  if (first >= least && last >= first && last <= most) return [first, last];
  throw new SwarmFlagError(
    `--${name} ${text} is not two rising numbers from ${least} to ${most}, such as --${name} 5..20.`,
  );
}

function partitionOf(text: string | undefined, seconds: number): SwarmFlags["partition"] {
  if (text === undefined) return null;
  const [from, to] = spanOf("partition", text, 0, seconds);
  if (to > from) return [from, to];
  throw new SwarmFlagError(`--partition ${text} lasts no time. Give it a later end.`);
}

function seedsOf({ seed, seeds }: Named): readonly number[] {
  if (seeds === undefined) return [wholeOf("seed", seed, DEFAULTS.seed, 0, MOST_SEED)];
  if (seed !== undefined) throw new SwarmFlagError("Give --seed or --seeds, not both.");
  const [first, last] = spanOf("seeds", seeds, 0, MOST_SEED);
  const count = last - first + 1;
  if (Number.isInteger(first) && Number.isInteger(last) && count <= MOST_SEEDS) {
    return Array.from({ length: count }, (_, i) => first + i);
  }
  throw new SwarmFlagError(`--seeds ${seeds} is not at most ${MOST_SEEDS} whole numbers.`);
}
