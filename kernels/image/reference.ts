import type { Frame } from "../engine.ts";
import { constants, elementsOf, type Memory, tensorOf } from "../memory.ts";
import type { ImageOp } from "../plan.ts";
import { assertFrame, letterboxOf, positionsOf } from "./sampling.ts";

const ENTRIES = 256;

/** Throws like `assertFrame`, or when there is no frame. */
export function runImage(op: ImageOp, memory: Memory): void {
  const { frame } = memory;
  if (!frame) throw new Error("Cannot run: there is no frame");
  const output = tensorOf(memory, op.output);
  const box = letterboxOf(frame, output, op.fit);
  assertFrame(frame, box);
  const [rows, columns] = [
    positionsOf(frame.height, box.height),
    positionsOf(frame.width, box.width),
  ];
  const elements = elementsOf(memory, op.output);
  const entries = ENTRIES * output.channels;
  const tables = output.type === "f32"
    ? constants(memory, op.table, entries, Float32Array)
    : constants(memory, op.table, entries, Uint8Array);
  for (let y = 0; y < output.height; y++) {
    for (let x = 0; x < output.width; x++) {
      const [row, column] = [rows[y - box.top], columns[x - box.left]];
      const isBar = row === undefined || column === undefined;
      op.order.forEach((source, channel) => {
        const value = isBar ? op.fill[channel] : blend(frame, row, column, source);
        const place = (y * output.width + x) * output.stride + channel;
        elements[place] = tables[ENTRIES * channel + value];
      });
    }
  }
}

/** The four pixels around a position in 1/256, by the areas opposite them: 0..255. */
function blend({ width, height, data }: Frame, row: number, column: number, source: number) {
  const [y, x] = [row >> 8, column >> 8];
  const [below, right] = [Math.min(y + 1, height - 1), Math.min(x + 1, width - 1)];
  const [downShare, rightShare] = [row & 255, column & 255];
  const at = (atRow: number, atColumn: number) => data[(atRow * width + atColumn) * 4 + source];
  const upper = at(y, x) * (256 - rightShare) + at(y, right) * rightShare;
  const lower = at(below, x) * (256 - rightShare) + at(below, right) * rightShare;
  return (upper * (256 - downShare) + lower * downShare + 32768) >> 16;
}
