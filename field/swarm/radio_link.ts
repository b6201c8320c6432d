import type { Bytes } from "../bytes.ts";
import type { Chance } from "./chance.ts";
import type { LinkSettings } from "./swarm_report.ts";
import type { Timeline } from "./timeline.ts";

/** What a link ends at. */
export interface LinkEnd {
  readonly number: number;
  opened(link: RadioLink): void;
  receive(link: RadioLink, bytes: Bytes): Promise<void>;
  closed(link: RadioLink): void;
}

export interface RadioLinkPorts {
  /** The how-manieth of the radio's. */
  readonly made: number;
  /** What both ends know of the channel. */
  readonly binding: Bytes;
  readonly ends: readonly [LinkEnd, LinkEnd];
  readonly timeline: Timeline;
  readonly chance: Chance;
  /** As they are when a frame is sent. */
  readonly settings: () => LinkSettings;
}

/** What is lost is sent again after a round trip: it and what is behind it come later. */
const RESENT_AFTER_LATENCIES = 2;

/**
 * One connection of two devices, ordered and reliable as a data channel is. Of the settings' span of latencies it
 * has one place for good. Cut, it loses what is under way; a connection made anew is another link.
 */
export class RadioLink {
  readonly id: string;
  readonly made: number;
  readonly binding: Bytes;
  readonly ends: readonly [LinkEnd, LinkEnd];
  readonly #ports: RadioLinkPorts;
  /** 0 for the least latency of the span, 1 for the most. */
  readonly #place: number;
  /** By the sender's place in {@link ends}: when its last frame arrives, ms. */
  readonly #arrivesAt: [number, number] = [0, 0];
  #isCut = false;

  constructor(ports: RadioLinkPorts) {
    ({ made: this.made, binding: this.binding, ends: this.ends } = ports);
    this.id = linkId(ports.made);
    this.#ports = ports;
    this.#place = ports.chance.fraction();
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  send(from: LinkEnd, bytes: Bytes): void {
    if (this.#isCut) return;
    const { timeline, ends } = this.#ports;
    const way = from === ends[0] ? 0 : 1;
    const now = timeline.nowMs();
    const arrives = Math.max(this.#arrivesAt[way], now + this.#delayMs());
    this.#arrivesAt[way] = arrives;
    const to = ends[1 - way];
    timeline.after(arrives - now, async () => {
      if (!this.#isCut) await to.receive(this, bytes.slice());
    });
  }

  /** Both ends hear of it now. */
  cut(): void {
    if (this.#isCut) return;
    this.#isCut = true;
    for (const end of this.ends) end.closed(this);
  }

  #delayMs(): number {
    const { settings, chance } = this.#ports;
    const { latencyMs: [least, most], loss } = settings();
    const latencyMs = least + (most - least) * this.#place;
    let delayMs = latencyMs;
    while (chance.is(loss)) delayMs += RESENT_AFTER_LATENCIES * latencyMs;
    return delayMs;
  }
}

export function linkId(made: number): string {
  return `link-${made}`;
}
