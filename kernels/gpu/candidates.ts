/**
 * What decoders share on a GPU. Their own shader lists the candidates that it finds in scratch, as they come;
 * `best_candidates.wgsl` makes records of the best. Scratch of an item, in words: their count; for each
 * 65535 − score, order; for each box left and top, right and bottom (16 bits each), class; keys of the best,
 * where those are more than `best_candidates.wgsl` sorts at once.
 */
import type { DecodeAnchorsOp, DecodeDistributionOp, Plan, TensorIndex } from "../plan.ts";
import type { Dispatch, GpuLayout } from "./gpu_op.ts";
import { strideBytes } from "./params.ts";

const KEY_WORDS = 2;
const BOX_WORDS = 3;
/** `ROOM` of `best_candidates.wgsl`. */
const SORTED_AT_ONCE = 1024;
/** 1/16 input pixel. */
const STEPS_A_PIXEL = 16;
/** Of a level in the constants. */
const LEVEL_WORDS = 8;

/** How many there may be: all of them fit into the scratch. */
export interface CandidateRoom {
  readonly candidates: number;
  readonly boxes: number;
  /** Of that many orders in a row the box is the same, and their remainder is added to its class. */
  readonly ordersPerBox: number;
  /** Records that the output has room for. */
  readonly limit: number;
}

/** A decoder's own dispatch; its `params` follow those that both decoders have. */
export type Decode = Pick<Dispatch, "shader" | "params" | "workgroups">;

export function candidateBytes(room: CandidateRoom): number {
  const apart = room.limit > SORTED_AT_ONCE ? Math.min(room.limit, room.candidates) : 0;
  return (apartAt(room) + apart * KEY_WORDS) * 4;
}

function boxesAt({ candidates }: CandidateRoom): number {
  return 1 + candidates * KEY_WORDS;
}

function apartAt(room: CandidateRoom): number {
  return boxesAt(room) + room.boxes * BOX_WORDS;
}

/** Clears the list, fills it by `decode`, and makes records of the best. */
export function candidateDispatches(
  op: DecodeDistributionOp | DecodeAnchorsOp,
  { plan }: Pick<GpuLayout, "plan">,
  { room, decode }: { readonly room: CandidateRoom; readonly decode: Decode },
): Dispatch[] {
  const { offset } = plan.tensors[op.output];
  const place = [candidateBytes(room) / 4, boxesAt(room)];
  const [height, across] = op.inputSize.map((size) => size * STEPS_A_PIXEL);
  const common = [op.threshold, op.sigmoid, op.exp, across, height];
  const one = { sharesWords: false, workgroups: [1, 1] } as const;
  return [
    { ...one, shader: "gpu/no_candidates", params: place.slice(0, 1) },
    { ...decode, sharesWords: false, params: [...place, ...common, ...decode.params] },
    {
      ...one,
      shader: "gpu/best_candidates",
      params: [...place, apartAt(room), room.ordersPerBox, offset, room.limit],
    },
  ];
}

/** Offset and bytes from pixel to pixel. */
export function headWords({ tensors }: Plan, index: TensorIndex): [number, number] {
  return [tensors[index].offset, strideBytes(tensors[index])];
}

/** Address of the levels' words, which begin with the first cell or anchor of each. */
export function addLevels(memory: GpuLayout, levels: readonly (readonly number[])[]): number {
  const words = levels.flatMap((level) =>
    Array.from({ length: LEVEL_WORDS }, (_, at) => level[at] ?? 0)
  );
  return memory.addConstants(`levels ${words}`, () => Int32Array.from(words));
}
