/** `deno task sim`: feeds or crews in trouble, seed after seed, until one breaks. */
import { parseArgs } from "node:util";
import { Misused, networkCommand } from "./network/command.ts";
import { simulateFeed } from "./simulate_feed.ts";

const HELP = `Runs a device's store and feed on a disk that fails, seed after seed.

  deno task sim                  100 seeds from 1 on
  deno task sim --seeds 10000    more of them
  deno task sim --from 5001      beginning elsewhere
  deno task sim --seed 42        one seed again, as a failure prints it
  deno task sim --lives 20       deaths a seed (10)
  deno task sim network --help   crews on bad networks`;

async function feedCommand(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string", default: "100" },
      from: { type: "string", default: "1" },
      seed: { type: "string" },
      lives: { type: "string", default: "10" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const lives = whole("lives", values.lives);
  const [from, seeds] = values.seed === undefined
    ? [whole("from", values.from), whole("seeds", values.seeds)]
    : [whole("seed", values.seed), 1];
  const sum = { deaths: 0, acknowledged: 0, abort: 0, quota: 0, lost: 0, slow: 0 };
  for (let seed = from; seed < from + seeds; seed++) {
    const { deaths, acknowledged, faults } = await simulateFeed(seed, lives);
    sum.deaths += deaths;
    sum.acknowledged += acknowledged;
    for (const fault of ["abort", "quota", "lost", "slow"] as const) sum[fault] += faults[fault];
  }
  console.log(`${seeds} seeds: nothing that was acknowledged is missing`, sum);
  return 0;
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new Misused(`--${name} must be a whole number, not "${text}"`);
}

const [what, ...rest] = Deno.args;
try {
  Deno.exit(await (what === "network" ? networkCommand(rest) : feedCommand(Deno.args)));
} catch (failure) {
  console.error(failure instanceof Error ? failure.message : failure);
  if (failure instanceof Misused) Deno.exit(2);
  if (Deno.args.includes("--seed")) console.error(failure);
  Deno.exit(1);
}
