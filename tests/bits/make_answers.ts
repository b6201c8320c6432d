/** Writes `committed.json`: what the oracle says, in Deno. Run it when a plan or an op's tests change. */
import { fileURLToPath } from "node:url";
import { referenceBackend } from "../../kernels/reference_engine.ts";
import { detectors } from "../../models/catalogue.ts";
import { modelBytes } from "../../models/model_bytes.ts";
import { answersOf } from "./answers.ts";
import { BitServer } from "./bit_server.ts";
import { COMMITTED_FILE } from "./committed.ts";
import { bitFrames } from "./deno_frames.ts";

const models: Record<string, string[]> = {};
const frames = await bitFrames();
for (const { id, runtime } of detectors) {
  if (runtime !== "plan") continue;
  models[id] = await answersOf(referenceBackend, await modelBytes(id), frames);
  console.log(`${id}: ${frames.length} answers`);
}
const ops = await opHashes();
await Deno.writeTextFile(COMMITTED_FILE, JSON.stringify({ ops, models }, null, 2) + "\n");

async function opHashes(): Promise<Record<string, string>> {
  await using server = await BitServer.start();
  const script = fileURLToPath(new URL("in_deno.ts", import.meta.url));
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script, server.url],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("Cannot run the ops' tests");
  const { failures, hashes } = JSON.parse(new TextDecoder().decode(stdout));
  if (failures.length > 0) throw new Error(failures.join("\n"));
  return hashes;
}
