import type { GivenRange, Graph, GraphConstant, GraphNode } from "../graph.ts";

/** Stands for whoever reads the network's outputs: no value's name. */
const OUTSIDE = "";

/**
 * A graph whose nodes are replaced and dropped. It knows how often each value is read, and drops nodes that
 * nothing reads any more. A replacement stands where the node of the same output stood, so that the order
 * stays one in which the nodes can run.
 */
export class GraphEditor {
  readonly #nodes: Map<string, GraphNode>;
  /** Of each value the outputs of the nodes that read it, once for each input that it is. */
  readonly #readers = new Map<string, string[]>();
  readonly #positions: ReadonlyMap<string, number>;
  readonly #shapes: Map<string, readonly number[]>;
  readonly #constants: Map<string, GraphConstant>;
  readonly #ranges: Map<string, GivenRange>;
  readonly #graph: Graph;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#nodes = new Map(graph.nodes.map((node) => [node.output, node]));
    this.#shapes = new Map(graph.shapes);
    this.#constants = new Map(graph.constants);
    this.#ranges = new Map(graph.ranges);
    this.#positions = new Map(graph.nodes.map((node, position) => [node.output, position]));
    for (const name of graph.outputs) this.#addReader(name, OUTSIDE);
    for (const node of graph.nodes) {
      node.inputs.forEach((name) => this.#addReader(name, node.output));
    }
    for (const node of graph.nodes.toReversed()) this.#dropUnread(node.output);
  }

  /** A snapshot: nodes replaced meanwhile must be looked up again. */
  outputs(): string[] {
    return [...this.#nodes.keys()];
  }

  /** Undefined for inputs and constants. */
  producer(name: string): GraphNode | undefined {
    return this.#nodes.get(name);
  }

  /** How often nodes read it, and once more if it is an output of the network. */
  readers(name: string): number {
    return this.#readers.get(name)?.length ?? 0;
  }

  shape(name: string): readonly number[] {
    return this.#shapes.get(name) ?? [];
  }

  constant(name: string): GraphConstant | undefined {
    return this.#constants.get(name);
  }

  /** Puts `node` in the place of the one with the same output. */
  replace(node: GraphNode): void {
    const before = this.#nodes.get(node.output);
    this.#nodes.set(node.output, node);
    node.inputs.forEach((name) => this.#addReader(name, node.output));
    before?.inputs.forEach((name) => this.#release(name, node.output));
  }

  /** Lets all that read `output` read `input` instead: false, and nothing done, for a network's output. */
  bypass(output: string, input: string): boolean {
    if (this.#graph.outputs.includes(output)) return false;
    const range = this.#ranges.get(output);
    if (range && !this.#ranges.has(input)) this.#ranges.set(input, range);
    for (const reader of new Set(this.#readers.get(output))) {
      const node = this.#nodes.get(reader);
      const inputs = node?.inputs.map((name) => name === output ? input : name);
      if (node && inputs) this.replace({ ...node, inputs });
    }
    return true;
  }

  /** Lets the node make its value under another name, at the place of the node that made that. */
  rename(node: GraphNode, output: string): void {
    const range = this.#ranges.get(node.output);
    if (range && !this.#ranges.has(output)) this.#ranges.set(output, range);
    this.replace({ ...node, output });
  }

  /** Whether the node that makes `a` runs before the one that makes `b`. */
  isBefore(a: string, b: string): boolean {
    return (this.#positions.get(a) ?? 0) < (this.#positions.get(b) ?? 0);
  }

  #addReader(name: string, reader: string): void {
    const readers = this.#readers.get(name);
    if (readers) readers.push(reader);
    else this.#readers.set(name, [reader]);
  }

  #release(name: string, reader: string): void {
    const readers = this.#readers.get(name) ?? [];
    readers.splice(readers.indexOf(reader), 1);
    this.#dropUnread(name);
  }

  #dropUnread(name: string): void {
    const node = this.#nodes.get(name);
    if (!node || this.readers(name) > 0) return;
    this.#nodes.delete(name);
    node.inputs.forEach((input) => this.#release(input, name));
  }

  /** The graph as it is now, with what is said of its values and no others. */
  graph(): Graph {
    const nodes = [...this.#nodes.values()];
    const names = new Set([
      ...this.#graph.inputs,
      ...nodes.flatMap((node) => [...node.inputs, node.output]),
    ]);
    const only = <T>(map: ReadonlyMap<string, T>) =>
      new Map([...map].filter(([name]) => names.has(name)));
    return {
      ...this.#graph,
      nodes,
      shapes: only(this.#shapes),
      constants: only(this.#constants),
      ranges: only(this.#ranges),
    };
  }
}
