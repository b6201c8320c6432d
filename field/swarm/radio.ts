import { sha256 } from "../bytes.ts";
import type { Chance } from "./chance.ts";
import { type LinkEnd, linkId, RadioLink } from "./radio_link.ts";
import type { LinkSettings } from "./swarm_report.ts";
import type { Timeline } from "./timeline.ts";

export interface RadioPorts {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly settings: LinkSettings;
}

/** More, and a link hardly ever carries anything. */
const MOST_LOSS = 0.95;
const MOST_LATENCY_MS = 10_000;

/** All links of the swarm: all with all, less those that a partition cuts. */
export class Radio {
  readonly #timeline: Timeline;
  readonly #chance: Chance;
  readonly #links = new Set<RadioLink>();
  #ends: readonly LinkEnd[] = [];
  #settings: LinkSettings;
  #made = 0;

  constructor({ timeline, chance, settings }: RadioPorts) {
    this.#timeline = timeline;
    this.#chance = chance;
    this.#settings = checked(settings);
  }

  get settings(): LinkSettings {
    return this.#settings;
  }

  /** The devices that there are, by number. */
  set ends(ends: readonly LinkEnd[]) {
    this.#ends = ends;
  }

  /** Cuts what a partition parts, now. Throws for what no link is. {@link connect} makes what is missing. */
  change(settings: LinkSettings): void {
    this.#settings = checked(settings);
    for (const link of [...this.#links]) if (!this.#isWanted(...link.ends)) this.#remove(link);
  }

  /** 0 or 1: on which side of a partition a device is; 0 without one. */
  sideOf(number: number): number {
    return this.#settings.partition && number >= Math.floor(this.#ends.length / 2) ? 1 : 0;
  }

  /** Makes the links that are wanted and not there. Both ends hear of each at once. */
  async connect(): Promise<void> {
    for (const [i, a] of this.#ends.entries()) {
      for (const b of this.#ends.slice(i + 1)) {
        if (this.#isWanted(a, b) && !this.#between(a, b)) await this.#link(a, b);
      }
    }
  }

  /** A device is done with it. */
  drop(link: RadioLink): void {
    this.#remove(link);
  }

  /** The link of that id, if it is there. */
  get(id: string): RadioLink | undefined {
    for (const link of this.#links) if (link.id === id) return link;
  }

  async #link(a: LinkEnd, b: LinkEnd): Promise<void> {
    const made = ++this.#made;
    const link = new RadioLink({
      ...{ made, ends: [a, b], timeline: this.#timeline, chance: this.#chance.branch() },
      binding: await sha256(new TextEncoder().encode(linkId(made))),
      settings: () => this.#settings,
    });
    this.#links.add(link);
    for (const end of link.ends) end.opened(link);
  }

  #remove(link: RadioLink): void {
    if (this.#links.delete(link)) link.cut();
  }

  #isWanted(a: LinkEnd, b: LinkEnd): boolean {
    return this.sideOf(a.number) === this.sideOf(b.number);
  }

  #between(a: LinkEnd, b: LinkEnd): boolean {
    return [...this.#links].some(({ ends }) => ends.includes(a) && ends.includes(b));
  }
}

function checked(settings: LinkSettings): LinkSettings {
  const { latencyMs: [least, most], loss } = settings;
  const isSpan = least >= 0 && most >= least && most <= MOST_LATENCY_MS;
  if (isSpan && loss >= 0 && loss <= MOST_LOSS) return settings;
  throw new RangeError(
    `Cannot link drones: ${least} to ${most} ms with loss ${loss} is not within ` +
      `0 to ${MOST_LATENCY_MS} ms and 0 to ${MOST_LOSS}`,
  );
}
