import type { Bench, Entrant, Runner, RunnerOutput } from "./entrant.ts";
import { timeRuns } from "./stopwatch.ts";

/** V8 compiles what is hot a second time: this long after the first run that should be over. */
const WARM_UP_MS = 1_500;

/** Keeps the networks of one page or worker, and times them one at a time. */
export class LoadedRunners implements Bench {
  readonly #start: (entrant: Entrant) => Promise<Runner>;
  readonly #runners = new Map<string, Runner>();

  constructor(start: (entrant: Entrant) => Promise<Runner>) {
    this.#start = start;
  }

  async load(entrant: Entrant): Promise<void> {
    const runner = await this.#start(entrant);
    await timeRuns(() => runner.run(), WARM_UP_MS);
    this.#runners.set(entrant.name, runner);
  }

  async sample(name: string, budgetMs: number): Promise<number[]> {
    const runner = this.#runner(name);
    return await timeRuns(() => runner.run(), budgetMs);
  }

  async answer(name: string): Promise<number[]> {
    const [first]: (RunnerOutput | undefined)[] = await this.#runner(name).run();
    return Array.from(first ?? []);
  }

  #runner(name: string): Runner {
    const runner = this.#runners.get(name);
    if (!runner) {
      throw new Error(`Cannot time ${name}: it is not loaded here (a worker restarted?)`);
    }
    return runner;
  }
}
