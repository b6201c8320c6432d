import { sleep, type Timing } from "../timing.ts";

/** A video that is not shown, or not decoded for now, gives no callback; a picture twice does no harm. */
const CALLBACK_AT_MOST_MS = 250;

/** Tells when a video has shown a picture that was not taken yet. */
export class VideoPictures {
  readonly #video: HTMLVideoElement;
  readonly #timing: Timing;
  #handle: number | undefined;
  /** Aborted by the next new picture. */
  #fresh = new AbortController();

  constructor(video: HTMLVideoElement, timing: Timing) {
    this.#video = video;
    this.#timing = timing;
    this.#await();
  }

  /** Resolves when there is one, at once if it came since the last time. Rejects with the signal's reason. */
  async next(signal: AbortSignal): Promise<void> {
    try {
      const either = AbortSignal.any([signal, this.#fresh.signal]);
      await sleep(this.#timing, CALLBACK_AT_MOST_MS, either);
    } catch {
      // woken: by a picture, which is what was waited for, or by the caller
      signal.throwIfAborted();
    }
    this.#await();
  }

  close(): void {
    if (this.#handle !== undefined) this.#video.cancelVideoFrameCallback(this.#handle);
  }

  #await(): void {
    this.close();
    const fresh = new AbortController();
    this.#fresh = fresh;
    // older Firefox has no such callback: every moment may show a new picture
    if (!("requestVideoFrameCallback" in this.#video)) return fresh.abort();
    this.#handle = this.#video.requestVideoFrameCallback(() => fresh.abort());
  }
}

/**
 * A muted, inline, endlessly playing video element. Browsers pause one that is taken out of the
 * document, as happens when a page is changed, or hidden: it is played on. `release` lets it rest.
 */
export function playingVideo(): { readonly video: HTMLVideoElement; release(): void } {
  const video = document.createElement("video");
  Object.assign(video, { muted: true, playsInline: true, autoplay: true, loop: true });
  const over = new AbortController();
  const playOn = () => {
    if (document.hidden || !video.paused) return;
    // refused while another app has the media session: coming back to the page asks again
    video.play().catch(() => {});
  };
  video.addEventListener("pause", playOn, { signal: over.signal });
  document.addEventListener("visibilitychange", playOn, { signal: over.signal });
  return {
    video,
    release() {
      over.abort();
      video.pause();
    },
  };
}
