/**
 * `deno task test [--no-browser] [filter...]`: all that a user needs to trust a checkout. Gets the
 * browsers and an adapter for WebGPU, builds, runs the unit and contract tests together and then the
 * end-to-end tests file by file. It ends by naming what failed and with one line: `N passed, N failed`.
 * A filter is a part of test files' paths.
 */
import { fileURLToPath } from "node:url";
import { ensureAdapter } from "./ensure_adapter.ts";
import { ensureBrowsers } from "./ensure_browsers.ts";
import { ROOT, sourceFiles } from "./source_files.ts";
import { add, closingLine, type Counts, failureLines, NONE } from "./test_report.ts";
import { TestRun } from "./test_run.ts";

const END_TO_END = "tests/e2e/";
const UNIT_FLAGS = ["--parallel", "--preload=tests/property_seed.ts"];
const UNIT_TESTS_WITHIN_MS = 30 * 60_000;
/** One file. The longest watches for a minute, or kills a browser ten times. */
const END_TO_END_FILE_WITHIN_MS = 10 * 60_000;
const USAGE = "Usage: deno task test [--no-browser] [part of a test file's path ...]";

/** As a shell has it: 128 and the number of SIGINT. */
const INTERRUPTED = 130;
const MISUSED = 2;

interface Options {
  readonly browsers: boolean;
  readonly filters: readonly string[];
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseArguments(args);
  if (!options) {
    console.error(USAGE);
    return MISUSED;
  }
  await using run = await TestRun.begin(fileURLToPath(ROOT));
  stopOnSignals(run);
  const counts = await runTests(run, options);
  for (const line of failureLines(run.failures)) console.log(line);
  console.log(closingLine(counts));
  return counts.failed === 0 ? 0 : 1;
}

function parseArguments(args: readonly string[]): Options | undefined {
  const flags = args.filter((arg) => arg.startsWith("-"));
  if (flags.some((flag) => flag !== "--no-browser")) return undefined;
  return {
    browsers: flags.length === 0,
    filters: args.filter((arg) => !arg.startsWith("-")),
  };
}

// The processes of a run live in groups of their own, so a terminal's Ctrl-C reaches only us.
function stopOnSignals(run: TestRun): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, async () => {
      await run[Symbol.asyncDispose]();
      console.error(`\nThe tests were stopped by ${signal}.`);
      Deno.exit(INTERRUPTED);
    });
  }
}

async function runTests(run: TestRun, { browsers, filters }: Options): Promise<Counts> {
  const files = findTestFiles(filters);
  const endToEnd = files.filter((path) => path.startsWith(END_TO_END));
  if (browsers && endToEnd.length > 0 && !await ensureBrowsers()) return failure("No browsers");
  await ensureAdapter();
  if (!await run.build()) return failure("The build failed");
  const rest = longestFirst(files.filter((path) => !path.startsWith(END_TO_END)));
  const unit = await run.test(rest, { flags: UNIT_FLAGS, withinMs: UNIT_TESTS_WITHIN_MS });
  const counts = add(unit, await runEndToEnd(run, endToEnd, browsers));
  const ran = counts.passed + counts.failed + counts.skipped;
  return ran === 0 ? failure("No test was found") : counts;
}

async function runEndToEnd(run: TestRun, files: string[], browsers: boolean): Promise<Counts> {
  if (!browsers) return files.length === 0 ? NONE : await run.skip(files);
  let counts = NONE;
  for (const file of files) {
    counts = add(counts, await run.test([file], { withinMs: END_TO_END_FILE_WITHIN_MS }));
  }
  return counts;
}

/** Files of one long test, so that none of them is alone at the end. */
const LONG = ["simulate_feed", "simulate_network", "claims_test", "build_plans"];

function longestFirst(files: readonly string[]): string[] {
  const isLong = (file: string) => LONG.some((name) => file.includes(name));
  return [...files.filter(isLong), ...files.filter((file) => !isLong(file))];
}

function findTestFiles(filters: readonly string[]): string[] {
  const all = sourceFiles().filter((path) => /_test\.tsx?$/.test(path));
  if (filters.length === 0) return all;
  return all.filter((path) => filters.some((filter) => path.includes(filter)));
}

function failure(why: string): Counts {
  console.error(why);
  return { ...NONE, failed: 1 };
}

Deno.exit(await main(Deno.args));
