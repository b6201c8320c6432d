import decodeQR from "qr/decode.js";
import type { Timing } from "../timing.ts";

/** Between two looks: reading takes 5 to 40 ms of the page's only thread, and a hand holds still for longer. */
const LOOK_EVERY_MS = 100;
/** Photos have more pixels than reading a code needs. */
const PICTURE_SIDE_PX = 1_600;
const FRAME_SIDE_PX = 800;

/** What the Shape Detection API gives (W3C Community Group draft): Chrome on Android and macOS has it. */
interface NativeDetector {
  detect(picture: CanvasImageSource): Promise<readonly { readonly rawValue: string }[]>;
}

declare global {
  var BarcodeDetector:
    | (new (options: { formats: string[] }) => NativeDetector) & {
      getSupportedFormats(): Promise<readonly string[]>;
    }
    | undefined;
}

/** Gives the text of the code in a picture; null when none is seen. */
export type ReadPicture = (picture: CanvasImageSource, size: Size) => Promise<string | null>;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The browser's reader where it has one for QR codes, else ours. */
export async function openReader(): Promise<ReadPicture> {
  const native = await openNative();
  if (!native) return decode;
  return async (picture, size) => {
    try {
      const [first] = await native.detect(picture);
      return first?.rawValue ?? null;
    } catch {
      // its service is not there, or the frame was just being replaced
      return await decode(picture, size);
    }
  };
}

/** The text of the code in a picture's file; null when there is none. Rejects when the file is no picture. */
export async function readPictureFile(file: Blob): Promise<string | null> {
  const [read, picture] = await Promise.all([openReader(), createImageBitmap(file)]);
  try {
    const size = fitted(picture, PICTURE_SIDE_PX);
    return await read(picture, size) ?? await decode(picture, size);
  } finally {
    picture.close();
  }
}

export interface CodeWatchPorts {
  readonly timing: Timing;
  readonly read: ReadPicture;
  readonly isHidden: () => boolean;
  readonly onText: (text: string) => void;
}

/** Looks at a playing video until the signal aborts, for every code that comes into sight. */
export function watchForCodes(
  video: HTMLVideoElement,
  ports: CodeWatchPorts,
  signal: AbortSignal,
): void {
  const look = async () => {
    const { videoWidth: width, videoHeight: height } = video;
    if (ports.isHidden() || width === 0 || video.paused) return;
    const text = await ports.read(video, fitted({ width, height }, FRAME_SIDE_PX));
    if (text !== null && !signal.aborted) ports.onText(text);
  };
  const again = () => {
    if (!signal.aborted) ports.timing.after(LOOK_EVERY_MS, () => look().then(again, again));
  };
  again();
}

async function openNative(): Promise<NativeDetector | null> {
  const Detector = globalThis.BarcodeDetector;
  if (!Detector) return null;
  // there, but empty-handed, where the system's own reader is not installed
  const formats = await Detector.getSupportedFormats();
  return formats.includes("qr_code") ? new Detector({ formats: ["qr_code"] }) : null;
}

// deno-lint-ignore require-await -- one of two readers, of which the other has to wait
async function decode(
  picture: CanvasImageSource,
  { width, height }: Size,
): Promise<string | null> {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) return null;
  context.drawImage(picture, 0, 0, width, height);
  try {
    return decodeQR(context.getImageData(0, 0, width, height));
  } catch {
    // it throws for every picture without a code
    return null;
  }
}

/** Scaled down to fit the side, never up. */
function fitted({ width, height }: Size, sidePx: number): Size {
  const scale = Math.min(1, sidePx / Math.max(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}
