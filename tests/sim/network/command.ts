/** `deno task sim network`: crews on bad networks, seed after seed; or one again; or what sync costs. */
import { parseArgs } from "node:util";
import { measureSync } from "./measure_sync.ts";
import { simulateNetwork } from "./simulate_network.ts";
import { sizeOf } from "./sizes.ts";

const HELP = `Runs crews of devices on links that break, seed after seed.

  deno task sim network                        100 seeds from 1 on, crews of 2 to 128
  deno task sim network --seeds 1000           more of them
  deno task sim network --from 501             beginning elsewhere
  deno task sim network --seed 42              one seed again
  deno task sim network --seed 42 --nodes 8    one seed with a crew of this size, as a failure prints it
  deno task sim network --loss 0.3             how often a link breaks: 0..1 for each latency in use (0.3)
  deno task sim network --measure              rounds, bytes and duplicates of crews of 2 to 128
  deno task sim network --measure --nodes 1000 the same of one size`;

/** As `args` say. Returns the exit status; throws the failure of a seed. */
export async function networkCommand(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string", default: "100" },
      from: { type: "string", default: "1" },
      seed: { type: "string" },
      nodes: { type: "string" },
      loss: { type: "string", default: "0.3" },
      measure: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const nodes = values.nodes === undefined ? undefined : whole("nodes", values.nodes);
  const loss = share("loss", values.loss);
  const seed = values.seed === undefined ? undefined : whole("seed", values.seed);
  if (values.measure) {
    await measureSync({ sizes: nodes === undefined ? undefined : [nodes], loss, seed });
    return 0;
  }
  const [from, seeds] = seed === undefined
    ? [whole("from", values.from), whole("seeds", values.seeds)]
    : [seed, 1];
  for (let each = from; each < from + seeds; each++) {
    const report = await simulateNetwork({ nodes: nodes ?? sizeOf(each), seed: each, loss });
    console.log(JSON.stringify(report));
  }
  console.log(`${seeds} seeds: every crew became whole; nothing was lost, nothing forged`);
  return 0;
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new Misused(`--${name} must be a whole number, not "${text}"`);
}

function share(name: string, text: string): number {
  const value = Number(text);
  if (value >= 0 && value < 1) return value;
  throw new Misused(`--${name} must be from 0 up to 1, not "${text}"`);
}

/** What was typed means nothing. */
export class Misused extends Error {}
