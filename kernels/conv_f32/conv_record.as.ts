// The words of the record that `op.ts` writes. Of pairs the first is for rows.
export const INPUT = 0;
export const INPUT_HEIGHT = 1;
export const INPUT_WIDTH = 2;
export const INPUTS = 3;
export const INPUT_STRIDE = 4;
export const OUTPUT = 6;
export const OUTPUT_HEIGHT = 7;
export const OUTPUT_WIDTH = 8;
export const OUTPUTS = 9;
export const OUTPUT_STRIDE = 10;
export const WEIGHTS = 12;
export const BIAS = 13;
export const KERNEL = 14;
export const STRIDE = 16;
export const DILATION = 18;
export const PADDING = 20;
export const UPSAMPLE = 22;
export const GROUPS = 24;
export const IS_DEPTHWISE = 25;
/** Output pixels at a time. */
export const CHUNK = 26;
/** Output columns from one whose tap meets an input pixel to the next. */
export const COLUMN_STEP = 27;
export const SCRATCH = 28;
/** Bytes to the activation's words. */
export const ACTIVATION_AT = 29 << 2;
