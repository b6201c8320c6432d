import { assertNever, toFailure } from "../errors.ts";
import type { DeviceId } from "../observation.ts";
import { BlobExchange, type Taken } from "./blob_exchange.ts";
import type {
  BlobAskFrame,
  BlobChunkFrame,
  BlobHaveFrame,
  BlobWantFrame,
  SyncFrame,
} from "./frames.ts";
import { MediaCopies } from "./media_copies.ts";
import type { BlobRest } from "./outbox.ts";
import type { Session } from "./session.ts";
import type { TalkPorts } from "./talk_ports.ts";

/** Pictures that a peer wants to be given at once: see {@link Outbox.giveBlob}. */
const TOO_MANY = "The other device asked for more pictures at once than it may.";
const NO_PART = "The other device gave a part of a picture that does not fit the others.";
const TOO_LARGE = "The other device gave a picture that is larger than it may be.";
const FALSE =
  "A device gave another picture than the one that was asked for. It is fetched elsewhere.";
const SPOILT =
  "A picture came from several devices and is not the one that was asked for. It is fetched anew.";

/** What sessions say to each other about media: fetching them, giving them, and who has which. */
export class MediaTalk {
  readonly #ports: TalkPorts;
  readonly #blobs: BlobExchange;
  readonly #copies: MediaCopies;

  constructor(ports: TalkPorts) {
    this.#ports = ports;
    const outboxOn = (link: string) => ports.sessions.openOn(link)?.outbox;
    this.#blobs = new BlobExchange(ports.store, {
      want: (link, parts) => outboxOn(link)?.askBlobs(parts),
      ask: (link, hashes) => outboxOn(link)?.say("blob-ask-wanted", { kind: "blob-ask", hashes }),
    });
    this.#copies = new MediaCopies({ ...ports, self: ports.replica.id });
  }

  /** The link is gone, or begins anew. */
  forget(link: string): void {
    this.#blobs.forget(link);
  }

  /** Asks the peers for what records speak of and is not here. `first`: who most likely has it. */
  async ask(first?: Session): Promise<void> {
    const { ready } = this.#ports.sessions;
    const sessions = ready.toSorted((a, b) => Number(b === first) - Number(a === first));
    await this.#blobs.ask(sessions.flatMap(({ link, peer }) => peer ? { link, peer } : []));
  }

  give(session: Session, { parts }: BlobWantFrame): void {
    for (const { hash, offset } of parts) {
      if (!session.outbox.giveBlob(hash, offset)) {
        return this.#ports.sessions.refuse(session, "too-fast", TOO_MANY);
      }
    }
  }

  /** The next part of what the peer asked for. */
  async part({ link, outbox }: Session, rest: BlobRest): Promise<SyncFrame | null> {
    const frame = await this.#blobs.part(link, rest.hash, rest.offset);
    if (!outbox.has(rest)) return null;
    rest.total = frame.total;
    rest.offset += frame.bytes.length;
    if (frame.bytes.length === 0 || rest.offset >= rest.total) outbox.done(rest);
    return frame;
  }

  /** Takes a part of a blob in. That there is no room for it is an effect, not the link's fault. */
  async take(session: Session, peer: DeviceId, chunk: BlobChunkFrame): Promise<void> {
    try {
      const taken = await this.#blobs.take(session.link, chunk, this.#ports.nowMs());
      if (taken === "part") return;
      this.#tookIn(session, peer, chunk, taken);
    } catch (thrown) {
      const failure = toFailure(thrown);
      if (failure.code !== "storage-full") throw thrown;
      this.#ports.effect({ kind: "full", failure });
    }
    await this.ask();
  }

  /** The peer says what it has on disk. */
  async heard(session: Session, frame: BlobHaveFrame): Promise<void> {
    const { link, peer, outbox } = session;
    const { hashes } = frame;
    for (const hash of hashes) outbox.dropBlob(hash);
    this.#blobs.has(link, hashes);
    if (peer && this.#ports.replica.knows(peer)) await this.#copies.heard(peer, frame);
    await this.ask();
  }

  /** Says which of these are on disk here, and proves it where that is wanted. */
  async say({ outbox, peer }: Session, { hashes, nonce }: BlobAskFrame): Promise<void> {
    if (!nonce) return outbox.tellBlobs(await this.#copies.here(hashes));
    const proved = peer && await this.#copies.prove(peer, nonce, hashes);
    const keeping = this.#ports.keeping?.() ?? "all";
    if (proved) outbox.say("blob-proofs", { kind: "blob-have", ...proved, keeping });
  }

  /**
   * Asks the peer, some at a time, to prove that it has what it says it has, and once a session which of the
   * media that only we have it has too.
   */
  async askCopies(session: Session): Promise<void> {
    if (!session.peer || !this.#ports.replica.knows(session.peer)) return;
    const { ask, after } = await this.#copies.toAsk(session.peer, session.mediaAsked);
    session.mediaAsked = after;
    if (ask) session.outbox.say("blob-ask", ask);
  }

  /** Pictures here, of those that records speak of and that were not removed to save space; null when there are none. */
  async count(): Promise<{ readonly have: number; readonly of: number } | null> {
    const { here, wanted } = await this.#ports.store.mediaTotals();
    return here + wanted > 0 ? { have: here, of: here + wanted } : null;
  }

  /** Time has passed: gives up what took longer than `answerMs`, asks others, writes down what was heard. */
  async tick(answerMs: number): Promise<void> {
    this.#blobs.tick(this.#ports.nowMs(), answerMs);
    await this.ask();
    await this.#copies.save();
  }

  /** Told also to who sent it: so it learns that it is not the only one to have it any more. */
  #got(hash: string): void {
    this.#ports.sessions.changed("blobs", "status");
    const now = this.#ports.nowMs();
    for (const { outbox, pace } of this.#ports.sessions.ready) {
      outbox.tellBlobs([hash]);
      pace.news(now); // how many are here is told with the summary
    }
  }

  #tookIn(session: Session, peer: DeviceId, { hash }: BlobChunkFrame, taken: Taken): void {
    const { sessions } = this.#ports;
    switch (taken) {
      case "part":
      case "absent":
        return;
      case "whole":
        return this.#got(hash);
      case "false":
        return sessions.incident("forged", FALSE, peer);
      case "spoilt":
        return sessions.incident("forged", SPOILT);
      case "malformed":
      case "oversized":
        return sessions.refuse(session, taken, taken === "malformed" ? NO_PART : TOO_LARGE);
      default:
        return assertNever(taken);
    }
  }
}
