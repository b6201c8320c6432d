/** `deno task swarm`: drones over a scene, with the real detector, without a browser. See --help. */
import { initializeWasm } from "@automerge/automerge/slim";
import { flySwarm } from "./field/swarm/fly_swarm.ts";
import {
  parseSwarmFlags,
  SWARM_HELP,
  SwarmFlagError,
  type SwarmFlags,
} from "./field/swarm/swarm_flags.ts";
import type { SwarmDetector, SwarmPictures } from "./field/swarm/swarm_options.ts";
import { progressLine, swarmTable, TABLE_LEGEND } from "./field/swarm/swarm_table.ts";
import { defaultDetector } from "./models/catalogue.ts";
import { loadedEngine } from "./models/deno_engine.ts";
import { readPicture } from "./models/picture_file.ts";

/** Where the output is no terminal, a line so often. */
const LINE_EVERY_S = 10;

let automergeReady: Promise<void> | undefined;

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  try {
    const flags = parseSwarmFlags(args);
    if (flags.help) console.log(SWARM_HELP);
    else await fly(flags);
    return 0;
  } catch (error) {
    if (!(error instanceof SwarmFlagError)) throw error;
    console.error(error.message);
    return 1;
  }
}

async function fly(flags: SwarmFlags): Promise<void> {
  const pictures = await readPictures();
  const engine = await loadedEngine(defaultDetector);
  const detect: SwarmDetector = async (frames) => {
    const outputs = await engine.runBatch(frames.map((frame) => defaultDetector.prepare(frame)));
    return outputs.map((output, i) => defaultDetector.decode(output, frames[i]));
  };
  const results = [];
  for (const seed of flags.seeds) {
    const options = { seed, pictures, detect, automerge };
    const result = await flySwarm(flags, options, (report) => show(flags, progressLine(report)));
    results.push(result);
    if (flags.json) console.log(JSON.stringify(result));
  }
  await engine.dispose();
  if (!flags.json) console.log(`${swarmTable(results)}\n\n${TABLE_LEGEND}`);
}

function show({ seeds, json }: SwarmFlags, line: string): void {
  if (json) return;
  const isTerminal = Deno.stderr.isTerminal();
  const second = Number.parseInt(line);
  if (isTerminal) write(`\r\x1b[K${line}`);
  else if (second % LINE_EVERY_S === 0 && seeds.length === 1) write(`${line}\n`);
}

function write(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

async function readPictures(): Promise<SwarmPictures> {
  const read = (file: string) => readPicture(new URL(`./static/media/${file}`, import.meta.url));
  const [astronaut, chelsea, coffee, rocket] = await Promise.all(
    ["astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg"].map(read),
  );
  return { astronaut, chelsea, coffee, rocket };
}

function automerge(): Promise<void> {
  automergeReady ??= loadAutomerge();
  return automergeReady;
}

async function loadAutomerge(): Promise<void> {
  const wasm = new URL(import.meta.resolve("@automerge/automerge/automerge.wasm"));
  await initializeWasm(await Deno.readFile(wasm));
}
