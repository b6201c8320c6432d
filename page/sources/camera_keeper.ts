import type { Timing } from "../timing.ts";

/** Long enough to change page or to start again; short enough that the camera's light goes out after "stop". */
const GRACE_MS = 8_000;

/**
 * Keeps the camera's stream across stop and start, so that a session asks for it once: iOS may prompt
 * its user at every getUserMedia (WebKit bugs 215884, 252465).
 */
export class CameraKeeper {
  readonly #timing: Timing;
  readonly #open: () => Promise<MediaStream>;
  #stream: MediaStream | undefined;
  #opening: Promise<MediaStream> | undefined;
  #users = 0;
  #cancelClose: (() => void) | undefined;

  constructor(timing: Timing, open: () => Promise<MediaStream>) {
    this.#timing = timing;
    this.#open = open;
  }

  /** The kept stream if it still lives, else a new one. Each take needs one {@link giveBack}, also when it rejects. */
  async take(): Promise<MediaStream> {
    this.#users++;
    this.#cancelClose?.();
    if (this.#stream?.getVideoTracks().some((track) => track.readyState === "live")) {
      return this.#stream;
    }
    // the user may leave the prompt open and press start again: it is still one prompt
    this.#opening ??= this.#open().finally(() => this.#opening = undefined);
    this.#stream = await this.#opening;
    this.#closeWhenUnused();
    return this.#stream;
  }

  giveBack(): void {
    this.#users--;
    this.#closeWhenUnused();
  }

  #closeWhenUnused(): void {
    if (this.#users > 0) return;
    this.#cancelClose?.();
    this.#cancelClose = this.#timing.after(GRACE_MS, () => {
      for (const track of this.#stream?.getTracks() ?? []) track.stop();
      this.#stream = undefined;
    });
  }
}
