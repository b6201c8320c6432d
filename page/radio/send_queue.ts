/** The largest frame of the sync protocol; every browser's data channel takes it as one message. */
export const FRAME_MOST_BYTES = 65_536;
/** Above this much in the channel's own buffer, frames wait here: both together hold 1 MB at most. */
export const BUFFERED_MOST_BYTES = 524_288;
/** Frames that may wait here. The sync node's credits keep far below; more is a peer that has stopped taking. */
export const QUEUED_MOST_BYTES = 524_288;

export interface SendPort {
  readonly bufferedBytes: number;
  send(bytes: ArrayBuffer): void;
}

/** Holds frames back while the channel is full, and refuses when too much waits: never a frame lost in between. */
export class SendQueue {
  readonly #port: SendPort;
  readonly #frames: ArrayBuffer[] = [];
  #queuedBytes = 0;

  constructor(port: SendPort) {
    this.#port = port;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** False: the frame was not taken, and the link cannot go on. Throws what the port throws. */
  push(frame: ArrayBuffer): boolean {
    if (this.#queuedBytes + frame.byteLength > QUEUED_MOST_BYTES) return false;
    this.#frames.push(frame);
    this.#queuedBytes += frame.byteLength;
    this.drain();
    return true;
  }

  /** Sends what the channel takes. Call it whenever the channel has room again. */
  drain(): void {
    while (this.#port.bufferedBytes < BUFFERED_MOST_BYTES) {
      const frame = this.#frames.shift();
      if (!frame) return;
      this.#queuedBytes -= frame.byteLength;
      this.#port.send(frame);
    }
  }
}
