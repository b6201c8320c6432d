import { toFailure } from "../errors.ts";
import type { Hex } from "../observation.ts";
import type { Replica } from "../feed/replica.ts";
import type { Store } from "../store/store.ts";
import { BlobExchange } from "./blob_exchange.ts";
import type { BlobChunkFrame, BlobHaveFrame, Keeping, SyncFrame } from "./frames.ts";
import { MediaCopies } from "./media_copies.ts";
import type { Effect } from "./node.ts";
import type { Session } from "./session.ts";

export interface MediaTalkPorts {
  readonly replica: Replica;
  readonly store: Store;
  readonly nowMs: () => number;
  readonly send: (link: string, frame: SyncFrame) => void;
  readonly effect: (effect: Effect) => void;
  /** What becomes of the media here. Absent: they stay. */
  readonly keeping?: () => Keeping;
  /** Links with a session that is open. */
  readonly links: () => readonly string[];
}

/** What sessions say to each other about media: fetching them, giving them, and who has which. */
export class MediaTalk {
  readonly #ports: MediaTalkPorts;
  readonly #blobs: BlobExchange;
  readonly #copies: MediaCopies;

  constructor(ports: MediaTalkPorts) {
    this.#ports = ports;
    this.#blobs = new BlobExchange(ports.store, ports.send);
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

  give(link: string, parts: readonly { hash: Hex; offset: number }[]): Promise<void> {
    return this.#blobs.give(link, parts);
  }

  /** Takes a part of a blob in. That there is no room for it is an effect, not the link's fault. */
  async take(session: Session, chunk: BlobChunkFrame): Promise<void> {
    try {
      if (await this.#blobs.take(session.link, chunk)) this.#got(chunk.hash);
    } catch (thrown) {
      const failure = toFailure(thrown);
      if (failure.code !== "storage-full") throw thrown;
      this.#ports.effect({ kind: "full", failure });
    }
    await this.ask(session);
  }

  /** The peer says what it has on disk. */
  async heard(session: Session, { hashes, keeping }: BlobHaveFrame): Promise<void> {
    const { link, peer } = session;
    this.#blobs.has(link, hashes);
    if (peer && this.#ports.replica.knows(peer)) this.#copies.heard(peer, hashes, keeping);
    await this.ask(session);
  }

  /** Says which of these are on disk here. */
  async say(link: string, asked: readonly Hex[]): Promise<void> {
    const here = await this.#copies.here(asked);
    if (here.length > 0) this.#sayHave(link, here);
  }

  /** Asks the peer, once a session and some at a time, which of the media that only we have it has too. */
  async askCopies(session: Session): Promise<void> {
    if (session.mediaAsked === "done") return;
    const { hashes, after } = await this.#copies.toAsk(session.mediaAsked);
    session.mediaAsked = after;
    if (hashes.length > 0) this.#ports.send(session.link, { kind: "blob-ask", hashes });
  }

  /** Time has passed: gives up what took longer than `answerMs`, writes down what was heard. */
  async tick(answerMs: number): Promise<void> {
    this.#blobs.expire(this.#ports.nowMs(), answerMs);
    await this.#copies.save();
  }

  /** Told also to who sent it: so it learns that it is not the only one to have it any more. */
  #got(hash: Hex): void {
    this.#ports.effect({ kind: "changed", what: ["blobs", "status"] });
    for (const link of this.#ports.links()) this.#sayHave(link, [hash]);
  }

  #sayHave(link: string, hashes: readonly Hex[]): void {
    const keeping = this.#ports.keeping?.() ?? "all";
    this.#ports.send(link, { kind: "blob-have", hashes, keeping });
  }
}
