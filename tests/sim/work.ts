import { sha256, toHex } from "../../field/bytes.ts";
import { KEEP_ALL } from "../../field/media.ts";
import type { MemoryStore } from "../../field/store/memory_store.ts";
import type { Edit } from "../../field/notes.ts";
import type { Observation } from "../../field/observation.ts";
import type { Replica } from "../../field/feed/replica.ts";
import { HeadMoved, SettingMoved, type Store, type StoredBlob } from "../../field/store/store.ts";
import { Recorder } from "../../sw/recorder.ts";
import { MediaRetention } from "../../sw/retention.ts";
import { observationAt } from "../fixtures/devices.ts";
import type { Chance } from "./chance.ts";
import { Broken } from "./check_device.ts";
import type { Ledger } from "./ledger.ts";
import { isHonestFailure } from "./simulate_feed.ts";
import type { VirtualTime } from "./virtual_time.ts";

export interface WorkPorts {
  readonly store: Store;
  readonly replica: Replica;
  readonly chance: Chance;
  readonly time: VirtualTime;
  readonly ledger: Ledger;
  /** A member of the crew, whose entries come in. */
  readonly peer: Replica;
  readonly peerStore: MemoryStore;
  readonly publish: () => Promise<void>;
  /** Another worker of this device writes to the same disk. */
  readonly hasRival: boolean;
  /** What keeps the ids of two workers apart, which begin observations in one and the same made-up millisecond. */
  readonly stampShift: number;
  /** False: whatever happens from now on, nobody was told of it. */
  readonly isAlive: () => boolean;
}

const LABELS = ["person", "cat", "cup"] as const;
const SETTING = "sim";

/** What a device is used for, a piece at a time, several at once. */
export class Work {
  readonly #ports: WorkPorts;
  readonly #recorder: Recorder;
  readonly #retention: MediaRetention;
  readonly #underWay = new Set<Promise<void>>();
  readonly #open: Observation[] = [];
  #broken: unknown = null;

  constructor(ports: WorkPorts) {
    this.#ports = ports;
    this.#recorder = new Recorder({
      replica: { record: (observations, blobs) => this.#record(observations, blobs) },
      wait: ports.time.wait,
      onSaved: () => {},
      onFailure: () => {},
      onFull: () => {},
    });
    this.#retention = new MediaRetention({
      store: ports.store,
      nowMs: ports.time.nowMs,
      after: () => () => {},
      onThinned: () => {},
      onFailure: () => {},
    }, KEEP_ALL);
  }

  /** Begins one more piece; it goes on by itself. */
  begin(): void {
    const { chance } = this.#ports;
    const piece = chance.pick([
      this.#see,
      this.#see,
      this.#see,
      this.#seeMore,
      this.#note,
      this.#note,
      this.#receive,
      this.#set,
      this.#rebuild,
      this.#publish,
      this.#copy,
      this.#thin,
      this.#rename,
      this.#removeOrAdmit,
    ]);
    const running = Promise.try(() => piece()).catch((thrown) => {
      const isOvertaken = this.#ports.hasRival &&
        (thrown instanceof HeadMoved || thrown instanceof SettingMoved);
      if (!isHonestFailure(thrown) && !isOvertaken) this.#broken ??= thrown;
    }).finally(() => this.#underWay.delete(running));
    this.#underWay.add(running);
  }

  /** Resolves when all has ended: the disk fails no more, so all must get there. */
  async end(): Promise<void> {
    await Promise.all(this.#underWay);
    while (this.#recorder.pending > 0) await this.#ports.time.wait(1000);
    if (this.#broken) throw this.#broken;
  }

  async #record(
    observations: readonly Observation[],
    blobs: readonly StoredBlob[],
  ): Promise<void> {
    // when there is no room, the recorder tries without their pictures: that is another record
    if (this.#ports.isAlive()) observations.forEach((one) => this.#ports.ledger.made(one));
    await this.#ports.replica.record(observations, blobs);
    if (!this.#ports.isAlive()) return;
    this.#ports.ledger.saved(observations);
    for (const { hash } of blobs) this.#ports.ledger.blobs.add(hash);
  }

  readonly #see = async (): Promise<void> => {
    const { chance, replica, time } = this.#ports;
    const count = chance.is(0.1) ? 40 : 1 + chance.below(3);
    for (let i = 0; i < count; i++) {
      const first = time.nowMs() - chance.below(5000);
      const thumb = chance.is(0.3) ? await picture(chance.bytes(200)) : undefined;
      this.#add({
        ...observationAt(replica.id, first),
        id: `${replica.id.slice(0, 12)}-${
          (replica.clock.next() + this.#ports.stampShift).toString(36)
        }`,
        label: chance.pick(LABELS),
        frames: 3,
        open: chance.is(0.5),
        ...(thumb ? { thumb: thumb.hash } : {}),
      }, thumb);
    }
  };

  /** An observation in view goes on, or ends. */
  readonly #seeMore = (): Promise<void> => {
    const { chance } = this.#ports;
    const at = chance.below(this.#open.length || 1);
    const [one] = this.#open.splice(at, 1);
    if (one) {
      const more = { last: one.last + 500, frames: one.frames + 2 };
      this.#add({ ...one, ...more, open: chance.is(0.5) });
    }
    return Promise.resolve();
  };

  #add(observation: Observation, thumb?: StoredBlob): void {
    if (observation.open) this.#open.push(observation);
    this.#recorder.add(observation, thumb ? [thumb] : []);
  }

  readonly #note = async (): Promise<void> => {
    const { chance, ledger, replica } = this.#ports;
    const ids = [...ledger.observations.keys()];
    if (ids.length === 0) return;
    const word = `word ${chance.below(2 ** 32).toString(36)}`;
    const edit: Edit = {
      observation: chance.pick(ids),
      ...chance.pick(
        [
          { field: "comment", value: word },
          { field: "class", value: word },
          { field: `label/${word}`, value: true },
        ] as const,
      ),
    };
    await replica.note([edit]);
    if (this.#ports.isAlive()) ledger.edits.push(edit);
  };

  readonly #receive = async (): Promise<void> => {
    const { chance, ledger, peer, peerStore, replica, time } = this.#ports;
    const first = time.nowMs();
    await peer.record([{
      ...observationAt(peer.id, first),
      id: `${peer.id.slice(0, 12)}-${peer.clock.next().toString(36)}`,
      label: chance.pick(LABELS),
    }], []);
    const after = replica.headOf(peer.id)?.seq ?? 0;
    // sometimes from too early on, as after a link that broke: known entries must not count twice
    const from = Math.max(0, after - chance.below(3));
    const entries = await peerStore.entriesAfter(peer.id, from, 1 << 20);
    const { refused } = await replica.receive(entries.map(({ bytes }) => bytes));
    const bad = refused.find(({ why }) => why !== "removed" || ledger.peerIsIn.isEmpty);
    if (bad) throw new Broken(`genuine entries were refused: ${bad.why}`);
    const seq = replica.headOf(peer.id)?.seq ?? 0;
    if (this.#ports.isAlive()) ledger.received = Math.max(ledger.received, seq);
  };

  /** The peer says which pictures it has. */
  readonly #copy = async (): Promise<void> => {
    const { chance, ledger, peer, store } = this.#ports;
    const copies = [...ledger.blobs].filter(() => chance.is(0.3))
      .map((hash) => ({ hash, device: peer.id }));
    for (const { hash } of copies) if (this.#ports.isAlive()) ledger.copies.add(hash);
    await store.commit({ copies });
  };

  readonly #thin = async (): Promise<void> => {
    const { chance, ledger } = this.#ports;
    const evenOnlyHere = chance.is(0.05);
    if (this.#ports.isAlive()) ledger.mayLosePictures ||= evenOnlyHere;
    await this.#retention.thin({
      ...{ mostAgeDays: null, mostBytes: chance.below(2000), evenOnlyHere },
    });
  };

  readonly #rename = async (): Promise<void> => {
    const { chance, ledger, replica } = this.#ports;
    const name = `name ${chance.below(5)}`;
    await ledger.names.ask(name, () => replica.rename(name), this.#ports.isAlive);
  };

  readonly #removeOrAdmit = async (): Promise<void> => {
    const { chance, ledger, peer, replica } = this.#ports;
    const isIn = chance.is(0.6);
    const change = () => isIn ? replica.admit(peer.id, "sensor") : replica.remove(peer.id);
    await ledger.peerIsIn.ask(isIn, change, this.#ports.isAlive);
  };

  readonly #set = async (): Promise<void> => {
    const { ledger, store } = this.#ports;
    const next = (ledger.settings.get(SETTING) ?? 0) + 1;
    await store.commit({ settings: { [SETTING]: next }, strict: true });
    if (this.#ports.isAlive()) ledger.settings.set(SETTING, next);
  };

  readonly #rebuild = async (): Promise<void> => {
    if (this.#ports.chance.is(0.3)) await this.#ports.replica.rebuildIndex();
  };

  readonly #publish = (): Promise<void> => this.#ports.publish();
}

async function picture(bytes: Uint8Array<ArrayBuffer>): Promise<StoredBlob> {
  return { hash: toHex(await sha256(bytes)), type: "image/jpeg", bytes };
}
