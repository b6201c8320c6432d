import { add } from "./add/add.as";
import { average_pool } from "./average_pool/average_pool.as";
import { binary_f32 } from "./binary_f32/binary_f32.as";
import { conv } from "./conv/conv.as";
import { conv_f32 } from "./conv_f32/conv_f32.as";
import { copy } from "./copy/copy.as";
import { decode_anchors } from "./decode_anchors/decode_anchors.as";
import { decode_distribution } from "./decode_distribution/decode_distribution.as";
import { depthwise } from "./depthwise/depthwise.as";
import { dequantize } from "./dequantize/dequantize.as";
import { fill } from "./fill/fill.as";
import { max_pool } from "./max_pool/max_pool.as";
import { mul } from "./mul/mul.as";
import { pool_f32 } from "./pool_f32/pool_f32.as";
import { quantize } from "./quantize/quantize.as";
import { word } from "./record.as";
import { resize } from "./resize/resize.as";
import { softmax } from "./softmax/softmax.as";
import { softmax_f32 } from "./softmax_f32/softmax_f32.as";
import { suppress } from "./suppress/suppress.as";
import { table } from "./table/table.as";
import { unary_f32 } from "./unary_f32/unary_f32.as";

export { image_rows } from "./image/image.as";

/** The first byte of memory that the kernels do not use themselves. */
export function heapBase(): usize {
  return __heap_base;
}

/** Runs the records from `program` up to `end`. The numbers are those of `records.ts`. */
export function run(program: usize, end: usize): void {
  while (program < end) {
    step(word(program, 0), program + 8);
    program += <usize>word(program, 1) << 2;
  }
}

function step(opcode: i32, record: usize): void {
  switch (opcode) {
    case 0: return conv(record);
    case 1: return depthwise(record);
    case 2: return add(record);
    case 3: return mul(record);
    case 4: return max_pool(record);
    case 5: return average_pool(record);
    case 6: return resize(record);
    case 7: return copy(record);
    case 8: return fill(record);
    case 9: return table(record);
    case 10: return softmax(record);
    case 11: return quantize(record);
    case 12: return dequantize(record);
    case 13: return; // a frame is fed before the run: image_rows
    case 14: return decode_distribution(record);
    case 15: return decode_anchors(record);
    case 16: return suppress(record);
    case 17: return conv_f32(record);
    case 18: return binary_f32(record);
    case 19: return unary_f32(record);
    case 20: return pool_f32(record);
    case 21: return softmax_f32(record);
  }
}
