// Convolution as an implicit matrix product: depth is the words of four inputs under a window. A workgroup computes
// a tile of output pixels by output channels, STEP words of depth at a time: while these are multiplied the
// next ones are on their way to registers, and from there to the other half of the workgroup's memory. An invocation
// computes LANE_PIXELS pixels by four channels. With SPLITS above 1 it takes but every SPLITS-th four words of
// depth, and the parts are added up at the end: so few pixels of much depth make work for many.
//
// Constants: LANE_PIXELS; PIXEL_LANES, OUTPUT_LANES, SPLITS, whose product are a workgroup's invocations; STEP, a
// multiple of 4 · SPLITS; POINTWISE (one tap, no stride, nothing beside the input); WHOLE_TAPS (the words of a tap
// are a multiple of four); ALIGNED (windows begin at whole words: both of those are).

struct Params {
  item_bytes: u32,
  input: u32,
  input_height: u32,
  input_width: u32,
  /** Bytes from pixel to pixel. */
  input_stride: u32,
  /** Four bytes of the input's zero point. */
  input_zero: u32,
  output: u32,
  output_width: u32,
  output_pixels: u32,
  output_stride: u32,
  /** Bytes of an output: 2 where it is i16. */
  output_bytes: u32,
  stride_y: u32,
  stride_x: u32,
  padding_y: u32,
  padding_x: u32,
  upsample_y: u32,
  upsample_x: u32,
  groups: u32,
  /** Of a group. */
  inputs: u32,
  outputs: u32,
  /** Words of an output's weights that are used, and from the weights of one block of 8 outputs to the next. */
  depth: u32,
  block_words: u32,
  group_words: u32,
  weights: u32,
  /** Of each word of depth three: its tap's rows and columns from the window's first; its inputs' first byte. */
  taps: u32,
  bias: u32,
  shift: u32,
  multiplier: u32,
  slope: u32,
  low: i32,
  high: i32,
  zero: i32,
  table: u32,
  residual: u32,
  residual_stride: u32,
  residual_multiplier: u32,
}

@group(0) @binding(2) var<uniform> op: Params;

const PIXELS = LANE_PIXELS * PIXEL_LANES;
const TILE_LANES = PIXEL_LANES * OUTPUT_LANES;
const INVOCATIONS = TILE_LANES * SPLITS;
const STEP_QUADS = STEP / 4u;
/** Vectors of a step: four words of a pixel each, and a word of four outputs each. */
const INPUTS = PIXELS * STEP_QUADS;
const WEIGHTS = OUTPUT_LANES * STEP;
/** Those that an invocation brings. */
const BROUGHT_INPUTS = (INPUTS + INVOCATIONS - 1u) / INVOCATIONS;
const BROUGHT_WEIGHTS = (WEIGHTS + INVOCATIONS - 1u) / INVOCATIONS;
const PARTIALS = max(1u, min(SPLITS - 1u, 1u) * INVOCATIONS * LANE_PIXELS);

/** Two halves; [four words of the step][pixel] */
var<workgroup> input_tile: array<vec4<u32>, 2u * INPUTS>;
/** Two halves; [word of the step][four outputs] */
var<workgroup> weight_tile: array<vec4<u32>, 2u * WEIGHTS>;
/** [pixel of the lane][split][lane] */
var<workgroup> partial_sums: array<vec4<i32>, PARTIALS>;

/** Of an output pixel: row and column of the input where its window begins; POINTWISE, where its input lies. */
fn window_of(pixel: u32) -> vec2<i32> {
  if (POINTWISE) {
    return vec2<i32>(i32(pixel * op.input_stride), 0);
  }
  return vec2<i32>(
    i32(pixel / op.output_width * op.stride_y) - i32(op.padding_y),
    i32(pixel % op.output_width * op.stride_x) - i32(op.padding_x),
  );
}

/** Where a window's input at a word of depth lies; NONE where there is none. */
fn address_of(window: vec2<i32>, word: u32, base: u32) -> u32 {
  let tap = op.taps + word * 12u;
  let at = window + vec2<i32>(vec2<u32>(data_word(tap), data_word(tap + 4u)));
  var place = vec2<u32>(at);
  if (op.upsample_y != 1u || op.upsample_x != 1u) {
    let spread = vec2<u32>(op.upsample_y, op.upsample_x);
    if (any(at < vec2<i32>(0)) || any(place % spread != vec2<u32>(0u))) {
      return NONE;
    }
    place = place / spread;
  }
  // A negative place is a large one.
  if (place.x >= op.input_height || place.y >= op.input_width) {
    return NONE;
  }
  let pixel = place.x * op.input_width + place.y;
  return base + pixel * op.input_stride + data_word(tap + 8u);
}

fn four_words(address: u32) -> vec4<u32> {
  return vec4<u32>(
    load_word(address),
    load_word(address + 4u),
    load_word(address + 8u),
    load_word(address + 12u),
  );
}

fn one_word(window: vec2<i32>, word: u32, base: u32) -> u32 {
  let address = address_of(window, min(word, op.depth - 1u), base);
  if (address == NONE) {
    return op.input_zero;
  }
  if (ALIGNED) {
    return load_word(address);
  }
  return load_quad(address);
}

/** A window's four words of depth from `word` on. Those beyond the depth are noise: their weights are 0. */
fn input_vector(window: vec2<i32>, word: u32, base: u32) -> vec4<u32> {
  if (word >= op.depth) {
    return vec4<u32>(0u);
  }
  if (POINTWISE) {
    return four_words(base + u32(window.x) + word * 4u);
  }
  if (WHOLE_TAPS) {
    let address = address_of(window, word, base);
    if (address == NONE) {
      return vec4<u32>(op.input_zero);
    }
    return four_words(address);
  }
  return vec4<u32>(
    one_word(window, word, base),
    one_word(window, word + 1u, base),
    one_word(window, word + 2u, base),
    one_word(window, word + 3u, base),
  );
}

/** A word of depth of four outputs of a group. */
fn weight_vector(group: u32, output: u32, word: u32) -> vec4<u32> {
  if (word >= op.depth || output >= op.outputs) {
    return vec4<u32>(0u);
  }
  let block = op.weights / 4u + group * op.group_words + output / 8u * op.block_words;
  let first = block + word * 8u + (output & 4u);
  return vec4<u32>(data[first], data[first + 1u], data[first + 2u], data[first + 3u]);
}

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(workgroup_id) tile: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let item = tile.z * op.item_bytes;
  let tiles = (op.outputs + OUTPUT_LANES * 4u - 1u) / (OUTPUT_LANES * 4u);
  let group = tile.y / tiles;
  let first_output = (tile.y % tiles) * OUTPUT_LANES * 4u;
  let first_pixel = tile.x * PIXELS;
  let base = item + op.input + group * op.inputs;
  var windows: array<vec2<i32>, BROUGHT_INPUTS>;
  for (var i = 0u; i < BROUGHT_INPUTS; i++) {
    let pixel = first_pixel + (lane + i * INVOCATIONS) / STEP_QUADS;
    windows[i] = window_of(min(pixel, op.output_pixels - 1u));
  }

  let output_lane = lane % OUTPUT_LANES;
  let pixel_lane = lane / OUTPUT_LANES % PIXEL_LANES;
  let split = select(lane / TILE_LANES, 0u, SPLITS == 1u);
  var inputs: array<vec4<u32>, BROUGHT_INPUTS>;
  var weights: array<vec4<u32>, BROUGHT_WEIGHTS>;
  var sums: array<Sums, LANE_PIXELS>;
  var totals: array<vec4<i32>, LANE_PIXELS>;
  var half = 0u;
  // One round more than there are steps: each brings a step and multiplies the one before.
  for (var start = 0u; start < op.depth + STEP; start += STEP) {
    if (start < op.depth) {
      for (var i = 0u; i < BROUGHT_INPUTS; i++) {
        inputs[i] = input_vector(windows[i], start + (lane + i * INVOCATIONS) % STEP_QUADS * 4u, base);
      }
      for (var i = 0u; i < BROUGHT_WEIGHTS; i++) {
        let at = lane + i * INVOCATIONS;
        let output = first_output + at % OUTPUT_LANES * 4u;
        weights[i] = weight_vector(group, output, start + at / OUTPUT_LANES);
      }
    }
    if (start > 0u) {
      let first_input = (1u - half) * INPUTS + pixel_lane;
      let first_weight = (1u - half) * WEIGHTS + output_lane;
      for (var part = 0u; part < STEP_QUADS / SPLITS; part++) {
        let quad = part * SPLITS + split;
        var vectors: array<vec4<u32>, LANE_PIXELS>;
        for (var i = 0u; i < LANE_PIXELS; i++) {
          vectors[i] = input_tile[first_input + quad * PIXELS + i * PIXEL_LANES];
        }
        for (var word = 0u; word < 4u; word++) {
          let four = weights_of(weight_tile[first_weight + (quad * 4u + word) * OUTPUT_LANES]);
          for (var i = 0u; i < LANE_PIXELS; i++) {
            sums[i] = add_products(sums[i], inputs_of(vectors[i][word]), four);
          }
        }
      }
      if (is_full(start)) {
        for (var i = 0u; i < LANE_PIXELS; i++) {
          totals[i] += vec4<i32>(sums[i]);
          sums[i] = Sums();
        }
      }
    }
    if (start < op.depth) {
      for (var i = 0u; i < BROUGHT_INPUTS; i++) {
        let at = lane + i * INVOCATIONS;
        if (at < INPUTS) {
          input_tile[half * INPUTS + at % STEP_QUADS * PIXELS + at / STEP_QUADS] = inputs[i];
        }
      }
      for (var i = 0u; i < BROUGHT_WEIGHTS; i++) {
        let at = lane + i * INVOCATIONS;
        if (at < WEIGHTS) {
          weight_tile[half * WEIGHTS + at] = weights[i];
        }
      }
    }
    half = 1u - half;
    workgroupBarrier();
  }
  for (var i = 0u; i < LANE_PIXELS; i++) {
    totals[i] += vec4<i32>(sums[i]);
  }
  if (SPLITS > 1u) {
    for (var i = 0u; i < LANE_PIXELS; i++) {
      partial_sums[i * INVOCATIONS + lane] = totals[i];
    }
    workgroupBarrier();
  }

  let output = first_output + output_lane * 4u;
  if (output >= op.outputs) {
    return;
  }
  let channel = group * op.outputs + output;
  let count = min(4u, op.outputs - output);
  let four = requantization_of(channel, op.bias, op.multiplier, op.slope);
  for (var i = split; i < LANE_PIXELS; i += SPLITS) {
    let pixel = first_pixel + pixel_lane + i * PIXEL_LANES;
    var sum = vec4<i32>(0);
    if (SPLITS == 1u) {
      sum = totals[i];
    } else {
      for (var part = 0u; part < SPLITS; part++) {
        sum += partial_sums[i * INVOCATIONS + part * TILE_LANES + lane % TILE_LANES];
      }
    }
    if (pixel < op.output_pixels) {
      sum += residual_of(item + op.residual + pixel * op.residual_stride + channel, channel);
      let values = requantize16(sum, op.shift, four);
      store_four(item + op.output + pixel * op.output_stride, channel, count, values);
    }
  }
}

/** What the residual adds to four sums; nothing where there is none. */
fn residual_of(address: u32, channel: u32) -> vec4<i32> {
  var four = vec4<i32>(0);
  if (op.residual != NONE) {
    let bytes = load_quad(address);
    for (var i = 0u; i < 4u; i++) {
      let multiplier = i32(data_word(op.residual_multiplier + (channel + i) * 4u));
      four[i] = i32((bytes >> (i * 8u)) & 0xffu) * multiplier;
    }
  }
  return four;
}

/** The first `count` of four values, to a pixel. */
fn store_four(address: u32, channel: u32, count: u32, values: vec4<i32>) {
  if (op.output_bytes == 2u) {
    let halves = vec4<u32>(values) & vec4<u32>(0xffffu);
    store_bytes(address + channel * 2u, halves.x | (halves.y << 16u), min(count, 2u) * 2u);
    if (count > 2u) {
      store_bytes(address + channel * 2u + 4u, halves.z | (halves.w << 16u), (count - 2u) * 2u);
    }
    return;
  }
  let bytes = activate_four(values + op.zero, op.low, op.high, op.table);
  store_bytes(address + channel, bytes, count);
}
