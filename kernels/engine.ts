/** A dense tensor, row-major. `shape` in elements; `data.length` is their product. */
export interface Tensor {
  readonly data: Float32Array | Uint8Array | Int8Array | Int32Array;
  readonly shape: readonly number[];
}

/** RGBA, 8 bits each, row-major, `data.length === width * height * 4`. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

export type Tensors = Readonly<Record<string, Tensor>>;

/**
 * What runs a network. `README.md` lists the implementations.
 * One network an engine; calls do not overlap.
 */
export interface Engine {
  /** As shown to the user: "onnxruntime-web 1.30". */
  readonly name: string;
  /** Loads a network. Throws `Error("Cannot load …")` when the bytes are damaged or an op is unknown. */
  load(plan: Uint8Array): Promise<void>;
  /** Runs it on named inputs; returns all named outputs. Throws when a name or shape differs from the network's. */
  run(inputs: Tensors): Promise<Tensors>;
  /** The outputs for each item of a batch, the same as one by one. Throws like `run`, then for all. */
  runBatch(batch: readonly Tensors[]): Promise<Tensors[]>;
  /** Frees its memory. Using it afterwards throws. */
  dispose(): Promise<void>;
}
