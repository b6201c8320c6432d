import {
  AttributeType,
  MODEL_MESSAGE,
  type OnnxAttribute,
  type OnnxElementType,
  type OnnxInitializer,
  type OnnxModel,
  type OnnxNode,
  OnnxType,
  type OnnxValueInfo,
} from "./onnx_schema.ts";

/** What protobuf guarantees of a decoded message: fields are absent or of the schema's type. */
interface TensorMessage {
  dims?: number[];
  dataType?: number;
  floatData?: number[];
  int32Data?: number[];
  int64Data?: number[];
  name?: string;
  rawData?: Uint8Array;
  doubleData?: number[];
  uint64Data?: number[];
  dataLocation?: number;
}

interface AttributeMessage {
  name?: string;
  f?: number;
  i?: number;
  s?: Uint8Array;
  t?: TensorMessage;
  floats?: number[];
  ints?: number[];
  strings?: Uint8Array[];
  type?: number;
}

interface NodeMessage {
  input?: string[];
  output?: string[];
  name?: string;
  opType?: string;
  attribute?: AttributeMessage[];
  domain?: string;
}

interface ValueInfoMessage {
  name?: string;
  type?: {
    tensorType?: {
      elemType?: number;
      shape?: { dim?: { dimValue?: number; dimParam?: string }[] };
    };
  };
}

interface ModelMessage {
  graph?: {
    node?: NodeMessage[];
    name?: string;
    initializer?: TensorMessage[];
    input?: ValueInfoMessage[];
    output?: ValueInfoMessage[];
    sparseInitializer?: Uint8Array[];
  };
  opsetImport?: { domain?: string; version?: number }[];
  metadata?: { key?: string; value?: string }[];
}

/** `TensorProto.DataLocation` */
const EXTERNAL = 1;
/** `AttributeProto.type` is missing in files of IR version 1, and 0 in damaged ones. */
const UNTYPED = 0;

export const ELEMENT_BYTES: Readonly<Record<OnnxElementType, number>> = {
  [OnnxType.FLOAT]: 4,
  [OnnxType.UINT8]: 1,
  [OnnxType.INT8]: 1,
  [OnnxType.UINT16]: 2,
  [OnnxType.INT16]: 2,
  [OnnxType.INT32]: 4,
  [OnnxType.INT64]: 8,
  [OnnxType.BOOL]: 1,
  [OnnxType.FLOAT16]: 2,
  [OnnxType.DOUBLE]: 8,
  [OnnxType.UINT32]: 4,
};

/**
 * An ONNX file's content. Throws `Error` for bytes that are no ONNX file, and for tensors whose bytes do
 * not agree with their shape; allocates no more than a few times the file's size.
 */
export function decodeOnnx(bytes: Uint8Array): OnnxModel {
  const { graph, opsetImport, metadata } = parseMessage(bytes);
  if (!graph) throw new Error("the file holds no ONNX graph: it is damaged, or of another format");
  if (graph.sparseInitializer?.length) {
    throw new Error("sparse initializers are not supported: save the model with dense ones");
  }
  return {
    name: graph.name ?? "",
    opset: opsetOf(opsetImport ?? []),
    nodes: (graph.node ?? []).map(nodeOf),
    initializers: (graph.initializer ?? []).map(initializerOf),
    inputs: (graph.input ?? []).map(valueInfoOf),
    outputs: (graph.output ?? []).map(valueInfoOf),
    metadata: Object.fromEntries(
      (metadata ?? []).map(({ key, value }) => [key ?? "", value ?? ""]),
    ),
  };
}

function parseMessage(bytes: Uint8Array): ModelMessage {
  try {
    return MODEL_MESSAGE.toObject(MODEL_MESSAGE.decode(bytes), { longs: Number });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`the file is damaged, or no ONNX file (${reason})`, { cause });
  }
}

/** ONNX's own domain is written as "" or left out, and by some as "ai.onnx". */
export function isOwnDomain(domain: string | undefined): boolean {
  return !domain || domain === "ai.onnx";
}

function opsetOf(imports: readonly { domain?: string; version?: number }[]): number {
  const version = imports.find(({ domain }) => isOwnDomain(domain))?.version;
  if (version === undefined) throw new Error("the file does not say which opset it is of");
  return version;
}

function nodeOf(node: NodeMessage): OnnxNode {
  const opType = node.opType ?? "";
  const outputs = node.output ?? [];
  const name = node.name || outputs[0] || opType;
  const attributes = (node.attribute ?? []).map((attribute): [string, OnnxAttribute] => [
    attribute.name ?? "",
    attributeOf(attribute),
  ]);
  return {
    name,
    opType,
    inputs: node.input ?? [],
    outputs,
    attributes: Object.fromEntries(attributes),
    ...(isOwnDomain(node.domain) ? {} : { domain: node.domain }),
  };
}

function attributeOf(attribute: AttributeMessage): OnnxAttribute {
  const type = attribute.type ?? UNTYPED;
  switch (type) {
    case AttributeType.FLOAT:
      return { float: attribute.f ?? 0 };
    case AttributeType.INT:
      return attribute.i ?? 0;
    case AttributeType.STRING:
      return text(attribute.s);
    case AttributeType.TENSOR:
      return { tensor: initializerOf({ ...attribute.t, name: attribute.name }) };
    case AttributeType.FLOATS:
      return { floats: attribute.floats ?? [] };
    case AttributeType.INTS:
      return attribute.ints ?? [];
    case AttributeType.STRINGS:
      return { strings: (attribute.strings ?? []).map(text) };
    default:
      return { unknownType: type };
  }
}

function text(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes);
}

function initializerOf(tensor: TensorMessage): OnnxInitializer {
  const name = tensor.name ?? "";
  if (tensor.dataLocation === EXTERNAL) {
    throw new Error(
      `the elements of ${name} are in another file (external data): save the model as one file`,
    );
  }
  const type = elementType(tensor.dataType ?? 0, name);
  const shape = tensor.dims ?? [];
  const count = elementCount(shape, name);
  const bytes = tensor.rawData?.length ? tensor.rawData : typedBytes(type, tensor);
  if (bytes.length !== count * ELEMENT_BYTES[type]) {
    throw new Error(`${name} has ${bytes.length} bytes, which are not the elements of [${shape}]`);
  }
  return { name, type, shape, bytes };
}

function elementType(type: number, name: string): OnnxElementType {
  const known = Object.values(OnnxType).find((each) => each === type);
  if (known === undefined) throw new Error(`${name} has elements of type ${type}: not supported`);
  return known;
}

function elementCount(shape: readonly number[], name: string): number {
  const count = shape.reduce((product, size) => product * size, 1);
  if (shape.some((size) => size < 0) || !Number.isSafeInteger(count)) {
    throw new Error(`${name} has a shape that cannot be: [${shape}]`);
  }
  return count;
}

/** Elements that are not in `raw_data`: which field holds them depends on their type (onnx.proto). */
function typedBytes(type: OnnxElementType, tensor: TensorMessage): Uint8Array {
  const ints = tensor.int32Data ?? [];
  switch (type) {
    case OnnxType.FLOAT:
      return bytesOf(Float32Array.from(tensor.floatData ?? []));
    case OnnxType.DOUBLE:
      return bytesOf(Float64Array.from(tensor.doubleData ?? []));
    case OnnxType.INT64:
      return bytesOf(BigInt64Array.from(tensor.int64Data ?? [], BigInt));
    case OnnxType.UINT32:
      return bytesOf(Uint32Array.from(tensor.uint64Data ?? []));
    case OnnxType.INT32:
      return bytesOf(Int32Array.from(ints));
    case OnnxType.UINT16:
    case OnnxType.INT16:
    case OnnxType.FLOAT16:
      return bytesOf(Uint16Array.from(ints));
    case OnnxType.UINT8:
    case OnnxType.INT8:
    case OnnxType.BOOL:
      return Uint8Array.from(ints);
  }
}

function bytesOf(view: ArrayBufferView<ArrayBuffer>): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function valueInfoOf({ name, type }: ValueInfoMessage): OnnxValueInfo {
  const tensor = type?.tensorType;
  const shape = (tensor?.shape?.dim ?? []).map(({ dimValue, dimParam }) =>
    dimValue !== undefined && dimValue > 0 ? dimValue : dimParam ?? ""
  );
  const plain = { name: name ?? "", shape };
  const known = Object.values(OnnxType).find((each) => each === tensor?.elemType);
  return known === undefined || known === OnnxType.FLOAT ? plain : { ...plain, type: known };
}
