import { type Failure, FieldError, toFailure } from "../../field/errors.ts";
import { channelBinding } from "./channel_binding.ts";
import { FRAME_MOST_BYTES, SendQueue } from "./send_queue.ts";
import type { Channel, Descriptions } from "./signal.ts";
import type { Timing } from "../timing.ts";
import type { WorkerCalls } from "../worker_connection.ts";

/** Longest wait from call to open channel: a second on a good network, several rounds on a bad one. */
const OPENS_WITHIN_MS = 15_000;
/** Walking past a wall is no parting; silence for longer is. */
const SHAKY_AT_MOST_MS = 10_000;
/** What the worker may have before it from one link: a peer that keeps to its credits stays far below. */
const UNANSWERED_MOST_BYTES = 4_194_304;

export interface RadioLinkPorts {
  readonly timing: Timing;
  readonly calls: WorkerCalls;
  /** The channel is open; the worker is being told. */
  readonly onOpen: (link: RadioLink) => void;
  /** A call that neither the other end nor the hub has reacted to in time: it ends, too. */
  readonly onUnheard: (link: RadioLink) => void;
  /** It is over, once; `why` when something was wrong, and not just the other side gone. */
  readonly onEnd: (link: RadioLink, why: Failure | null) => void;
}

/** One data channel, relayed: bytes from it to the worker, bytes from the worker to it. */
export class RadioLink {
  readonly id: string;
  readonly #channel: Channel;
  readonly #ports: RadioLinkPorts;
  readonly #queue: SendQueue;
  /** Frames that came before the worker knew of the link. */
  readonly #early: ArrayBuffer[] = [];
  #state: "opening" | "binding" | "open" | "closed" = "opening";
  #binding: ArrayBuffer | undefined;
  #openedMs: number | undefined;
  /** Counts announcements: what was sent under a former one was for a worker that is no more. */
  #epoch = 0;
  #unansweredBytes = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(id: string, channel: Channel, ports: RadioLinkPorts) {
    this.id = id;
    this.#channel = channel;
    this.#ports = ports;
    this.#queue = new SendQueue(channel);
    channel.listen({
      opened: (descriptions) => this.#opened(descriptions),
      received: (data) => this.#received(data),
      drained: () => this.#guard(() => this.#queue.drain()),
      shaky: (isShaky) => this.#setShaky(isShaky),
      closed: () => this.#end(this.#state === "opening" ? unconnected() : null),
    });
    this.#cancelTimer = ports.timing.after(OPENS_WITHIN_MS, () => this.#giveUp());
  }

  get peerId(): string {
    return this.#channel.peerId;
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** For how long it has been open, in ms; 0 when it never was. */
  get lastedMs(): number {
    return this.#openedMs === undefined ? 0 : this.#ports.timing.now() - this.#openedMs;
  }

  /** The worker was restarted: tells it of the link again. */
  announceAgain(): void {
    if (this.isOpen) this.#announce();
  }

  /** A frame of the worker's for the other side. */
  send(frame: ArrayBuffer): void {
    if (!this.isOpen) return;
    if (frame.byteLength > FRAME_MOST_BYTES) return this.close(tooLarge(frame.byteLength));
    this.#guard(() => {
      if (!this.#queue.push(frame)) this.close(stalled());
    });
  }

  close(why: Failure | null): void {
    if (this.#state === "closed") return;
    this.#channel.close();
    this.#end(why);
  }

  #giveUp(): void {
    const isUnheard = !this.#channel.answered;
    this.close(unconnected());
    if (isUnheard) this.#ports.onUnheard(this);
  }

  async #open(descriptions: Descriptions): Promise<void> {
    const binding = await channelBinding(descriptions);
    if (this.#state !== "binding") return;
    if (!binding) return this.close(unbound());
    this.#binding = binding;
    this.#state = "open";
    this.#openedMs = this.#ports.timing.now();
    this.#announce();
    this.#ports.onOpen(this);
    for (const frame of this.#early.splice(0)) this.#hand(frame);
  }

  #opened(descriptions: Descriptions): void {
    if (this.#state !== "opening") return;
    this.#clearTimer();
    this.#state = "binding";
    this.#open(descriptions).catch((error) => this.close(toFailure(error)));
  }

  #announce(): void {
    if (!this.#binding) return;
    this.#unansweredBytes = 0;
    const epoch = ++this.#epoch;
    const args = { link: this.id, binding: this.#binding };
    // after a restart it is announced anew, not sent again: the worker must hear of it once a boot
    this.#ports.calls.call("link-open", args, { resend: false })
      .catch((error) => this.#failed(error, epoch));
  }

  #received(data: unknown): void {
    if (this.#state !== "binding" && this.#state !== "open") return;
    if (!isFrame(data)) return this.close(malformed());
    this.#unansweredBytes += data.byteLength;
    if (this.#unansweredBytes > UNANSWERED_MOST_BYTES) return this.close(flooded());
    if (this.isOpen) this.#hand(data);
    else this.#early.push(data);
  }

  #hand(bytes: ArrayBuffer): void {
    const { byteLength } = bytes;
    const epoch = this.#epoch;
    this.#ports.calls.call("link-frame", { link: this.id, bytes }, { transfer: [bytes] }).then(
      () => {
        if (epoch === this.#epoch) this.#unansweredBytes -= byteLength;
      },
      (error) => this.#failed(error, epoch),
    );
  }

  #failed(error: unknown, epoch: number): void {
    if (epoch === this.#epoch) this.close(toFailure(error));
  }

  #setShaky(isShaky: boolean): void {
    if (this.#state !== "open" && this.#state !== "binding") return;
    this.#clearTimer();
    if (!isShaky) return;
    this.#cancelTimer = this.#ports.timing.after(SHAKY_AT_MOST_MS, () => this.close(faded()));
  }

  /** The channel throws when it has just closed and has not said so yet. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.close(toFailure(new FieldError("peer-refused", UNSENT, { cause: error })));
    }
  }

  #end(why: Failure | null): void {
    if (this.#state === "closed") return;
    const workerKnows = this.#state === "open";
    this.#state = "closed";
    this.#clearTimer();
    this.#early.length = 0;
    if (workerKnows) {
      // a worker that does not hear of it was restarted, and has forgotten the link anyway
      this.#ports.calls.call("link-close", { link: this.id }).catch(() => {});
    }
    this.#ports.onEnd(this, why);
  }

  #clearTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}

/** A message is a frame: binary, not empty, of bounded size. */
function isFrame(data: unknown): data is ArrayBuffer {
  return data instanceof ArrayBuffer && data.byteLength > 0 && data.byteLength <= FRAME_MOST_BYTES;
}

const UNSENT = "The link broke while something was being sent. It is tried again.";

function unconnected(): Failure {
  return {
    code: "peer-refused",
    message:
      "No direct connection came about. Both devices must be in the same network, and its access point must let them reach each other (no guest or client isolation).",
  };
}

function faded(): Failure {
  return {
    code: "peer-refused",
    message: "The other device went out of reach. It is called again.",
  };
}

function stalled(): Failure {
  return {
    code: "peer-refused",
    message: "The other device stopped taking data. It is called again.",
  };
}

function flooded(): Failure {
  return {
    code: "peer-refused",
    message: "The other device sends faster than this one can take. The link was closed.",
  };
}

function malformed(): Failure {
  return {
    code: "frame-invalid",
    message: "The other device sent something that is not Fieldmesh's. The link was closed.",
  };
}

function unbound(): Failure {
  return {
    code: "peer-refused",
    message:
      "The connection does not show whom it is with, as if someone sat in between. It was closed.",
  };
}

function tooLarge(byteLength: number): Failure {
  return {
    code: "frame-invalid",
    message: "This device tried to send more at once than a link takes. The link was closed.",
    cause: `a frame of ${byteLength} bytes`,
  };
}
