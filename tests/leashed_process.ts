/**
 * A child process that cannot outlive us. A small shell stands between: it watches a pipe that only
 * we hold open, and kills the child's whole process group when that pipe closes, so also after
 * Ctrl-C, a crash or a SIGKILL of the test run.
 */
// The program replaces the shell, so its process id, its exit status and its signals are its own.
const LEASH = `exec 3<&0
( cat <&3; kill -KILL 0 ) >/dev/null 2>&1 &
exec "$@" </dev/null 3<&-`;

/** How long a killed group may take to let go of its pipes. */
const GONE_WITHIN_MS = 10_000;
const TAIL_LINES = 60;

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** "inherit": what it prints goes where ours goes, and is not read here. "read" by default. */
  readonly output?: "read" | "inherit";
}

export class LeashedProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #readsOutput: boolean;
  readonly #tail: string[] = [];
  readonly #listeners = new Set<(line: string) => void>();
  readonly #gone: Promise<Deno.CommandStatus>;
  #over = false;

  constructor(
    readonly name: string,
    command: string,
    args: readonly string[],
    { cwd, env = {}, output = "read" }: ProcessOptions = {},
  ) {
    this.#readsOutput = output === "read";
    const stream = this.#readsOutput ? "piped" : "inherit";
    this.#child = new Deno.Command("sh", {
      args: ["-c", LEASH, "leash", command, ...args],
      cwd,
      env: { ...env },
      stdin: "piped",
      stdout: stream,
      stderr: stream,
      detached: true,
    }).spawn();
    this.#gone = this.#untilGone();
    // Whoever needs the outcome awaits it; nobody needing it is not an unhandled rejection.
    this.#gone.catch(() => {});
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Its status, once it and all its descendants have ended. */
  get ended(): Promise<Deno.CommandStatus> {
    return this.#gone;
  }

  /** The last lines it printed, on either stream. */
  get tail(): string {
    return this.#tail.join("\n");
  }

  /**
   * The first match in a line it prints from now on. Throws with what it printed when it ends or
   * `withinMs` pass without one.
   */
  async line(pattern: RegExp, { withinMs }: { withinMs: number }): Promise<RegExpExecArray> {
    const found = Promise.withResolvers<RegExpExecArray>();
    const listener = (line: string) => {
      const match = pattern.exec(line);
      if (match) found.resolve(match);
    };
    this.#listeners.add(listener);
    const timer = setTimeout(() => found.reject(this.#lacks(pattern, `${withinMs} ms`)), withinMs);
    this.#gone.then(
      ({ code }) => found.reject(this.#lacks(pattern, `its end with code ${code}`)),
      found.reject,
    );
    try {
      return await found.promise;
    } finally {
      clearTimeout(timer);
      this.#listeners.delete(listener);
    }
  }

  /** Asks it to end as Ctrl-C does; resolves with its status when its whole group is gone. */
  async interrupt({ withinMs }: { withinMs: number }): Promise<Deno.CommandStatus> {
    this.#signal(this.pid, "SIGINT");
    const timer = setTimeout(() => this.#signal(-this.pid, "SIGKILL"), withinMs);
    try {
      return await this.#gone;
    } finally {
      clearTimeout(timer);
      await this.kill();
    }
  }

  /** SIGKILL to every process of the group, as a dead battery would; resolves when all are gone. */
  async kill(): Promise<void> {
    this.#signal(-this.pid, "SIGKILL");
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new Error(`${this.name}: a process outlived SIGKILL of its group`)),
      GONE_WITHIN_MS,
    );
    try {
      await Promise.race([this.#gone, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  // Every descendant inherits the output pipes, so both at their end means that none is left.
  async #untilGone(): Promise<Deno.CommandStatus> {
    const outputs = this.#readsOutput ? [this.#child.stdout, this.#child.stderr] : [];
    const [status] = await Promise.all([
      this.#child.status,
      ...outputs.map((stream) => this.#read(stream)),
    ]);
    this.#over = true;
    await this.#child.stdin.close().catch(() => {}); // its reader is gone: closed is what we want
    return status;
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const line of linesOf(stream)) {
      this.#tail.push(line);
      if (this.#tail.length > TAIL_LINES) this.#tail.shift();
      for (const listener of this.#listeners) listener(line);
    }
  }

  #signal(pid: number, signal: Deno.Signal): void {
    if (this.#over) return; // the number may be another process's by now
    try {
      Deno.kill(pid, signal);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // already gone
    }
  }

  #lacks(pattern: RegExp, until: string): Error {
    return new Error(
      `${this.name}: no line like ${pattern} until ${until}. It printed:\n${this.tail}`,
    );
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
