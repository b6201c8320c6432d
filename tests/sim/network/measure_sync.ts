import { readyAutomerge } from "../../fixtures/automerge.ts";
import { usePromptCrypto } from "../prompt_crypto.ts";
import { IDLE_MS, measureBytes } from "./measure_bytes.ts";
import { measureRounds } from "./measure_rounds.ts";

const SIZES = [2, 8, 32, 128] as const;
/** Larger crews cost more time each. */
const SAMPLES = 200, SAMPLES_OF_LARGE = 40, LARGE = 32, SAMPLES_OF_HUGE = 3, HUGE = 512;
/** Batches of a whole frame, as a camera that sees much writes them. */
const RECORDS = 24, RECORDS_OF_HUGE = 4;
const OBSERVATIONS = 256;
const IDLE_SECONDS = IDLE_MS / 1000;

export interface MeasureOptions {
  readonly sizes?: readonly number[];
  readonly loss?: number;
  readonly seed?: number;
}

/** Prints, for crews of each size, what it takes until everybody has everything: rounds, bytes, what came twice. */
export async function measureSync(
  { sizes = SIZES, loss = 0.3, seed = 1 }: MeasureOptions,
): Promise<void> {
  await readyAutomerge();
  const undo = usePromptCrypto();
  try {
    for (const nodes of sizes) await printCost(nodes, seed);
    for (const nodes of sizes) await printRounds(nodes, loss, seed);
  } finally {
    undo();
  }
}

async function printRounds(nodes: number, loss: number, seed: number): Promise<void> {
  const samples = nodes > HUGE ? SAMPLES_OF_HUGE : nodes >= LARGE ? SAMPLES_OF_LARGE : SAMPLES;
  const { p50, p99, goal } = await measureRounds({ nodes, loss, seed, samples });
  console.log(
    `${nodes} devices, ${100 * loss} % loss: rounds of 1 s until a record is everywhere: ` +
      `p50 ${p50.toFixed(2)}, p99 ${p99.toFixed(2)} of ${samples}; goal ${goal.toFixed(0)}`,
  );
}

async function printCost(nodes: number, seed: number): Promise<void> {
  const records = nodes > HUGE ? RECORDS_OF_HUGE : RECORDS;
  const began = performance.now();
  const cost = await measureBytes({ nodes, seed, records, count: OBSERVATIONS });
  const { links, payloadBytes, wireBytes, naiveBytes, duplicates, idleBytes, spreadMs } = cost;
  const cells = [
    `${nodes} devices, ${links} links: ${percent(wireBytes / payloadBytes - 1)} over the payload`,
    `${percent(naiveBytes / payloadBytes - 1)} if each passed all to all`,
    `${percent(duplicates)} came twice`,
    `${kb(wireBytes / nodes)} per device`,
    `idle ${(idleBytes / nodes / IDLE_SECONDS).toFixed(1)} B/s per device`,
    `everywhere ${spreadMs} ms after the last`,
    `${((performance.now() - began) / 1000).toFixed(1)} s to simulate`,
  ];
  console.log(cells.join("; "));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function kb(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}
