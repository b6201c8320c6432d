import type { GraphNode } from "./graph.ts";

/** Runs a step of compiling a node; what it throws names the node and its op. */
export function naming<T>({ name, source }: GraphNode, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot compile node ${name} (${source}): ${why}`, { cause });
  }
}
