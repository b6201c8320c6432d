/** How a wait is made; passed in by tests. */
export type Wait = (lengthMs: number) => Promise<void>;

const sleep: Wait = (lengthMs) => new Promise((resolve) => setTimeout(resolve, lengthMs));

/**
 * Makes many requests for the same work into few runs: one at a time, at least `gapMs` apart, and one
 * more after the last request, so that what is shown is never older than that request.
 * `work` handles its own failures.
 */
export function coalesce(
  work: () => Promise<void>,
  gapMs: number,
  wait: Wait = sleep,
): () => void {
  let running = false;
  let asked = false;
  async function drain(): Promise<void> {
    while (asked) {
      asked = false;
      await work();
      await wait(gapMs);
    }
    running = false;
  }
  return () => {
    asked = true;
    if (running) return;
    running = true;
    void drain();
  };
}
