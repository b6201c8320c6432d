import type { Bytes } from "../field/bytes.ts";
import type { Failure } from "../field/errors.ts";
import type { LinkKind } from "../field/sync/lanes.ts";
import type { SyncNode } from "../field/sync/node.ts";
import type { Pages } from "./pages.ts";
import { type Client, scope } from "./scope.ts";

export interface LinksPorts {
  readonly pages: Pick<Pages, "tellOne">;
  readonly node: Pick<SyncNode, "open" | "close" | "closeAll" | "tick">;
  /** Returns what ends it. */
  readonly every: (ms: number, run: () => void) => () => void;
  readonly onFailure: (failure: unknown) => void;
  /** Once a second while there are links, or a page looks for some. */
  readonly onTick: () => void;
}

const TICK_MS = 1000;
/** A page's radio that misses somebody asks for the plan every ten seconds: after three it is gone, or content. */
const LOOKS_FOR_MS = 30_000;

/** Which page holds a link, what goes over it, and the node's sense of time while there are any. */
export class Links {
  readonly #ports: LinksPorts;
  readonly #pages = new Map<string, Client>();
  #endTicking: (() => void) | undefined;
  /** Ticks since a page last looked for links. */
  #unlooked = 0;

  constructor(ports: LinksPorts) {
    this.#ports = ports;
  }

  open(link: string, binding: Bytes, via: LinkKind, page: Client): void {
    this.#pages.set(link, page);
    this.#ports.node.open(link, binding, via);
    this.#keepTicking();
  }

  /** A page's radio asks whom to call: that changes with time, also while there is no link. */
  looking(): void {
    this.#unlooked = 0;
    this.#keepTicking();
  }

  close(link: string): void {
    this.#pages.delete(link);
    this.#ports.node.close(link);
  }

  closeAll(): void {
    this.#pages.clear();
    this.#stopTicking();
    this.#ports.node.closeAll();
  }

  send(link: string, { buffer }: Bytes): void {
    const page = this.#pages.get(link);
    if (page) {
      this.#ports.pages.tellOne(page, { notice: "link-send", link, bytes: buffer }, [buffer]);
    }
  }

  /** The node wants to be rid of it. */
  drop(link: string, reason: Failure): void {
    const page = this.#pages.get(link);
    this.#pages.delete(link);
    if (page) this.#ports.pages.tellOne(page, { notice: "link-drop", link, reason });
  }

  async #tick(): Promise<void> {
    for (const [link, page] of this.#pages) {
      if (!await scope.clients.get(page.id)) this.close(link); // closed without a word
    }
    await this.#ports.node.tick();
    this.#ports.onTick();
    this.#unlooked++;
    const isLookedFor = this.#unlooked * TICK_MS < LOOKS_FOR_MS;
    if (this.#pages.size === 0 && !isLookedFor) this.#stopTicking();
  }

  #keepTicking(): void {
    const { every, onFailure } = this.#ports;
    this.#endTicking ??= every(TICK_MS, () => void this.#tick().catch(onFailure));
  }

  #stopTicking(): void {
    this.#endTicking?.();
    this.#endTicking = undefined;
  }
}
