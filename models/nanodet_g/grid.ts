/** The network looks at three grids; their cells are this many input pixels apart. */
export const STRIDES = [8, 16, 32] as const;
/** A side's distance from the cell's centre is a distribution over 0, 1, … 10 strides. */
export const BINS = 11;
export const SIDES = 4;
