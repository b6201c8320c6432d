import type { Graph, GraphNode } from "../graph.ts";
import { type GraphBuilder, named } from "../graph_builder.ts";
import { ACTIVATION_RULES } from "./activation_patterns.ts";
import { AFFINE_RULES, LONE_AFFINE_RULES } from "./affine.ts";
import { FUSION_RULES } from "./fusion.ts";
import { GraphEditor } from "./graph_editor.ts";
import { MOVE_RULES } from "./moves.ts";
import { PADDING_RULES } from "./padding.ts";
import type { Rule } from "./rule.ts";

/** In this order: a pattern must be seen whole before its parts are joined with something else. */
const PASSES: readonly (readonly Rule[])[] = [
  MOVE_RULES,
  ACTIVATION_RULES,
  [...PADDING_RULES, ...AFFINE_RULES, ...FUSION_RULES],
  [...ACTIVATION_RULES, ...PADDING_RULES],
  LONE_AFFINE_RULES,
  FUSION_RULES,
];
/** Every rule leaves less to do; should one not, a graph must still not keep us for ever. */
const MAX_CHANGES_A_NODE = 64;

/** A builder's graph in its final form. */
export function rewriteGraph(
  builder: GraphBuilder,
  about: Pick<Graph, "name" | "inputs" | "outputs" | "metadata">,
): Graph {
  nameOutputs(builder, about.outputs);
  const editor = new GraphEditor(builder.build(about));
  for (const rules of PASSES) {
    for (const output of editor.outputs()) applyRules(editor, output, rules);
  }
  return editor.graph();
}

function applyRules(editor: GraphEditor, output: string, rules: readonly Rule[]): void {
  for (let change = 0; change < MAX_CHANGES_A_NODE; change++) {
    const node = editor.producer(output);
    if (!node || !rules.some((rule) => rule(editor, node))) return;
  }
}

/** Outputs that are other names of values become values; the rules drop what is not needed of it. */
function nameOutputs(builder: GraphBuilder, outputs: readonly string[]): void {
  for (const name of outputs) {
    const value = builder.resolve(name);
    if (builder.constant(value)) throw new Error(`output ${name} does not depend on the inputs`);
    if (value === name) continue;
    const shape = builder.shapes.get(value) ?? [];
    const source = { name, opType: "Identity", inputs: [value], outputs: [name], attributes: {} };
    const node: GraphNode = { ...named(source, [value], name), kind: "reshape" };
    builder.add(source, node, shape);
  }
}
