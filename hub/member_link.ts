import type { Bytes } from "../field/bytes.ts";
import type { Channel } from "../field/link/signal.ts";
import type { MemberLine } from "./member_line.ts";

/** The largest frame of the sync protocol. */
const FRAME_MOST_BYTES = 65_536;
/** Above this much in the channel's buffer, frames wait here. */
const BUFFERED_MOST_BYTES = 1_048_576;
/** Frames that may wait here. The sync node's credits keep far below; more is a peer that has stopped taking. */
const QUEUED_MOST_BYTES = 1_048_576;
/** What the node may have before it from one link: a peer that keeps to its credits stays far below. */
const UNDEALT_MOST_BYTES = 4_194_304;

export interface MemberLinkPorts {
  /** Both ends have it; `binding` is what only they know of it. */
  readonly onOpen: (link: MemberLink, binding: Bytes) => void;
  /** A frame. Resolves when it has been dealt with. */
  readonly onFrame: (link: MemberLink, bytes: Bytes) => Promise<void>;
  /** It is over, once; `why` when something was wrong, and not just the other side gone. */
  readonly onEnd: (link: MemberLink, why: string | null) => void;
}

/** One channel to a peer: frames from it to the node, and frames of the node to it while it takes them. */
export class MemberLink {
  readonly id: string;
  readonly line: MemberLine;
  readonly isOurCall: boolean;
  readonly startedMs: number;
  readonly #channel: Channel;
  readonly #ports: MemberLinkPorts;
  readonly #queue: Bytes[] = [];
  #queuedBytes = 0;
  #undealtBytes = 0;
  #state: "opening" | "open" | "closed" = "opening";

  constructor(
    { id, line, isOurCall, startedMs }: Pick<
      MemberLink,
      "id" | "line" | "isOurCall" | "startedMs"
    >,
    channel: Channel,
    ports: MemberLinkPorts,
  ) {
    this.id = id;
    this.line = line;
    this.isOurCall = isOurCall;
    this.startedMs = startedMs;
    this.#channel = channel;
    this.#ports = ports;
    channel.listen({
      opened: (binding) => this.#opened(binding),
      received: (data) => this.#received(data),
      drained: () => this.#guard(() => this.#drain()),
      shaky: () => {}, // a relay's line has a time-out of its own
      closed: (why) => this.#end(why ? (why.cause ?? why.message).replace(/\.$/, "") : null),
    });
  }

  get peerId(): string {
    return this.#channel.peerId;
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  send(frame: Bytes): void {
    if (!this.isOpen) return;
    if (this.#queuedBytes + frame.length > QUEUED_MOST_BYTES) {
      return this.close("it stopped taking data");
    }
    this.#queue.push(frame);
    this.#queuedBytes += frame.length;
    this.#guard(() => this.#drain());
  }

  close(why: string | null): void {
    if (this.#state === "closed") return;
    this.#channel.close();
    this.#end(why);
  }

  #opened(binding: ArrayBuffer | null): void {
    if (this.#state !== "opening") return;
    if (!binding) return this.close("the channel does not show whom it is with");
    this.#state = "open";
    this.#ports.onOpen(this, new Uint8Array(binding));
  }

  #received(data: unknown): void {
    if (!this.isOpen) return;
    if (!isFrame(data)) return this.close("it sent something that is not Fieldmesh's");
    this.#undealtBytes += data.byteLength;
    if (this.#undealtBytes > UNDEALT_MOST_BYTES) {
      return this.close("it sends faster than this hub can take");
    }
    this.#ports.onFrame(this, new Uint8Array(data))
      .catch((thrown) => this.close(String(thrown)))
      .finally(() => this.#undealtBytes -= data.byteLength);
  }

  #drain(): void {
    while (this.isOpen && this.#channel.bufferedBytes < BUFFERED_MOST_BYTES) {
      const frame = this.#queue.shift();
      if (!frame) return;
      this.#queuedBytes -= frame.length;
      this.#channel.send(frame.slice().buffer);
    }
  }

  /** The channel throws when it has just closed and has not said so yet. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.close(`it broke while something was being sent: ${error}`);
    }
  }

  #end(why: string | null): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#queue.length = 0;
    this.#ports.onEnd(this, why);
  }
}

/** A message is a frame: binary, not empty, of bounded size. */
function isFrame(data: unknown): data is ArrayBuffer {
  return data instanceof ArrayBuffer && data.byteLength > 0 && data.byteLength <= FRAME_MOST_BYTES;
}
