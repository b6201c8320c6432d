import type { FrameSize } from "../observation.ts";

const SOI = 0xd8;
/** Start of scan: what follows is no longer segments. */
const SOS = 0xda;

/**
 * Width and height of a JPEG in pixels, from its frame header (ITU-T T.81, B.2.2); null when the bytes
 * are no JPEG or end before it.
 */
export function jpegSize(bytes: Uint8Array): FrameSize | null {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 9 <= bytes.length;) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1];
    if (isPadding(marker)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    if (marker === SOS) return null;
    if (isFrameHeader(marker)) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      return width > 0 && height > 0 ? { width, height } : null;
    }
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

/** Fill bytes, and markers that have no length: TEM and RST0 to RST7 (B.1.1.3). */
function isPadding(marker: number): boolean {
  return marker === 0xff || marker === 0x01 || marker >= 0xd0 && marker <= 0xd7;
}

/** SOF0 to SOF15, among which are DHT, JPG and DAC (table B.1). */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}
