import type { GivenRange, Graph } from "./graph.ts";

/**
 * Ranges that follow from a value's activation: what a score may become does not depend on what calibration
 * happened to see.
 */
export function naturalRanges(graph: Graph): Map<string, GivenRange> {
  return new Map(
    graph.nodes.flatMap((node) => {
      const kind = "activation" in node ? node.activation.kind : "none";
      const isShare = kind === "sigmoid" || kind === "hard_sigmoid";
      return isShare ? [[node.output, { low: 0, high: 1 }] as const] : [];
    }),
  );
}
