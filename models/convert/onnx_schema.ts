/**
 * The messages of ONNX that a converted network needs, and their bytes.
 * Field numbers: onnx/onnx.proto (IR version 8).
 */
import protobuf from "protobufjs";

/** `TensorProto.DataType` */
export const OnnxType = { FLOAT: 1, INT64: 7, FLOAT16: 10 } as const;
export type OnnxElementType = (typeof OnnxType)[keyof typeof OnnxType];

/** `AttributeProto.AttributeType` */
const AttributeType = { FLOAT: 1, INT: 2, STRING: 3, INTS: 7 } as const;

export type OnnxAttribute = string | number | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
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
  readonly shape: readonly number[];
}

export interface OnnxModel {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  /** All float32. */
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
    }),
    Node: message({
      input: ["repeated string", 1],
      output: ["repeated string", 2],
      name: ["string", 3],
      opType: ["string", 4],
      attribute: ["repeated Attribute", 5],
    }),
    Attribute: message({
      name: ["string", 1],
      f: ["float", 2],
      i: ["int64", 3],
      s: ["bytes", 4],
      ints: ["repeated int64", 8],
      type: ["int32", 20],
    }),
    Tensor: message({
      dims: ["repeated int64", 1],
      dataType: ["int32", 2],
      name: ["string", 8],
      rawData: ["bytes", 9],
    }),
    ValueInfo: message({ name: ["string", 1], type: ["Type", 2] }),
    Type: message({ tensorType: ["TensorType", 1] }),
    TensorType: message({ elemType: ["int32", 1], shape: ["Shape", 2] }),
    Shape: message({ dim: ["repeated Dimension", 1] }),
    Dimension: message({ dimValue: ["int64", 1] }),
  },
});

/** The file's bytes: the same model gives the same bytes. */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  const type = SCHEMA.lookupType("Model");
  const content = modelMessage(model);
  const fault = type.verify(content);
  if (fault) throw new Error(`Cannot encode ${model.name}: ${fault}`);
  return type.encode(content).finish();
}

function modelMessage(model: OnnxModel) {
  return {
    irVersion: IR_VERSION,
    producerName: "fieldmesh",
    opsetImport: [{ domain: "", version: OPSET }],
    metadata: Object.entries(model.metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: model.name,
      node: model.nodes.map(nodeMessage),
      initializer: model.initializers.map((tensor) => ({
        name: tensor.name,
        dataType: tensor.type,
        dims: tensor.shape,
        rawData: tensor.bytes,
      })),
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
  };
}

function attributeMessage([name, value]: [string, OnnxAttribute]) {
  if (typeof value === "string") {
    return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  }
  if (typeof value === "number") return { name, type: AttributeType.INT, i: value };
  if ("float" in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: value };
}

function valueInfoMessage({ name, shape }: OnnxValueInfo) {
  const dim = shape.map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType: OnnxType.FLOAT, shape: { dim } } } };
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
