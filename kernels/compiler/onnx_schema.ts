/**
 * ONNX files: what we use of their messages, and how to write them; `onnx_reader.ts` reads them.
 * Field numbers: onnx/onnx.proto (IR version 8).
 */
import protobuf from "protobufjs";

/** `TensorProto.DataType` */
export const OnnxType = {
  FLOAT: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  BOOL: 9,
  FLOAT16: 10,
  DOUBLE: 11,
  UINT32: 12,
} as const;
export type OnnxElementType = (typeof OnnxType)[keyof typeof OnnxType];

/** `AttributeProto.AttributeType` */
export const AttributeType = {
  FLOAT: 1,
  INT: 2,
  STRING: 3,
  TENSOR: 4,
  FLOATS: 6,
  INTS: 7,
  STRINGS: 8,
} as const;

/** A plain number or list of numbers is INT or INTS. */
export type OnnxAttribute =
  | string
  | number
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly strings: readonly string[] }
  | { readonly tensor: OnnxInitializer }
  /** Of a file read: `AttributeType`s that we do not know (graphs, sparse tensors). */
  | { readonly unknownType: number };

export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  /** Absent: ONNX's own operators. */
  readonly domain?: string;
  /** An empty name leaves out an optional input. */
  readonly inputs: string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxInitializer {
  readonly name: string;
  readonly type: OnnxElementType;
  readonly shape: readonly number[];
  /** Little-endian. */
  readonly bytes: Uint8Array;
}

export interface OnnxValueInfo {
  readonly name: string;
  /** A text is a symbolic size; "" one that the file does not say. */
  readonly shape: readonly (number | string)[];
  /** float32 if absent. */
  readonly type?: OnnxElementType;
}

export interface OnnxModel {
  readonly name: string;
  /** Version of ONNX's own operators; 17 if absent. */
  readonly opset?: number;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  /** Provenance: licence, source. */
  readonly metadata: Readonly<Record<string, string>>;
}

const IR_VERSION = 8;
const OPSET = 17;

const SCHEMA = protobuf.Root.fromJSON({
  nested: {
    Model: message({
      irVersion: ["int64", 1],
      producerName: ["string", 2],
      graph: ["Graph", 7],
      opsetImport: ["repeated Opset", 8],
      metadata: ["repeated Entry", 14],
    }),
    Opset: message({ domain: ["string", 1], version: ["int64", 2] }),
    Entry: message({ key: ["string", 1], value: ["string", 2] }),
    Graph: message({
      node: ["repeated Node", 1],
      name: ["string", 2],
      initializer: ["repeated Tensor", 5],
      input: ["repeated ValueInfo", 11],
      output: ["repeated ValueInfo", 12],
      sparseInitializer: ["repeated bytes", 15],
    }),
    Node: message({
      input: ["repeated string", 1],
      output: ["repeated string", 2],
      name: ["string", 3],
      opType: ["string", 4],
      attribute: ["repeated Attribute", 5],
      domain: ["string", 7],
    }),
    Attribute: message({
      name: ["string", 1],
      f: ["float", 2],
      i: ["int64", 3],
      s: ["bytes", 4],
      t: ["Tensor", 5],
      floats: ["repeated float", 7],
      ints: ["repeated int64", 8],
      strings: ["repeated bytes", 9],
      type: ["int32", 20],
    }),
    Tensor: message({
      dims: ["repeated int64", 1],
      dataType: ["int32", 2],
      floatData: ["repeated float", 4],
      int32Data: ["repeated int32", 5],
      int64Data: ["repeated int64", 7],
      name: ["string", 8],
      rawData: ["bytes", 9],
      doubleData: ["repeated double", 10],
      uint64Data: ["repeated uint64", 11],
      dataLocation: ["int32", 14],
    }),
    ValueInfo: message({ name: ["string", 1], type: ["Type", 2] }),
    Type: message({ tensorType: ["TensorType", 1] }),
    TensorType: message({ elemType: ["int32", 1], shape: ["Shape", 2] }),
    Shape: message({ dim: ["repeated Dimension", 1] }),
    Dimension: message({ dimValue: ["int64", 1], dimParam: ["string", 2] }),
  },
});

/** The message that a file is. */
export const MODEL_MESSAGE = SCHEMA.lookupType("Model");

/** The file's bytes: the same model gives the same bytes. */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  const content = modelMessage(model);
  const fault = MODEL_MESSAGE.verify(content);
  if (fault) throw new Error(`Cannot encode ${model.name}: ${fault}`);
  // Where there is a Buffer, protobufjs gives one: its slice() would share memory.
  return new Uint8Array(MODEL_MESSAGE.encode(content).finish());
}

function modelMessage(model: OnnxModel) {
  return {
    irVersion: IR_VERSION,
    producerName: "fieldmesh",
    opsetImport: [{ domain: "", version: model.opset ?? OPSET }],
    metadata: Object.entries(model.metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: model.name,
      node: model.nodes.map(nodeMessage),
      initializer: model.initializers.map(tensorMessage),
      input: model.inputs.map(valueInfoMessage),
      output: model.outputs.map(valueInfoMessage),
    },
  };
}

function nodeMessage(node: OnnxNode) {
  return {
    name: node.name,
    opType: node.opType,
    input: node.inputs,
    output: node.outputs,
    attribute: Object.entries(node.attributes).map(attributeMessage),
    ...(node.domain === undefined ? {} : { domain: node.domain }),
  };
}

function tensorMessage({ name, type, shape, bytes }: OnnxInitializer) {
  return { name, dataType: type, dims: shape, rawData: bytes };
}

function attributeMessage([name, value]: [string, OnnxAttribute]) {
  if (typeof value === "string") return { name, type: AttributeType.STRING, s: utf8(value) };
  if (typeof value === "number") return { name, type: AttributeType.INT, i: value };
  if ("float" in value) return { name, type: AttributeType.FLOAT, f: value.float };
  if ("floats" in value) return { name, type: AttributeType.FLOATS, floats: value.floats };
  if ("tensor" in value) {
    return { name, type: AttributeType.TENSOR, t: tensorMessage(value.tensor) };
  }
  if ("strings" in value) {
    return { name, type: AttributeType.STRINGS, strings: value.strings.map(utf8) };
  }
  if ("unknownType" in value) {
    throw new Error(`Cannot encode attribute ${name}: of type ${value.unknownType}`);
  }
  return { name, type: AttributeType.INTS, ints: value };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function valueInfoMessage({ name, shape, type }: OnnxValueInfo) {
  const dim = shape.map((size) =>
    typeof size === "number" ? { dimValue: size } : { dimParam: size }
  );
  return { name, type: { tensorType: { elemType: type ?? OnnxType.FLOAT, shape: { dim } } } };
}

/** A message type from `field: [type, number]`. */
function message(fields: Record<string, [type: string, id: number]>) {
  return {
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, [type, id]]) => {
        const repeated = type.startsWith("repeated ");
        const plain = { type: type.replace("repeated ", ""), id };
        return [name, repeated ? { ...plain, rule: "repeated" } : plain];
      }),
    ),
  };
}
