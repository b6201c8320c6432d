import type { DeviceId } from "../observation.ts";
import { parseDocName } from "../feed/doc_name.ts";
import type { Replica } from "../feed/replica.ts";
import type { Store } from "../store/store.ts";
import type { FeedLane } from "./outbox.ts";

/** So far back from a feed's end what is critical is looked for: older news is not urgent any more. */
const LOOK_BACK = 16;
const LOOK_BYTES = 64 * 1024;

/** Which lane a part of a feed goes in: an entry cannot go before those that it follows, so they go with it. */
export class FeedLanes {
  readonly #store: Store;
  readonly #replica: Replica;
  /** How far a feed was looked at, and its last critical entry so far. */
  readonly #looked = new Map<DeviceId, { readonly through: number; readonly critical: number }>();

  constructor(store: Store, replica: Replica) {
    this.#store = store;
    this.#replica = replica;
  }

  /** Looks at what is new in a feed. */
  async look(device: DeviceId): Promise<void> {
    const head = this.#replica.headOf(device)?.seq ?? 0;
    const before = this.#looked.get(device) ?? { through: 0, critical: 0 };
    if (before.through >= head) return;
    const from = Math.max(before.through, head - LOOK_BACK);
    const entries = await this.#store.entriesAfter(device, from, LOOK_BYTES);
    const critical = entries.findLast(({ doc }) => isCritical(doc))?.seq ?? before.critical;
    this.#looked.set(device, { through: entries.at(-1)?.seq ?? from, critical });
  }

  /** Of the entries after `after`, as far as the feed was looked at. */
  laneOf(device: DeviceId, after: number): FeedLane {
    return (this.#looked.get(device)?.critical ?? 0) > after ? "critical" : "changes";
  }
}

/** Who is in the crew, and what a person said. */
function isCritical(doc: string): boolean {
  const { kind } = parseDocName(doc);
  return kind === "crew" || kind === "notes";
}
