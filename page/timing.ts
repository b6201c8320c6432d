/** Time as it is passed in: the browser's in pages, a fake one in tests. */
export interface Timing {
  /** Milliseconds that only rise; their origin means nothing. */
  now(): number;
  /** Calls `run` once, `ms` from now. The returned function calls it off. */
  after(ms: number, run: () => void): () => void;
}

export const browserTiming: Timing = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`; rejects with the signal's reason when it is aborted. */
export function sleep(timing: Timing, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = timing.after(ms, () => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
