/** ONNX files that are whole, but say something else than was written. */
import { MODEL_MESSAGE } from "../../kernels/compiler/onnx_schema.ts";
import { damaged, pick, type Random } from "./mutate_bytes.ts";
import { changeTree, isHolder } from "./mutate_tree.ts";

const MOST_CHANGES = 3;
const PARTS = ["node", "node", "node", "initializer", "input", "output"];
const WORDS = [
  ...["", "Conv", "Reshape", "Slice", "Gemm", "Resize", "Tile", "Expand", "Range", "Squeeze"],
  ...["ConstantOfShape", "Gather", "Split", "ReduceMean", "MatMul", "QuantizeLinear"],
  ...["axis", "axes", "pads", "strides", "dilations", "group", "auto_pad", "perm", "mode"],
];

/** Up to three changes to nodes, weights, inputs and outputs; damaged bytes where none can be written. */
export function mutatedOnnx(file: Uint8Array, random: Random): Uint8Array {
  const model = MODEL_MESSAGE.toObject(MODEL_MESSAGE.decode(file), { longs: Number });
  for (let count = 1 + random() % MOST_CHANGES; count > 0; count--) change(model, random);
  try {
    return MODEL_MESSAGE.encode(MODEL_MESSAGE.fromObject(model)).finish();
  } catch {
    return damaged(file, random); // not every form that a change makes has one in ONNX
  }
}

/** In one node, one weight, …, for there are many; or in what else the file says. */
function change(model: unknown, random: Random): void {
  if (!isHolder(model)) return;
  const { graph } = model;
  const list = isHolder(graph) ? graph[pick(PARTS, random)] : undefined;
  const holder = isHolder(list) && Object.keys(list).length > 0 ? list : model;
  changeTree({ holder, key: pick(Object.keys(holder), random) }, WORDS, random);
}
