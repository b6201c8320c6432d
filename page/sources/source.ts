import type { FieldError } from "../../field/errors.ts";
import type { SourceKind } from "../../field/messages.ts";
import type { RgbaFrame } from "../frame_reader.ts";
import type { Size } from "../frame_size.ts";

/** Something to watch: a camera, a demo scene, a picture or film. Whoever opened it closes it. */
export interface Source {
  readonly kind: SourceKind;
  /** As its user knows it: the camera's label, the file's name. */
  readonly name: string;
  /** Shows what the source sees; frames are read from it, unless {@link Source.frame} gives them. */
  readonly element: HTMLVideoElement | HTMLCanvasElement;
  /** Natural size in pixels; 0 until known. */
  readonly size: Size;
  /** Least ms between two frames that are worth a look. */
  readonly intervalMs: number;
  /** Resolves when there is a picture to read. Rejects with the signal's reason. */
  nextPicture(signal: AbortSignal): Promise<void>;
  /** The frame that {@link Source.nextPicture} told of, to be handed over; null when it was taken already. */
  frame?(): RgbaFrame | null;
  close(): void;
}

/** What a source says by itself. */
export interface SourceEvents {
  /** Nothing new comes for now; it may go on by itself. */
  stalled(): void;
  flowing(): void;
  /** Its natural size became known, or the device was turned. */
  resized(): void;
  /** It is over: the camera was unplugged, the film cannot be read on. */
  broken(reason: FieldError): void;
}
