import type { Bytes } from "../../field/bytes.ts";
import type { LinkEnd, RadioLink } from "../../field/swarm/radio_link.ts";
import type { PlacedDetection } from "../../field/world/world_tracker.ts";
import type { WorldTrack } from "../../field/world/world_track.ts";
import { SHOWN_MS } from "../../field/world/world_view.ts";
import { decodeDecision, decodeMap, encodeUpload, type MapTrack } from "./server_rows.ts";
import type { KnownDecision } from "./team.ts";

/** First byte of what a server says: a map, or a decision. Of a client's: how much it knows, or a frame. */
export const KIND = { map: 0, decision: 1, known: 2, frame: 3 } as const;

const MOST_COAST_S = 2;
/** Frames kept for when there is a link again: more than 20 s of them. */
const MOST_UNSENT = 128;

/** A drone that tracks nothing itself: it sends what it sees, and shows the map that comes back. */
export class Client implements LinkEnd {
  readonly made: KnownDecision[] = [];
  link: RadioLink | null = null;
  bytesSent = 0;
  #map: ReadonlyMap<number, MapTrack> = new Map();
  #mapAtMs = 0;
  #unsent: readonly Bytes[] = [];

  constructor(readonly number: number, readonly nowMs: () => number) {}

  get view(): readonly WorldTrack[] {
    const now = this.nowMs();
    return [...this.#map.values()].filter(({ lastAtMs }) => now - lastAtMs <= SHOWN_MS)
      .map((track) => movedOn(track, this.#mapAtMs, now));
  }

  /** What cannot be sent is sent when it can. */
  see(seen: readonly PlacedDetection[], atMs: number): void {
    const bytes = encodeUpload({ atMs, seen });
    if (this.link) this.#send(this.link, KIND.frame, bytes);
    else this.#unsent = [...this.#unsent, bytes].slice(-MOST_UNSENT);
  }

  opened(link: RadioLink): void {
    this.link = link;
    this.#send(link, KIND.known, Uint8Array.of(this.made.length >> 8, this.made.length & 255));
    for (const bytes of this.#unsent) this.#send(link, KIND.frame, bytes);
    this.#unsent = [];
  }

  closed(): void {
    this.link = null;
  }

  receive(_: RadioLink, bytes: Bytes): Promise<void> {
    const said = bytes.slice(1);
    if (bytes[0] === KIND.map) this.#show(said);
    else this.made.push({ drone: this.number, ...decodeDecision(said), atMs: this.nowMs() });
    return Promise.resolve();
  }

  #show(said: Bytes): void {
    const { atMs, all, changed } = decodeMap(said);
    // what did not change is as of the map that brought it: moved on to this one's time
    const kept = [...this.#map].map(([number, track]) =>
      [number, coasted(track, this.#mapAtMs, atMs)] as const
    );
    const known = new Map([...kept, ...changed.map((one) => [one.number, one] as const)]);
    this.#map = new Map(all.flatMap((number) => {
      const track = known.get(number);
      return track ? [[number, track] as const] : [];
    }));
    this.#mapAtMs = atMs;
  }

  #send(link: RadioLink, kind: number, bytes: Uint8Array): void {
    this.bytesSent += 1 + bytes.length;
    link.send(this, Uint8Array.from([kind, ...bytes]));
  }
}

/** A server's position is as of its map's time; what nobody sees is taken to stand still after a while. */
function coasted<T extends MapTrack>(track: T, fromMs: number, toMs: number): T {
  const seconds = (ms: number) => Math.min(MOST_COAST_S, (ms - track.lastAtMs) / 1000);
  const s = seconds(toMs) - seconds(fromMs);
  const { position: [x, y], velocity: [vx, vy] } = track;
  return { ...track, position: [x + vx * s, y + vy * s] };
}

function movedOn(track: MapTrack, fromMs: number, toMs: number): WorldTrack {
  const { number, label, confidence, position, velocity, covariance, lastAtMs } = coasted(
    track,
    fromMs,
    toMs,
  );
  return {
    ...{ id: `${number}`, label, confidence, position, velocity, covariance },
    ...{ sources: [], firstAtMs: lastAtMs, lastAtMs },
  };
}
