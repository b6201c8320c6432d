/**
 * Reads a TensorFlow Lite model: one subgraph of static shapes, constants of float32, float16 or int32.
 * Numbers of fields and kinds: tensorflow/lite/schema/schema.fbs, version 3.
 */
import { FlatTable } from "./flat_table.ts";
import { elementCount, type TfConstant, type TfValues } from "./tfjs_graph.ts";

export interface TfliteTensor {
  /** TensorFlow's, without the names of what was fused into it; not always unique. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly constant?: TfConstant;
}

export interface TfliteOperator {
  /** "CONV_2D"; "operator 77" where the schema has it but this file does not. */
  readonly kind: string;
  /** Into `tensors`; −1 leaves out an optional input. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Field `index` of the operator's options, 0 where it is left out: bytes are enums. */
  byteOption(index: number): number;
  intOption(index: number, missing?: number): number;
}

export interface TfliteGraph {
  readonly tensors: readonly TfliteTensor[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** In an order in which they can run. */
  readonly operators: readonly TfliteOperator[];
}

const MODEL = { codes: 1, subgraphs: 2, buffers: 4 };
const CODE = { oldKind: 0, kind: 3 };
const SUBGRAPH = { tensors: 0, inputs: 1, outputs: 2, operators: 3 };
const TENSOR = { shape: 0, type: 1, buffer: 2, name: 3, sparsity: 6 };
const OPERATOR = { code: 0, inputs: 1, outputs: 2, options: 4 };
const BUFFER_DATA = 0;

const MAX_RANK = 8;
const MAX_OPERANDS = 1024;
const MAX_ELEMENTS = 2 ** 31;

/** `BuiltinOperator`, those that detectors are made of: an error then says what it met. */
const KINDS: Readonly<Record<number, string>> = {
  0: "ADD",
  1: "AVERAGE_POOL_2D",
  2: "CONCATENATION",
  3: "CONV_2D",
  4: "DEPTHWISE_CONV_2D",
  6: "DEQUANTIZE",
  9: "FULLY_CONNECTED",
  14: "LOGISTIC",
  17: "MAX_POOL_2D",
  18: "MUL",
  19: "RELU",
  21: "RELU6",
  22: "RESHAPE",
  23: "RESIZE_BILINEAR",
  25: "SOFTMAX",
  32: "CUSTOM",
  34: "PAD",
  40: "MEAN",
  97: "RESIZE_NEAREST_NEIGHBOR",
  114: "QUANTIZE",
  117: "HARD_SWISH",
};

/** Throws `Error("Cannot read the TensorFlow Lite model: …")`. */
export function parseTfliteGraph(bytes: Uint8Array): TfliteGraph {
  try {
    const model = FlatTable.root(bytes, "TFL3");
    const subgraphs = model.tables(MODEL.subgraphs);
    if (subgraphs.length !== 1) throw new RangeError(`${subgraphs.length} subgraphs, not one`);
    return parseSubgraph(subgraphs[0], model.tables(MODEL.codes), model.tables(MODEL.buffers));
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new Error(`Cannot read the TensorFlow Lite model: ${cause.message}`, { cause });
  }
}

function parseSubgraph(
  subgraph: FlatTable,
  codes: readonly FlatTable[],
  buffers: readonly FlatTable[],
): TfliteGraph {
  const tensors = subgraph.tables(SUBGRAPH.tensors).map((table) => parseTensor(table, buffers));
  const indices = (table: FlatTable, field: number) => tensorIndices(table, field, tensors.length);
  return {
    tensors,
    inputs: indices(subgraph, SUBGRAPH.inputs),
    outputs: indices(subgraph, SUBGRAPH.outputs),
    operators: subgraph.tables(SUBGRAPH.operators).map((table) => {
      const options = table.table(OPERATOR.options);
      return {
        kind: kindOf(codes, table.int32(OPERATOR.code)),
        inputs: indices(table, OPERATOR.inputs),
        outputs: indices(table, OPERATOR.outputs),
        byteOption: (index) => options?.int8(index) ?? 0,
        intOption: (index, missing = 0) => options?.int32(index, missing) ?? missing,
      };
    }),
  };
}

function parseTensor(table: FlatTable, buffers: readonly FlatTable[]): TfliteTensor {
  const [name] = table.text(TENSOR.name).split(";");
  const shape = table.int32s(TENSOR.shape, MAX_RANK);
  if (shape.some((size) => size <= 0) || elementCount(shape) > MAX_ELEMENTS) {
    throw new RangeError(`${name} has the shape ${shape.join("×")}`);
  }
  const buffer = buffers[table.int32(TENSOR.buffer)];
  if (!buffer) throw new RangeError(`${name} names a buffer that is not there`);
  const data = buffer.bytes(BUFFER_DATA);
  if (data.length === 0) return { name, shape };
  if (table.table(TENSOR.sparsity)) throw new RangeError(`${name} is sparse`);
  return { name, shape, constant: constantOf(name, shape, table.int8(TENSOR.type), data) };
}

function constantOf(
  name: string,
  shape: readonly number[],
  type: number,
  data: Uint8Array,
): TfConstant {
  const elements = elementsOf(name, type, data);
  if (elements.values.length === elementCount(shape)) return { shape, elements };
  throw new RangeError(`${name} holds ${elements.values.length} elements, not ${shape.join("×")}`);
}

/** `TensorType` */
const FLOAT32 = 0;
const FLOAT16 = 1;
const INT32 = 2;

function elementsOf(name: string, type: number, data: Uint8Array): TfValues {
  const size = type === FLOAT16 ? 2 : 4;
  if (data.length % size !== 0) throw new RangeError(`${name} ends within an element`);
  // Copied: a typed array must begin at a multiple of its element size.
  const buffer = new Uint8Array(data).buffer;
  switch (type) {
    case FLOAT32:
      return { type: "float32", values: new Float32Array(buffer) };
    case FLOAT16:
      return { type: "float16", values: new Uint16Array(buffer) };
    case INT32:
      return { type: "int", values: new Int32Array(buffer) };
    default:
      throw new RangeError(`${name} has elements of type ${type}`);
  }
}

function tensorIndices(table: FlatTable, field: number, count: number): number[] {
  const indices = table.int32s(field, MAX_OPERANDS);
  const wrong = indices.find((index) => index < -1 || index >= count);
  if (wrong !== undefined) throw new RangeError(`there is no tensor ${wrong}`);
  return indices;
}

/** Kinds above 127 came later and stand in a field of their own; the greater of both holds. */
function kindOf(codes: readonly FlatTable[], index: number): string {
  const code = codes[index];
  if (!code) throw new RangeError(`there is no operator code ${index}`);
  const kind = Math.max(code.int8(CODE.oldKind), code.int32(CODE.kind));
  return KINDS[kind] ?? `operator ${kind}`;
}
