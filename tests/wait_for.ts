const PAUSE_MS = 100;
const DEFAULT_WITHIN_MS = 10_000;

export interface WaitOptions {
  /** Bound of the whole wait, 10 s by default. */
  readonly withinMs?: number;
  /** Pause between two looks, 100 ms by default. */
  readonly pauseMs?: number;
}

/**
 * Looks again and again until `holds` is true of what `probe` gives, and returns that.
 * For what has no event to await: a page that may reload, a worker that may be dead. Looks at least
 * once. Throws after `withinMs` with `what` and what was last seen; a probe that throws counts as "not
 * yet", and its error is told too.
 */
export async function waitFor<T>(
  what: string,
  probe: () => T | Promise<T>,
  holds: (value: T) => boolean,
  { withinMs = DEFAULT_WITHIN_MS, pauseMs = PAUSE_MS }: WaitOptions = {},
): Promise<T> {
  const deadline = performance.now() + withinMs;
  let last = "nothing: no look ended";
  do {
    try {
      const value = await within(deadline - performance.now(), probe());
      if (holds(value)) return value;
      last = Deno.inspect(value, { depth: 6, strAbbreviateSize: 400 });
    } catch (error) {
      if (error !== OUT_OF_TIME) last = `an error: ${error}`;
    }
    await pause(pauseMs);
  } while (performance.now() < deadline);
  throw new Error(`Waited ${withinMs} ms for ${what}. Last seen: ${last}`);
}

const OUT_OF_TIME = new Error("A look took longer than the whole wait");

async function within<T>(ms: number, work: T | Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(OUT_OF_TIME), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
