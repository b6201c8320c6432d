import type { Detection, Hex } from "../field/observation.ts";
import type { FrameDigest } from "../field/schedule/frame_digest.ts";
import { FrameGate, type Verdict } from "../field/schedule/frame_gate.ts";
import type { Frame } from "../models/model.ts";

/** The model has to be asked, or what it said of the same pixels before. */
export interface Due {
  readonly verdict: Verdict;
  readonly digest: FrameDigest;
}

/** Nothing has changed since the last look, which found these. */
export interface Still {
  readonly detections: readonly Detection[];
}

/** One source's scene as it was looked at last: which of its frames deserve the model. */
export class WatchedScene {
  #gate = new FrameGate();
  #model: Hex | null = null;
  #found: readonly Detection[] = [];

  /**
   * To be asked when `model` (its SHA-256) could look: a frame that waits is not judged. A duplicate is due, since
   * it costs no look where its result is kept. Throws `RangeError` when the bytes are no frame.
   */
  judge(frame: Frame, atMs: number, model: Hex): Due | Still {
    // what another model found says nothing of what this one would
    if (model !== this.#model) this.#gate = new FrameGate();
    this.#model = model;
    const verdict = this.#gate.judge(frame, atMs);
    const { digest, kind, look } = verdict;
    const isDue = digest !== null && (look || kind === "duplicate");
    return isDue ? { verdict, digest } : { detections: this.#found };
  }

  /** This was found in the frame that was judged last; without a word, it stays due. */
  found(verdict: Verdict, detections: readonly Detection[], model: Hex): void {
    this.#model = model;
    this.#found = detections;
    this.#gate.looked(verdict, detections);
  }
}
