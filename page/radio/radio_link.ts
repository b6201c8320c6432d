import { type Failure, FieldError, toFailure } from "../../field/errors.ts";
import type { Channel } from "../../field/link/signal.ts";
import type { LinkKind } from "../../field/sync/lanes.ts";
import { FRAME_MOST_BYTES, SendQueue } from "./send_queue.ts";
import type { Timing } from "../timing.ts";
import type { WorkerCalls } from "../worker_connection.ts";

/** Longest wait from call to open channel: a second on a good network, several rounds on a bad one. */
const OPENS_WITHIN_MS = 15_000;
/** Walking past a wall is no parting, and a change of network takes seconds; silence for longer is. */
const SHAKY_AT_MOST_MS = 15_000;
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

/** One channel, relayed: bytes from it to the worker, bytes from the worker to it. */
export class RadioLink {
  readonly id: string;
  readonly via: LinkKind;
  readonly madeMs: number;
  readonly #channel: Channel;
  readonly #ports: RadioLinkPorts;
  readonly #queue: SendQueue;
  #state: "opening" | "open" | "closed" = "opening";
  #binding: ArrayBuffer | undefined;
  #openedMs: number | undefined;
  #shakyMs: number | undefined;
  /** Counts announcements: what was sent under a former one was for a worker that is no more. */
  #epoch = 0;
  #unansweredBytes = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(
    { id, via }: { readonly id: string; readonly via: LinkKind },
    channel: Channel,
    ports: RadioLinkPorts,
  ) {
    this.id = id;
    this.via = via;
    this.#channel = channel;
    this.#ports = ports;
    this.madeMs = ports.timing.now();
    this.#queue = new SendQueue(channel);
    channel.listen({
      opened: (binding) => this.#opened(binding),
      received: (data) => this.#received(data),
      drained: () => this.#guard(() => this.#queue.drain()),
      shaky: (isShaky) => this.#setShaky(isShaky),
      closed: (why) => this.#end(why ?? (this.#state === "opening" ? this.#unconnected() : null)),
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

  /** For how long nothing has got through, in ms. */
  get shakyForMs(): number {
    return this.#shakyMs === undefined ? 0 : this.#ports.timing.now() - this.#shakyMs;
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
    this.close(this.#unconnected());
    if (isUnheard) this.#ports.onUnheard(this);
  }

  #opened(binding: ArrayBuffer | null): void {
    if (this.#state !== "opening") return;
    this.#clearTimer();
    if (!binding) return this.close(unbound());
    this.#binding = binding;
    this.#state = "open";
    this.#openedMs = this.#ports.timing.now();
    this.#announce();
    this.#ports.onOpen(this);
  }

  #announce(): void {
    if (!this.#binding) return;
    this.#unansweredBytes = 0;
    const epoch = ++this.#epoch;
    const args = { link: this.id, binding: this.#binding, via: this.via };
    // after a restart it is announced anew, not sent again: the worker must hear of it once a boot
    this.#ports.calls.call("link-open", args, { resend: false })
      .catch((error) => this.#failed(error, epoch));
  }

  #received(data: unknown): void {
    if (!this.isOpen) return;
    if (!isFrame(data)) return this.close(malformed());
    this.#unansweredBytes += data.byteLength;
    if (this.#unansweredBytes > UNANSWERED_MOST_BYTES) return this.close(flooded());
    this.#hand(data);
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
    if (!this.isOpen || isShaky === (this.#shakyMs !== undefined)) return;
    this.#clearTimer();
    this.#shakyMs = isShaky ? this.#ports.timing.now() : undefined;
    if (isShaky) {
      this.#cancelTimer = this.#ports.timing.after(SHAKY_AT_MOST_MS, () => this.close(faded()));
    }
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
    if (workerKnows) {
      // a worker that does not hear of it was restarted, and has forgotten the link anyway
      this.#ports.calls.call("link-close", { link: this.id }).catch(() => {});
    }
    this.#ports.onEnd(this, why);
  }

  #unconnected(): Failure {
    return this.via === "relay" || this.via === "hub" ? unrelayed() : unconnected();
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

function unrelayed(): Failure {
  return {
    code: "peer-refused",
    message:
      "The other device did not answer through the hub. Check that Fieldmesh is open there. It is called again.",
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
