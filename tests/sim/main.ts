/** `deno task sim`: feeds in trouble, seed after seed, until one breaks. */
import { parseArgs } from "node:util";
import { simulateFeed } from "./simulate_feed.ts";

const HELP = `Runs a device's store and feed on a disk that fails, seed after seed.

  deno task sim                  100 seeds from 1 on
  deno task sim --seeds 10000    more of them
  deno task sim --from 5001      beginning elsewhere
  deno task sim --seed 42        one seed again, as a failure prints it
  deno task sim --lives 20       deaths a seed (10)`;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    lives: { type: "string", default: "10" },
    help: { type: "boolean", default: false },
  },
});

async function run(): Promise<number> {
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [from, seeds, lives] = values.seed === undefined
    ? [whole("from"), whole("seeds"), whole("lives")]
    : [whole("seed"), 1, whole("lives")];
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

function whole(name: "seeds" | "from" | "seed" | "lives"): number {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  console.error(`--${name} must be a whole number, not "${values[name]}"`);
  Deno.exit(2);
}

try {
  Deno.exit(await run());
} catch (failure) {
  console.error(failure instanceof Error ? failure.message : failure);
  if (values.seed !== undefined) console.error(failure);
  Deno.exit(1);
}
