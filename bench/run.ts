/**
 *   deno task bench <suite…> [--json] [--deno]
 *
 * Prints a row a measurement: medians of interleaved runs after warm-up, beside the peer's where there is
 * one (ratio = ours / peer). With --json one JSON object a line; with --deno the suite `gpu` needs no
 * browser. Machines are noisy: compare ratios.
 */
import { jsonOf, type Row, wordsOf } from "./row.ts";

/** Read when asked for: one suite's needs are none of another's. */
const SUITES: Readonly<Record<string, () => Promise<Row[]>>> = {
  accuracy: async () => (await import("./accuracy.ts")).accuracy(),
  coldstart: async () => (await import("./coldstart.ts")).coldstart(),
  engine: async () => (await import("./engine.ts")).engine(),
  gpu: async () => (await import("./gpu.ts")).gpu(Deno.args.includes("--deno")),
  journal: async () => (await import("./journal.ts")).journal(),
  ops: async () => (await import("./ops.ts")).ops(),
  schedule: async () => (await import("./schedule.ts")).schedule(),
  size: async () => (await import("./size.ts")).size(),
  swarm: async () => (await import("./swarm.ts")).swarm(),
  sync: async () => (await import("./sync.ts")).sync(),
};

const FLAGS = ["--json", "--deno"];
const names = Deno.args.filter((arg) => !arg.startsWith("--"));
const unknownFlag = Deno.args.find((arg) => arg.startsWith("--") && !FLAGS.includes(arg));
const unknown = unknownFlag ?? names.find((name) => !Object.hasOwn(SUITES, name));
if (unknown !== undefined || names.length === 0) {
  console.error(
    unknown === undefined ? "Which suite?" : `Cannot run: there is no ${unknown}.`,
    `Suites: ${Object.keys(SUITES).join(", ")}. Use: deno task bench <suite…> [--json] [--deno]`,
  );
  Deno.exit(1);
}
const toText = Deno.args.includes("--json") ? jsonOf : wordsOf;
try {
  for (const name of names) for (const row of await SUITES[name]()) console.log(toText(row));
} catch (cause) {
  console.error(
    cause instanceof SuppressedError ? cause : cause instanceof Error ? cause.message : cause,
  );
  Deno.exit(1);
}
