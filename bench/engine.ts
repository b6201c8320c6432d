/** Speed of inference in Chromium: ours and onnxruntime-web in one service worker, the others in pages. */
import { CLASSIFIERS, type Comparison, COMPARISONS, detectorEntrants } from "./entrants.ts";
import { engineFiles } from "./engine_files.ts";
import { demoFrame } from "./frame.ts";
import { interleave } from "./interleave.ts";
import { Lab } from "./lab.ts";
import { installPeers } from "./peers.ts";
import { median, type Row, row } from "./row.ts";
import { similarity } from "./similarity.ts";

const ROUNDS = 12;
const TURN_MS = 300;
/** Of 8-bit answers to the float one. Another network, or one read wrongly, has about 0. */
const LEAST_SIMILARITY = 0.9;

export async function engine(): Promise<Row[]> {
  const frame = await demoFrame();
  const entrants = [...CLASSIFIERS, ...detectorEntrants(frame)];
  const byName = new Map(entrants.map((entrant) => [entrant.name, entrant]));
  const files = await engineFiles(await installPeers(), new Uint8Array(frame.data.buffer));
  await using lab = await Lab.open(files);
  console.error(`${await lab.version()}: ${entrants.length} networks in turns ...`);
  for (const entrant of entrants) await lab.load(entrant);
  await assertOneNetwork(lab);
  const samples = await interleave([...byName.keys()], ROUNDS, async (name) => {
    const entrant = byName.get(name);
    return entrant ? await lab.sample(entrant, TURN_MS) : [];
  });
  return COMPARISONS.map((comparison) => rowOf(comparison, samples));
}

/** The best sample too: on a busy machine it says more than the median. */
function rowOf(
  { row: name, ours, peer, theirs }: Comparison,
  samples: ReadonlyMap<string, readonly number[]>,
): Row {
  const [own, other] = [samples.get(ours) ?? [], samples.get(theirs) ?? []];
  const [bestMs, peerBestMs] = [Math.min(...own), Math.min(...other)];
  return {
    ...row("engine", name, median(own), "ms", { name: peer, value: median(other) }),
    also: { bestMs, peerBestMs, bestRatio: bestMs / peerBestMs },
  };
}

/** All engines compute the same function, or their times say nothing of each other. */
async function assertOneNetwork(lab: Lab): Promise<void> {
  const [reference, ...others] = CLASSIFIERS;
  const expected = await lab.answer(reference);
  for (const other of others) {
    const alike = similarity(expected, await lab.answer(other));
    if (!(alike >= LEAST_SIMILARITY)) {
      throw new Error(`Cannot compare: ${other.name} answers differently (${alike.toFixed(3)})`);
    }
  }
}
