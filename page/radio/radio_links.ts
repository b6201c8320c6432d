import { type Failure, FieldError } from "../../field/errors.ts";
import type { Channel } from "../../field/link/signal.ts";
import type { LinkKind } from "../../field/sync/lanes.ts";
import { RadioLink } from "./radio_link.ts";
import type { Timing } from "../timing.ts";
import type { Notices, WorkerConnection } from "../worker_connection.ts";

/** A browser manages 20 to 35 connections; the sync node wants about 4. */
export const LINKS_MOST = 16;
/** Of these, at most so many with ids that are in no plan: newcomers with an invite, or nobody's friends. */
export const STRANGERS_MOST = 8;

export interface RadioLinksPorts {
  readonly timing: Timing;
  readonly newId: () => string;
  readonly worker: Pick<WorkerConnection, "call" | "on" | "onRestart" | "hold">;
}

export interface LinksListener {
  opened(link: RadioLink): void;
  /** A call that neither the other end nor the hub has reacted to in time: it ends, too. */
  unheard(link: RadioLink): void;
  ended(link: RadioLink, why: Failure | null): void;
}

/** This page's links, whatever carries them: bounded, known to the worker through its restarts, closed together. */
export class RadioLinks {
  readonly #ports: RadioLinksPorts;
  readonly #links = new Map<string, RadioLink>();
  #over: AbortController | undefined;
  #listener: LinksListener | undefined;
  #releaseWorker: (() => void) | undefined;

  constructor(ports: RadioLinksPorts) {
    this.#ports = ports;
  }

  begin(): void {
    if (this.#over) return;
    const over = new AbortController();
    this.#over = over;
    const { worker } = this.#ports;
    const ends = [
      worker.on("link-send", (notice) => this.#links.get(notice.link)?.send(notice.bytes)),
      worker.on("link-drop", (notice) => this.#dropped(notice)),
      worker.onRestart(() => this.all.forEach((link) => link.announceAgain())),
    ];
    over.signal.addEventListener("abort", () => ends.forEach((end) => end()));
  }

  /** Closes all. */
  end(): void {
    this.#over?.abort();
    this.#over = undefined;
    for (const link of this.all) link.close(null);
  }

  /** Who decides whom to call hears of what becomes of it. Undefined: nobody does any more. */
  setListener(listener: LinksListener | undefined): void {
    this.#listener = listener;
  }

  get all(): readonly RadioLink[] {
    return [...this.#links.values()];
  }

  with(peerId: string): readonly RadioLink[] {
    return this.all.filter((link) => link.peerId === peerId);
  }

  isLinked(peerId: string): boolean {
    return this.with(peerId).some((link) => link.isOpen);
  }

  get isFull(): boolean {
    return this.#links.size >= LINKS_MOST;
  }

  /** For one who calls. `known`: the ids of the plan. */
  hasRoomFor(peerId: string, known: ReadonlySet<string>): boolean {
    const strangers = this.all.filter((link) => !known.has(link.peerId));
    return !this.isFull && (known.has(peerId) || strangers.length < STRANGERS_MOST);
  }

  /** Throws, and closes the channel, when there is no room. */
  add(channel: Channel, via: LinkKind): RadioLink {
    if (this.isFull || !this.#over) {
      channel.close();
      throw new FieldError(
        "peer-refused",
        this.isFull
          ? `This device is linked with ${LINKS_MOST} others, as many as it can keep. Close Fieldmesh on one of them, and try again.`
          : "The radio of this page is off. Switch it on, and try again.",
      );
    }
    const { timing, worker, newId } = this.#ports;
    const link: RadioLink = new RadioLink({ id: newId(), via }, channel, {
      timing,
      calls: worker,
      onOpen: () => this.#opened(link),
      onUnheard: () => this.#listener?.unheard(link),
      onEnd: (_link, why) => this.#ended(link, why),
    });
    this.#links.set(link.id, link);
    return link;
  }

  #opened(link: RadioLink): void {
    for (const former of this.with(link.peerId)) {
      // It would not have called had its end of the former link been alive. One of another kind goes on
      // until the sync node has proved who is at the new one: then it drops the former by itself.
      if (former !== link && former.isOpen && former.via === link.via) former.close(null);
    }
    this.#releaseWorker ??= this.#ports.worker.hold();
    this.#listener?.opened(link);
  }

  #ended(link: RadioLink, why: Failure | null): void {
    this.#links.delete(link.id);
    if (!this.all.some((one) => one.isOpen)) {
      this.#releaseWorker?.();
      this.#releaseWorker = undefined;
    }
    this.#listener?.ended(link, why);
  }

  #dropped({ link: id, reason }: Notices["link-drop"]): void {
    const link = this.#links.get(id);
    if (!link) return;
    console.debug(`The worker dropped the link with ${link.peerId}: ${reason.message}`, reason);
    link.close(null);
  }
}
