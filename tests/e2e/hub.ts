/** The hub as its users run it: a process of its own, with a data folder of its own. */
import { fileURLToPath } from "node:url";
import settings from "../../deno.json" with { type: "json" };
import { LeashedProcess } from "../leashed_process.ts";
import { ROOT } from "../source_files.ts";
import { TemporaryFolder } from "../temporary_folder.ts";

const READY_WITHIN_MS = 20_000;
const ENDS_WITHIN_MS = 10_000;

export class RunningHub implements AsyncDisposable {
  readonly #data: TemporaryFolder;
  #process: LeashedProcess;
  #url: string;

  private constructor(data: TemporaryFolder, process: LeashedProcess, url: string) {
    this.#data = data;
    this.#process = process;
    this.#url = url;
  }

  /** Starts a hub on a free port. */
  static async start(): Promise<RunningHub> {
    await using undo = new AsyncDisposableStack();
    const data = undo.use(await TemporaryFolder.make("hub"));
    const process = undo.use(run(data.path, 0));
    const url = await readyUrl(process);
    undo.move();
    return new RunningHub(data, process, url);
  }

  /** With a slash at its end; the same after a restart. */
  get url(): string {
    return this.#url;
  }

  /** What it printed last. */
  get tail(): string {
    return this.#process.tail;
  }

  /** Ends it as Ctrl-C does. Throws when it does not end cleanly. */
  async stop(): Promise<void> {
    const { code, signal } = await this.#process.interrupt({ withinMs: ENDS_WITHIN_MS });
    if (code !== 0) {
      throw new Error(`The hub ended with ${signal ?? `code ${code}`} on SIGINT:\n${this.tail}`);
    }
  }

  /** Starts it again after {@link stop}, on the same port with the same data. */
  async startAgain(): Promise<void> {
    this.#process = run(this.#data.path, Number(new URL(this.#url).port));
    this.#url = await readyUrl(this.#process);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.kill();
    await this.#data[Symbol.asyncDispose]();
  }
}

function run(data: string, port: number): LeashedProcess {
  const args = [...serveArguments(), "--port", String(port), "--data", data];
  return new LeashedProcess("hub", Deno.execPath(), args, { cwd: fileURLToPath(ROOT) });
}

/** What `deno task start` runs once all is built: with its permissions, not with ours. */
function serveArguments(): string[] {
  const serve = settings.tasks.start.command.split("&&").at(-1)?.trim() ?? "";
  const [deno, ...args] = serve.split(/\s+/);
  if (deno !== "deno" || !args.includes("main.ts")) {
    throw new Error(`Cannot tell how \`deno task start\` serves: its last step is "${serve}"`);
  }
  return args;
}

async function readyUrl(process: LeashedProcess): Promise<string> {
  const [, url] = await process.line(/ready: (\S+)/, { withinMs: READY_WITHIN_MS });
  return new URL(url).href;
}
