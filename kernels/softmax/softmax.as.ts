import { word } from "../record.as";

/** Words: pixels, channels, input, its stride, output, its stride, exp table. */
export function softmax(record: usize): void {
  const pixels = word(record, 0);
  let input = <usize>word(record, 2);
  let output = <usize>word(record, 4);
  for (let pixel = 0; pixel < pixels; pixel++) {
    softmaxPixel(input, output, word(record, 1), <usize>word(record, 6));
    input += word(record, 3);
    output += word(record, 5);
  }
}

function softmaxPixel(input: usize, output: usize, channels: i32, exp: usize): void {
  const peak = largest(input, channels);
  let sum: u32 = 0;
  for (let c = 0; c < channels; c++) sum += share(exp, peak, input + c);
  for (let c = 0; c < channels; c++) {
    store<u8>(output + c, <u8>((127 * share(exp, peak, input + c) + (sum >> 1)) / sum));
  }
}

// @ts-ignore: decorator
@inline
function share(exp: usize, peak: u32, value: usize): u32 {
  return <u32>load<u16>(exp + (<usize>(peak - <u32>load<u8>(value)) << 1));
}

function largest(input: usize, channels: i32): u32 {
  let peak: u32 = 0;
  let most = i8x16.splat(0);
  let c = 0;
  for (; c + 16 <= channels; c += 16) most = i8x16.max_u(most, v128.load(input + c));
  for (let lane = 0; lane < 16; lane++) {
    peak = max(peak, <u32>i8x16.extract_lane_u(most, 0));
    most = i8x16.shuffle(most, most, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0);
  }
  for (; c < channels; c++) peak = max(peak, <u32>load<u8>(input + c));
  return peak;
}
