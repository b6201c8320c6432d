/** Edge of the network's square input, pixels. */
export const INPUT_SIZE = 300;

/** Over the demo scene nothing but what is there scores as much. */
export const MIN_SCORE = 0.3;

/** Two boxes of one class that overlap more than this are one object. */
export const MAX_OVERLAP = 0.5;

/** Class 0 is the background. */
export const FIRST_CLASS = 1;
/** What the network's box offsets are divided by, centres and sizes: TensorFlow's box coder. */
export const CENTRE_SCALE = 10;
export const SIZE_SCALE = 5;
