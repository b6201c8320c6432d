import { LeashedProcess } from "./leashed_process.ts";
import { findLeftovers } from "./leftovers.ts";
import { TemporaryFolder } from "./temporary_folder.ts";
import { add, type Counts, countTests, type Failure, failuresOf, NONE } from "./test_report.ts";

/** Marks every process of a run by its environment. */
const RUN_VARIABLE = "FIELDMESH_TEST_RUN";
/** Set where tests are only counted: what asks a browser before it registers them need not. */
export const COUNT_VARIABLE = "FIELDMESH_TEST_COUNT";
/** Far more than a cold build takes. */
const BUILD_WITHIN_MS = 5 * 60_000;

/** The name of a failure that is no test's. */
const WHOLE_RUN = "the run itself";

export interface TestOptions {
  readonly flags?: readonly string[];
  readonly withinMs: number;
}

interface End {
  readonly success: boolean;
  /** Its code or signal, in words. */
  readonly how: string;
}

/**
 * One run of the tests, with one scratch folder for all that its processes put aside. Disposing
 * ends the process it waits for and removes the folder.
 */
export class TestRun implements AsyncDisposable {
  readonly #id = crypto.randomUUID();
  readonly #folder: TemporaryFolder;
  readonly #root: string;
  readonly #failures: Failure[] = [];
  #current: LeashedProcess | undefined;

  private constructor(folder: TemporaryFolder, root: string) {
    this.#folder = folder;
    this.#root = root;
  }

  /** `root`: the folder of the checkout; paths of tests are below it. */
  static async begin(root: string): Promise<TestRun> {
    return new TestRun(await TemporaryFolder.make("tests"), root);
  }

  /** All that failed so far, in the order of the runs. */
  get failures(): readonly Failure[] {
    return this.#failures;
  }

  /** Builds what the hub serves, unless it is built already. */
  async build(): Promise<boolean> {
    const { success } = await this.#deno(["run", "-A", "build.ts", "--if-needed"], BUILD_WITHIN_MS);
    return success;
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
    const { success, how } = await this.#deno(args, withinMs);
    const told = await readAndRemove(report);
    const counts = countTests(told);
    this.#failures.push(...failuresOf(told));
    const badEnd = !success && counts.failed === 0;
    if (badEnd) this.#fail(files, `It ended with ${how}, though no test failed`);
    return add(counts, { ...NONE, failed: Number(badEnd) + await this.#leftBehind(files) });
  }

  /** Counts the tests of files without running them, as skipped. */
  async skip(files: readonly string[]): Promise<Counts> {
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-check", "--filter=/^$/", ...files],
      cwd: this.#root,
      env: { NO_COLOR: "1", [COUNT_VARIABLE]: "1" },
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

  async #deno(args: readonly string[], withinMs: number): Promise<End> {
    const environment = {
      [RUN_VARIABLE]: this.#id,
      TMPDIR: this.#folder.path,
      // Mesa complains where a machine without a desktop has none.
      XDG_RUNTIME_DIR: Deno.env.get("XDG_RUNTIME_DIR") ?? this.#folder.path,
    };
    await using process = new LeashedProcess("deno", Deno.execPath(), args, {
      cwd: this.#root,
      env: environment,
      output: "inherit",
    });
    this.#current = process;
    const late = `SIGKILL after ${withinMs / 60_000} minutes`;
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      console.error(`${late}: deno ${args.join(" ")}`);
      process.kill().catch(console.error);
    }, withinMs);
    try {
      const { success, code, signal } = await process.ended;
      return { success, how: isLate ? late : signal ?? `code ${code}` };
    } finally {
      clearTimeout(timer);
      this.#current = undefined;
    }
  }

  /** 1 when a process was left behind; it is ended, so that it disturbs no further test. */
  async #leftBehind(files: readonly string[]): Promise<number> {
    const leftovers = await findLeftovers(RUN_VARIABLE, this.#id);
    for (const { pid, command } of leftovers) {
      this.#fail(files, `A test left running: ${command} (${pid})`);
      Deno.kill(pid, "SIGKILL");
    }
    return leftovers.length === 0 ? 0 : 1;
  }

  /** Told at once, beside what the files printed, and kept for the end. */
  #fail(files: readonly string[], error: string): void {
    const file = files.length === 1 ? files[0] : `${files.length} files`;
    console.error(`${file}: ${error}`);
    this.#failures.push({ file, name: WHOLE_RUN, error });
  }
}

/** The report, or nothing when the run did not come that far. */
async function readAndRemove(report: string): Promise<string> {
  try {
    const told = await Deno.readTextFile(report);
    await Deno.remove(report);
    return told;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
