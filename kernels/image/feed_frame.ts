/**
 * How a frame of any size gets into a Wasm memory that never grows: bands of its rows go through a working
 * space of fixed size, and the kernel makes of each band the output rows that it holds all of.
 */
import type { Frame } from "../engine.ts";
import { assertFrame, letterboxOf, MAX_FRAME_WIDTH, positionsOf, type Size } from "./sampling.ts";

/** Source rows: two of the widest frame, or many of a smaller one. */
const BAND_BYTES = 2 * MAX_FRAME_WIDTH * 4;
/** Of the working space, before the positions; `image.as.ts` names them. */
const HEAD_BYTES = 32;
const COLUMN_WORDS = 2;
/** The kernel makes four pixels at a time. */
const COLUMNS_AHEAD = 3;
/** And reads the pixel right of a row's last. */
const BAND_AHEAD_BYTES = 16;
/** Shrunk by more, rows between those that are sampled would be copied for nothing. */
const MAX_SHRINK_OF_BANDS = 2;
/** Place of the letterbox flag in a record. */
const LETTERBOX_WORD = 7;

/** Addresses in the Wasm memory. */
export interface ImageAddresses {
  /** Of the op's record, as `image/op.ts` writes it. */
  readonly record: number;
  /** Of `stagingBytes`, 16-byte aligned. */
  readonly scratch: number;
}

/** The kernel `image_rows`: record, scratch, first output row, the one after the last, the band's first source row. */
export type ImageRows = (
  record: number,
  scratch: number,
  first: number,
  end: number,
  bandStart: number,
) => void;

/** Working space for an output. */
export function stagingBytes(output: Size): number {
  return stagingOf(0, output).end;
}

/** Writes the whole output of an `image` op. Throws `Error("Cannot run: …")` like `assertFrame`. */
export function feedFrame(
  imageRows: ImageRows,
  buffer: ArrayBuffer,
  { record, scratch }: ImageAddresses,
  frame: Frame,
): void {
  const [, height, width, , , , , isLetterbox] = new Int32Array(buffer, record, LETTERBOX_WORD + 1);
  const box = letterboxOf(frame, { width, height }, isLetterbox ? "letterbox" : "stretch");
  assertFrame(frame, box);
  const staging = stagingOf(scratch, { width, height });
  const rows = positionsOf(frame.height, box.height);
  new Int32Array(buffer, scratch, HEAD_BYTES / 4).set([
    ...[box.left, box.top, box.width, box.height],
    ...[staging.columns, staging.rows, staging.band, frame.width * 4],
  ]);
  writeColumns(
    new Uint32Array(buffer, staging.columns, (width + COLUMNS_AHEAD) * COLUMN_WORDS),
    positionsOf(frame.width, box.width),
  );
  new Uint32Array(buffer, staging.rows, height).set(rows);
  const band = new Uint8Array(buffer, staging.band, BAND_BYTES);
  for (const { sourceStart, sourceEnd, first, end } of bandsOf(frame, rows)) {
    band.set(frame.data.subarray(sourceStart * frame.width * 4, sourceEnd * frame.width * 4));
    // The bars above and below go with the first and the last band.
    const from = first === 0 ? 0 : box.top + first;
    const to = end === box.height ? height : box.top + end;
    imageRows(record, scratch, from, to, sourceStart);
  }
}

/** Per column what `image.as.ts` reads of it; 0 after the last. */
function writeColumns(words: Uint32Array, positions: Uint32Array): void {
  words.fill(0);
  positions.forEach((position, column) => {
    const rightShare = position & 255;
    words[column * COLUMN_WORDS] = (position >>> 8) * 4;
    words[column * COLUMN_WORDS + 1] = (256 - rightShare) | (rightShare << 16);
  });
}

function stagingOf(scratch: number, { width, height }: Size) {
  const columns = scratch + HEAD_BYTES;
  const rows = columns + (width + COLUMNS_AHEAD) * COLUMN_WORDS * 4;
  const band = Math.ceil((rows + height * 4) / 16) * 16;
  return { columns, rows, band, end: band + BAND_BYTES + BAND_AHEAD_BYTES };
}

interface Band {
  readonly sourceStart: number;
  readonly sourceEnd: number;
  /** Rows of the letterbox. */
  readonly first: number;
  readonly end: number;
}

/** `rows`: positions of the letterbox's rows. A band has all source rows that its rows lie between. */
function* bandsOf({ width, height }: Size, rows: Uint32Array): Generator<Band> {
  const isShrunk = height > rows.length * MAX_SHRINK_OF_BANDS;
  const size = isShrunk ? 2 : Math.floor(BAND_BYTES / (width * 4));
  for (let first = 0, end = 0; first < rows.length; first = end) {
    const sourceStart = rows[first] >>> 8;
    const sourceEnd = Math.min(sourceStart + size, height);
    while (end < rows.length && (rows[end] + 255) >>> 8 < sourceEnd) end++;
    yield { sourceStart, sourceEnd, first, end };
  }
}
