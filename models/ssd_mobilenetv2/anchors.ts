/** Cells along an edge of the six grids that the network looks at. */
export const GRID_SIDES = [19, 10, 5, 3, 2, 1] as const;

/** Centre x, centre y, width, height in fractions of the input. */
export type Anchor = readonly [x: number, y: number, width: number, height: number];

export interface AnchorGrid {
  readonly side: number;
  readonly anchorsPerCell: number;
  /** Cell by cell, row by row. */
  readonly anchors: readonly Anchor[];
}

const SMALLEST = 0.2;
const LARGEST = 0.95;
/** The finest grid has fewer, and a small square first. */
const FINEST_SQUARE = 0.1;

/** SSD's anchors (arXiv:1512.02325, section 2.2), as TensorFlow's object detection makes them. */
export const ANCHOR_GRIDS: readonly AnchorGrid[] = GRID_SIDES.map((side, level) => {
  const sizes = level === 0 ? finestSizes() : sizesOf(level);
  const anchors: Anchor[] = [];
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      for (const [width, height] of sizes) {
        anchors.push([(column + 0.5) / side, (row + 0.5) / side, width, height]);
      }
    }
  }
  return { side, anchorsPerCell: sizes.length, anchors };
});

type Size = readonly [width: number, height: number];

function finestSizes(): Size[] {
  return [[FINEST_SQUARE, FINEST_SQUARE], sized(scaleOf(0), 2), sized(scaleOf(0), 1 / 2)];
}

function sizesOf(level: number): Size[] {
  const between = Math.sqrt(scaleOf(level) * scaleOf(level + 1));
  return [
    ...[1, 2, 1 / 2, 3, 1 / 3].map((ratio) => sized(scaleOf(level), ratio)),
    sized(between, 1),
  ];
}

/** A size of area `scale`², `ratio` times as wide as high. */
function sized(scale: number, ratio: number): Size {
  return [scale * Math.sqrt(ratio), scale / Math.sqrt(ratio)];
}

/** In fractions of the input; behind the coarsest grid comes the whole. */
function scaleOf(level: number): number {
  const last = GRID_SIDES.length - 1;
  return level > last ? 1 : SMALLEST + (LARGEST - SMALLEST) * level / last;
}
