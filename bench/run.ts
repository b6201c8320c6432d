/**
 *   deno task bench <suite…> [--json]
 *
 * Prints a row a measurement: medians of interleaved runs after warm-up, beside the peer's where there is
 * one (ratio = ours / peer). With --json one JSON object a line. Machines are noisy: compare ratios.
 */
import { journal } from "./journal.ts";
import type { Row } from "./row.ts";
import { sync } from "./sync.ts";

const SUITES: Readonly<Record<string, () => Promise<Row[]>>> = { journal, sync };

const names = Deno.args.filter((arg) => !arg.startsWith("--"));
const unknown = names.find((name) => !Object.hasOwn(SUITES, name));
if (unknown !== undefined || names.length === 0) {
  console.error(
    unknown === undefined ? "Which suite?" : `Cannot run: there is no suite ${unknown}.`,
    `Suites: ${Object.keys(SUITES).join(", ")}. Use: deno task bench <suite…> [--json]`,
  );
  Deno.exit(1);
}
for (const name of names) for (const row of await SUITES[name]()) print(row);

function print(row: Row): void {
  if (Deno.args.includes("--json")) return console.log(JSON.stringify(row));
  const peer = row.peer === undefined
    ? ""
    : `  ${row.peer} ${row.peerValue} ${row.unit}, ratio ${row.ratio}`;
  console.log(`${row.suite.padEnd(8)} ${row.name.padEnd(24)} ${row.value} ${row.unit}${peer}`);
}
