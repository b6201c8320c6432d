/**
 * Registers an end-to-end test. A failure tells the first cause and whatever went wrong after it;
 * work or sockets still open at the end are a failure too.
 */
export function endToEnd(name: string, body: () => Promise<void>): void {
  const fn = async () => {
    try {
      await body();
    } catch (error) {
      throw inOne(error);
    }
  };
  Deno.test({ name, fn, sanitizeOps: true, sanitizeResources: true });
}

/**
 * `await using` wraps a body's error when a disposal fails too, and Deno's report then shows
 * neither. This tells them all, the first one first.
 */
export function inOne(error: unknown): unknown {
  const chain = unfold(error);
  if (chain.length === 1) return error;
  const [first, ...later] = chain.map(describe);
  return new Error([first, ...later.map((text) => `and then: ${text}`)].join("\n"), {
    cause: chain[0],
  });
}

function unfold(error: unknown): unknown[] {
  if (!(error instanceof SuppressedError)) return [error];
  return [...unfold(error.suppressed), ...unfold(error.error)];
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
