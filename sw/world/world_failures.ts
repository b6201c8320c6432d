import { type Failure, toFailure } from "../../field/errors.ts";

/** What may go wrong with the world, each by itself, in the user's words. */
export type Trying =
  | "reading the shared picture"
  | "saving the shared picture"
  | "following what is seen"
  | "saving what was decided"
  | "remembering the last minutes"
  | "telling the crew what is here"
  | "showing an alert";

/** What is wrong just now: told once when it begins, and shown until it is well again. */
export class WorldFailures {
  readonly #tell: (thrown: unknown, trying: Trying) => void;
  readonly #failures = new Map<Trying, Failure>();

  constructor(tell: (thrown: unknown, trying: Trying) => void) {
    this.#tell = tell;
  }

  get first(): Failure | undefined {
    const [failure] = this.#failures.values();
    return failure;
  }

  failed(thrown: unknown, trying: Trying): void {
    const isNews = !this.#failures.has(trying);
    this.#failures.set(trying, toFailure(thrown));
    if (isNews) this.#tell(thrown, trying);
  }

  /** Resolves in any case, true when it went well. */
  async during(trying: Trying, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      this.well(trying);
      return true;
    } catch (thrown) {
      this.failed(thrown, trying);
      return false;
    }
  }

  well(trying: Trying): void {
    this.#failures.delete(trying);
  }
}
