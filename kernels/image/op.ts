import type { OpDefinition } from "../op_definition.ts";
import type { ImageOp } from "../plan.ts";
import { dataAddress, tensorWords } from "../records.ts";
import { checkActivationTable } from "../table/check_table.ts";
import { stagingBytes } from "./feed_frame.ts";
import { runImage } from "./reference.ts";

const ENTRIES = 256;

export const image: OpDefinition<ImageOp> = {
  check(op, checker) {
    const { plan, tensor, data, require } = checker;
    const { type, channels, height, width } = tensor(op.output, "u7", "f32");
    require(height > 0 && width > 0, "the output has no pixels");
    require(channels >= 1 && channels <= 4, `${channels} channels`);
    require(op.order.length === channels && op.fill.length === channels, "not an entry a channel");
    require(op.order.every((source) => [0, 1, 2].includes(source)), `order ${op.order}`);
    const isByte = (value: number) => Number.isInteger(value) && value >= 0 && value <= 255;
    require(op.fill.every(isByte), `fill ${op.fill}`);
    if (type === "u7") checkActivationTable(op.table, ENTRIES * channels, checker);
    else {
      data(op.table, ENTRIES * channels * 4);
      const table = plan.data.slice(op.table, op.table + ENTRIES * channels * 4);
      const isFinite = new Float32Array(table.buffer).every(Number.isFinite);
      require(isFinite, "a table has entries that are not finite"); // engines differ in what bits NaN has
    }
  },
  reference: runImage,
  /** As `image.as.ts` names them. Fewer than four channels: the last words are not read. */
  record(op, addresses) {
    const { type } = addresses.plan.tensors[op.output];
    const words = (values: readonly number[]) =>
      [0, 1, 2, 3].map((channel) => values[channel] ?? 0);
    return [
      ...tensorWords(addresses, op.output),
      type === "f32" ? 4 : 1,
      Number(op.fit === "letterbox"),
      dataAddress(addresses, op.table),
      ...words(op.order),
      ...words(op.fill),
    ];
  },
  scratchBytes: (op, plan) => stagingBytes(plan.tensors[op.output]),
};
