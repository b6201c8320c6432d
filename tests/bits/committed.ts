/**
 * What was committed: the oracle's answers, which every backend and runtime must give. Made by
 *
 *   deno run -A tests/bits/make_answers.ts
 */
export interface Committed {
  /** By op: a hash over all outputs of the oracle in the op's tests. */
  readonly ops: Readonly<Record<string, string>>;
  /** By model: an answer a frame. */
  readonly models: Readonly<Record<string, readonly string[]>>;
}

export const COMMITTED_FILE = new URL("committed.json", import.meta.url);

export async function committed(): Promise<Committed> {
  return JSON.parse(await Deno.readTextFile(COMMITTED_FILE));
}
