import { LeashedProcess } from "./leashed_process.ts";
import { findLeftovers } from "./leftovers.ts";
import { TemporaryFolder } from "./temporary_folder.ts";
import { add, type Counts, countTests, NONE } from "./test_report.ts";

/** Marks every process of a run by its environment. */
const RUN_VARIABLE = "FIELDMESH_TEST_RUN";
/** Far more than a cold build takes. */
const BUILD_WITHIN_MS = 5 * 60_000;

export interface TestOptions {
  readonly flags?: readonly string[];
  readonly withinMs: number;
}

/**
 * One run of the tests, with one scratch folder for all that its processes put aside. Disposing
 * ends the process it waits for and removes the folder.
 */
export class TestRun implements AsyncDisposable {
  readonly #id = crypto.randomUUID();
  readonly #folder: TemporaryFolder;
  readonly #root: string;
  #current: LeashedProcess | undefined;

  private constructor(folder: TemporaryFolder, root: string) {
    this.#folder = folder;
    this.#root = root;
  }

  /** `root`: the folder of the checkout; paths of tests are below it. */
  static async begin(root: string): Promise<TestRun> {
    return new TestRun(await TemporaryFolder.make("tests"), root);
  }

  /** Builds what the hub serves, unless it is built already. */
  async build(): Promise<boolean> {
    const status = await this.#deno(["run", "-A", "build.ts", "--if-needed"], BUILD_WITHIN_MS);
    return status.success;
  }

  /**
   * Runs test files in one process and counts. A run that ends badly without a failed test, that
   * takes too long, or that leaves a process behind counts as one failure more.
   */
  async test(files: readonly string[], { flags = [], withinMs }: TestOptions): Promise<Counts> {
    if (files.length === 0) return NONE;
    const report = `${this.#folder.path}/report.xml`;
    // Types are checked by `deno task ok`; doing it here again would take longer than most tests.
    const args = ["test", "-A", "--no-check", `--junit-path=${report}`, ...flags, ...files];
    const status = await this.#deno(args, withinMs);
    const counts = await countAndRemove(report);
    const badEnd = !status.success && counts.failed === 0;
    if (badEnd) console.error(`${files.join(" ")}: ended with ${describe(status)}`);
    return add(counts, { ...NONE, failed: Number(badEnd) + await this.#leftBehind() });
  }

  /** Counts the tests of files without running them, as skipped. */
  async skip(files: readonly string[]): Promise<Counts> {
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-check", "--filter=/^$/", ...files],
      cwd: this.#root,
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).output();
    const count = /(\d+) filtered out/.exec(new TextDecoder().decode(stdout))?.[1];
    if (count) return { ...NONE, skipped: Number(count) };
    console.error(`Cannot count the tests of ${files.join(" ")}:`);
    console.error(new TextDecoder().decode(stderr));
    return { ...NONE, failed: 1 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#current?.kill();
    await this.#folder[Symbol.asyncDispose]();
  }

  async #deno(args: readonly string[], withinMs: number): Promise<Deno.CommandStatus> {
    const environment = { [RUN_VARIABLE]: this.#id, TMPDIR: this.#folder.path };
    await using process = new LeashedProcess("deno", Deno.execPath(), args, {
      cwd: this.#root,
      env: environment,
      output: "inherit",
    });
    this.#current = process;
    const timer = setTimeout(() => {
      console.error(`Ended after ${withinMs / 60_000} minutes: deno ${args.join(" ")}`);
      process.kill().catch(console.error);
    }, withinMs);
    try {
      return await process.ended;
    } finally {
      clearTimeout(timer);
      this.#current = undefined;
    }
  }

  /** 1 when a process was left behind; it is ended, so that it disturbs no further test. */
  async #leftBehind(): Promise<number> {
    const leftovers = await findLeftovers(RUN_VARIABLE, this.#id);
    for (const { pid, command } of leftovers) {
      console.error(`Left running by a test: ${command} (${pid})`);
      Deno.kill(pid, "SIGKILL");
    }
    return leftovers.length === 0 ? 0 : 1;
  }
}

async function countAndRemove(report: string): Promise<Counts> {
  try {
    const counts = countTests(await Deno.readTextFile(report));
    await Deno.remove(report);
    return counts;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return NONE; // it did not come that far
    throw error;
  }
}

function describe({ code, signal }: Deno.CommandStatus): string {
  return signal ?? `code ${code}, though no test failed`;
}
