import type { Detection, DeviceId } from "../field/observation.ts";
import { LiveTracksReader, LiveTracksWriter } from "../field/sync/live_tracks.ts";
import type { SyncNode } from "../field/sync/node.ts";
import { LIVE } from "../field/sync/topics.ts";

export interface LiveViewPorts {
  readonly self: DeviceId;
  readonly node: Pick<SyncNode, "publish" | "subscribe" | "pressure">;
  readonly nowMs: () => number;
  /** What a peer sees has changed. */
  readonly onChanged: () => void;
  readonly onFailure: (thrown: unknown) => void;
}

export interface Sight {
  readonly name: string;
  readonly count: number;
}

interface Tracked extends Detection {
  readonly track?: string;
}

interface Seen {
  readonly reader: LiveTracksReader;
  sights: readonly Sight[];
  at: number;
}

/** Without a word for so long nobody knows what it sees: a key frame comes every 5 s. */
const FADES_MS = 12_000;
const MOST_DEVICES = 256;

/** What each device of the crew sees just now: told while it is seen, kept nowhere. */
export class LiveView {
  readonly #ports: LiveViewPorts;
  readonly #writer = new LiveTracksWriter();
  readonly #seen = new Map<DeviceId, Seen>();
  #last: readonly Tracked[] = [];

  constructor(ports: LiveViewPorts) {
    this.#ports = ports;
    ports.node.subscribe(`${LIVE}+`, ({ topic, from, bytes }) => {
      if (topic === LIVE + from) this.#heard(from, bytes);
    });
  }

  /** Tells the crew what this device sees: nothing but tracks that are sure. */
  tell(detections: readonly Tracked[]): void {
    this.#last = detections;
    const { self, node, nowMs, onFailure } = this.#ports;
    const tracks = detections.flatMap(({ track: id, label, score, box }) =>
      id === undefined ? [] : { id, label, score, box }
    );
    const bytes = this.#writer.next(tracks, nowMs(), node.pressure);
    if (bytes) node.publish({ topic: LIVE + self, bytes }).catch(onFailure);
  }

  /** Time has passed: says again what may not have been heard, or what it was too soon for. */
  tick(): void {
    this.tell(this.#last);
  }

  /** What a device sees by its own word; undefined when it said nothing lately. */
  of(device: DeviceId): readonly Sight[] | undefined {
    const seen = this.#seen.get(device);
    return seen && this.#ports.nowMs() - seen.at < FADES_MS ? seen.sights : undefined;
  }

  #heard(from: DeviceId, bytes: Uint8Array<ArrayBuffer>): void {
    const seen = this.#seen.get(from) ?? this.#first(from);
    const tracks = seen?.reader.read(bytes);
    if (!seen || !tracks) return;
    const sights = countByLabel(tracks.map(({ label }) => label));
    const isNews = JSON.stringify(sights) !== JSON.stringify(seen.sights) ||
      this.of(from) === undefined;
    seen.at = this.#ports.nowMs();
    seen.sights = sights;
    if (isNews) this.#ports.onChanged();
  }

  #first(from: DeviceId): Seen | undefined {
    if (this.#seen.size >= MOST_DEVICES) return undefined;
    const seen: Seen = { reader: new LiveTracksReader(), sights: [], at: -Infinity };
    this.#seen.set(from, seen);
    return seen;
  }
}

function countByLabel(labels: readonly string[]): Sight[] {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count);
}
