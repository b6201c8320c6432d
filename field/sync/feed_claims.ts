import type { DeviceId } from "../observation.ts";

/** Which link is asked for which feed: one at a time, or every neighbour would send the same. */
export class FeedClaims {
  readonly #links = new Map<DeviceId, string>();

  isFree(feed: DeviceId, link: string): boolean {
    const holder = this.#links.get(feed);
    return holder === undefined || holder === link;
  }

  claim(feed: DeviceId, link: string): void {
    if (!this.isFree(feed, link)) throw new Error("Cannot claim a feed: another link is asked");
    this.#links.set(feed, link);
  }

  /** The link has answered, took too long, or is gone. True when it was asked for something. */
  release(link: string): boolean {
    const held = [...this.#links].filter(([, holder]) => holder === link);
    for (const [feed] of held) this.#links.delete(feed);
    return held.length > 0;
  }
}
