/** The ground as far as it is known: dim where nobody was, with what cameras show pasted on. Only in the browser. */
import { tileCorner, type TileGrid } from "../../field/world/tiles.ts";
import { runsOf } from "../places/tile_paths.ts";
import type { MapFrame } from "./map_frame.ts";
import type { Look } from "./swarm_state.ts";

export interface SearchedTiles {
  readonly grid: TileGrid;
  /** Numbers, rising. They only become more. */
  readonly tiles: readonly number[];
}

export interface GroundPaint {
  readonly ground: HTMLCanvasElement;
  /** What of it is known; null: all. */
  readonly searched: SearchedTiles | null;
  readonly looks: readonly Look[];
}

/** Over ground that nobody has seen. */
const UNSEEN = "rgb(6 9 8 / 0.75)";
/** Added to what is seen: the ground is as dark as the detector likes it. */
const LIGHT = "rgb(44 56 46)";
/** More pixels than that cost time and show nothing. */
const MOST_PIXEL_RATIO = 2;

export function paintGround(canvas: HTMLCanvasElement, paint: GroundPaint, frame: MapFrame): void {
  const { ground, looks } = paint;
  const ratio = Math.min(MOST_PIXEL_RATIO, devicePixelRatio);
  const [width, height] = [Math.round(frame.width * ratio), Math.round(frame.height * ratio)];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) return;
  context.drawImage(ground, 0, 0, width, height);
  context.fillStyle = UNSEEN;
  context.fillRect(0, 0, width, height);
  context.save();
  clipTo(context, paint, frame, ratio);
  context.drawImage(ground, 0, 0, width, height);
  const scale = width / ground.width;
  for (const { picture, corner: [x, y] } of looks) {
    const [wide, high] = [picture.width * scale, picture.height * scale];
    context.drawImage(picture, x * scale, y * scale, wide, high);
  }
  context.globalCompositeOperation = "screen";
  context.fillStyle = LIGHT;
  context.fillRect(0, 0, width, height);
  context.restore();
}

/** What was searched, and what cameras show. */
function clipTo(
  context: CanvasRenderingContext2D,
  { ground, searched, looks }: GroundPaint,
  { at, pxPerM, width, height }: MapFrame,
  ratio: number,
): void {
  context.beginPath();
  if (searched) addTiles(context, searched, { at, pxPerM }, ratio);
  else context.rect(0, 0, width * ratio, height * ratio);
  const scale = width * ratio / ground.width;
  for (const { picture, corner: [x, y] } of looks) {
    context.rect(x * scale, y * scale, picture.width * scale, picture.height * scale);
  }
  context.clip();
}

function addTiles(
  context: CanvasRenderingContext2D,
  { grid, tiles }: SearchedTiles,
  { at, pxPerM }: Pick<MapFrame, "at" | "pxPerM">,
  ratio: number,
): void {
  const side = grid.tileM * pxPerM * ratio;
  for (const { first, length } of runsOf(tiles)) {
    const [east, north] = tileCorner(grid, first);
    const { x, y } = at([east, north + grid.tileM]);
    context.rect(x * ratio, y * ratio, side * length, side);
  }
}
