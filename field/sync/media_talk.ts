import { toFailure } from "../errors.ts";
import type { MediaTotals } from "../media.ts";
import type { DeviceId } from "../observation.ts";
import { BlobExchange } from "./blob_exchange.ts";
import type { BlobChunkFrame, BlobHaveFrame, BlobWantFrame, SyncFrame } from "./frames.ts";
import { MediaCopies } from "./media_copies.ts";
import type { BlobRest } from "./outbox.ts";
import type { Session } from "./session.ts";
import type { TalkPorts } from "./talk_ports.ts";

/** To count pictures takes long where there are many. */
const COUNT_EVERY_MS = 5_000;
/** Pictures that a peer wants to be given at once: see {@link Outbox.giveBlob}. */
const TOO_MANY = "The other device asked for more pictures at once than it may.";

/** What sessions say to each other about media: fetching them, giving them, and who has which. */
export class MediaTalk {
  readonly #ports: TalkPorts;
  readonly #blobs: BlobExchange;
  readonly #copies: MediaCopies;
  #totals: MediaTotals | null = null;
  #countedAt = -Infinity;

  constructor(ports: TalkPorts) {
    this.#ports = ports;
    this.#blobs = new BlobExchange(
      ports.store,
      (link, parts) => ports.sessions.openOn(link)?.outbox.askBlobs(parts),
    );
    this.#copies = new MediaCopies(ports.store, ports.replica.id);
  }

  /** The link is gone, or begins anew. */
  forget(link: string): void {
    this.#blobs.forget(link);
  }

  /** Asks the session's peer for what records speak of and is not here. */
  async ask({ link, peer }: Session): Promise<void> {
    if (peer) await this.#blobs.ask(link, this.#ports.nowMs());
  }

  give(session: Session, { parts }: BlobWantFrame): void {
    for (const { hash, offset } of parts) {
      if (!session.outbox.giveBlob(hash, offset)) {
        return this.#ports.sessions.refuse(session, "too-fast", TOO_MANY);
      }
    }
  }

  /** The next part of what the peer asked for. */
  async part({ outbox }: Session, rest: BlobRest): Promise<SyncFrame | null> {
    const frame = await this.#blobs.part(rest.hash, rest.offset);
    if (!outbox.has(rest)) return null;
    rest.total = frame.total;
    rest.offset += frame.bytes.length;
    if (frame.bytes.length === 0 || rest.offset >= rest.total) outbox.done(rest);
    return frame;
  }

  /** Takes a part of a blob in. That there is no room for it is an effect, not the link's fault. */
  async take(session: Session, peer: DeviceId, chunk: BlobChunkFrame): Promise<void> {
    try {
      const taken = await this.#blobs.take(session.link, chunk);
      if (taken === "part") return;
      if (taken === "whole") this.#got(chunk.hash);
      if (taken === "false") this.#blame(peer);
      if (taken === "spoilt") this.#blame();
    } catch (thrown) {
      const failure = toFailure(thrown);
      if (failure.code !== "storage-full") throw thrown;
      this.#ports.effect({ kind: "full", failure });
    }
    await this.ask(session);
  }

  /** The peer says what it has on disk. */
  async heard(session: Session, { hashes, keeping }: BlobHaveFrame): Promise<void> {
    const { link, peer, outbox } = session;
    for (const hash of hashes) outbox.dropBlob(hash);
    this.#blobs.has(link, hashes);
    if (peer && this.#ports.replica.knows(peer)) this.#copies.heard(peer, hashes, keeping);
    await this.ask(session);
  }

  /** Says which of these are on disk here. */
  async say({ outbox }: Session, asked: readonly string[]): Promise<void> {
    outbox.tellBlobs(await this.#copies.here(asked));
  }

  /** Asks the peer, once a session and some at a time, which of the media that only we have it has too. */
  async askCopies(session: Session): Promise<void> {
    if (session.mediaAsked === "done") return;
    const { hashes, after } = await this.#copies.toAsk(session.mediaAsked);
    session.mediaAsked = after;
    if (hashes.length > 0) session.outbox.say("blob-ask", { kind: "blob-ask", hashes });
  }

  /** Pictures here, of those that records speak of; null when there are none. */
  async count(): Promise<{ readonly have: number; readonly of: number } | null> {
    const now = this.#ports.nowMs();
    if (!this.#totals || Math.abs(now - this.#countedAt) >= COUNT_EVERY_MS) {
      this.#countedAt = now;
      this.#totals = await this.#ports.store.mediaTotals();
    }
    const { here, wanted, thinned } = this.#totals;
    return here + wanted + thinned > 0 ? { have: here, of: here + wanted + thinned } : null;
  }

  /** Time has passed: gives up what took longer than `answerMs`, writes down what was heard. */
  async tick(answerMs: number): Promise<void> {
    this.#blobs.expire(this.#ports.nowMs(), answerMs);
    await this.#copies.save();
  }

  /** Told also to who sent it: so it learns that it is not the only one to have it any more. */
  #got(hash: string): void {
    this.#ports.sessions.changed("blobs", "status");
    for (const { outbox } of this.#ports.sessions.ready) outbox.tellBlobs([hash]);
  }

  #blame(device?: DeviceId): void {
    const message = device
      ? "A device gave another picture than the one that was asked for. It is fetched elsewhere."
      : "A picture came from several devices and is not the one that was asked for. It is fetched anew.";
    this.#ports.sessions.incident("forged", message, device);
  }
}
