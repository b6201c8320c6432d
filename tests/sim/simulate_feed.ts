/**
 * One device through many lives: the shipping store and feed on an IndexedDB that fails, a clock that is
 * wrong, work at random, and a death at a random point of each life. After each death the device starts
 * from what was on disk, and all that it ever said is saved must be there.
 */
import { restoreBundle } from "../../field/bundle/restore_bundle.ts";
import { type Bytes, equalBytes, sha256, toHex } from "../../field/bytes.ts";
import { FieldError } from "../../field/errors.ts";
import type { Signer } from "../../field/keys.ts";
import { MemoryStore } from "../../field/store/memory_store.ts";
import { Replica } from "../../field/feed/replica.ts";
import { IdbStore } from "../../sw/idb_store.ts";
import { readyAutomerge } from "../fixtures/automerge.ts";
import { bundleOf } from "../fixtures/bundles.ts";
import { Chance } from "./chance.ts";
import { Broken, checkDevice, heal } from "./check_device.ts";
import { damaged } from "./damage.ts";
import {
  type Death,
  type DiskState,
  type FaultRates,
  FaultyIndexedDb,
  NO_FAULTS,
} from "./faulty_indexeddb.ts";
import { Ledger } from "./ledger.ts";
import { promptSigner, usePromptCrypto } from "./prompt_crypto.ts";
import { VirtualTime } from "./virtual_time.ts";
import { Work } from "./work.ts";

export interface SimReport {
  readonly deaths: number;
  /** Observations, notes and entries that the user was told are saved. */
  readonly acknowledged: number;
  readonly faults: Readonly<Record<keyof FaultRates, number>>;
  /** SHA-256 of the bundle of all that the device held at last: equal where two runs went the same way. */
  readonly digest: string;
}

/** A run that broke; the message has the command that repeats it. */
export class SimFailure extends Error {
  constructor(seed: number, life: number, cause: unknown) {
    const what = cause instanceof Error ? cause.message : String(cause);
    super(`Seed ${seed}, life ${life}: ${what}\nReplay: deno task sim --seed ${seed}`, { cause });
    this.name = "SimFailure";
  }
}

const START_MS = 1_800_000_000_000;
const DAY_MS = 24 * 3_600_000;
const STEP_MS = 100;
/** A life in which nothing ends in this time hangs: a promise that does not settle. */
const MOST_STEPS = 20_000;
const MOST_POINTS = 160;
const MOST_WORK = 12;
/** Half a millisecond. */
const RIVALS_STAMPS = 512;

export async function simulateFeed(seed: number, lives = 10): Promise<SimReport> {
  await readyAutomerge();
  const undo = usePromptCrypto();
  let life = 0;
  try {
    const world = await World.begin(seed);
    for (life = 1; life <= lives; life++) await world.live();
    const digest = await world.handOver(await world.start());
    return { ...world.report(lives), digest };
  } catch (cause) {
    throw new SimFailure(seed, life, cause);
  } finally {
    undo();
  }
}

interface Start {
  readonly db: FaultyIndexedDb;
  readonly store: IdbStore;
  readonly replica: Replica;
}

/** What outlives the device: its disk, its user's memory, and the others. */
class World {
  readonly #chance: Chance;
  readonly #time = new VirtualTime(START_MS);
  readonly #signer: Signer;
  readonly #peer: Replica;
  readonly #peerStore: MemoryStore;
  readonly #witness: Replica;
  readonly #ledger = new Ledger();
  readonly #struck = { abort: 0, quota: 0, lost: 0, slow: 0 };
  #disk: DiskState = new Map();

  private constructor(
    chance: Chance,
    parts: { signer: Signer; peerStore: MemoryStore; peer: Replica; witness: Replica },
  ) {
    this.#chance = chance;
    this.#signer = parts.signer;
    [this.#peer, this.#peerStore, this.#witness] = [parts.peer, parts.peerStore, parts.witness];
  }

  static async begin(seed: number): Promise<World> {
    const chance = new Chance(seed);
    const [signer, peerSigner, witnessSigner] = [0, 1, 2].map(() => promptSigner(chance.bytes(32)));
    const ports = { nowMs: () => START_MS, automerge: readyAutomerge };
    const peerStore = new MemoryStore();
    const peer = await Replica.open({ ...ports, store: peerStore, signer: peerSigner });
    const store = new MemoryStore();
    const witness = await Replica.open({ ...ports, store, signer: witnessSigner });
    await peer.follow(signer.id);
    await witness.follow(signer.id);
    const world = new World(chance, { signer, peerStore, peer, witness });
    world.#ledger.peer = peer.id;
    return world;
  }

  report(deaths: number): Omit<SimReport, "digest"> {
    return { deaths, acknowledged: this.#ledger.count, faults: { ...this.#struck } };
  }

  /** A start without trouble, in which all is checked. */
  async start(): Promise<Start> {
    if (this.#chance.is(0.2)) this.#disk = damaged(this.#disk, this.#chance.branch());
    const db = new FaultyIndexedDb(this.#chance.branch(), this.#disk);
    db.install();
    const store = new IdbStore("fieldmesh", this.#time.wait);
    const replica = await this.#settle(this.#open(store));
    await this.#settle(heal(store, replica, this.#ledger));
    await this.#settle(checkDevice(store, replica, this.#ledger));
    await this.#settle(this.#publish(store));
    if (!replica.crew) await this.#settle(foundCrew(replica, this.#peer.id));
    return { db, store, replica };
  }

  /** At last all is handed over to an empty device, which must then hold the same. */
  async handOver({ store }: Pick<Start, "store">): Promise<string> {
    const ports = { nowMs: this.#time.nowMs, automerge: readyAutomerge };
    const signer = promptSigner(this.#chance.bytes(32));
    const into = new MemoryStore();
    const replica = await this.#settle(Replica.open({ ...ports, store: into, signer }));
    const bundle = await this.#settle(bundleOf(store));
    const restored = restoreBundle({ store: into, replica, nowMs: ports.nowMs }, [bundle]);
    const report = await this.#settle(restored);
    if (report.refused > 0) throw new Broken(`not all is restored: ${JSON.stringify(report)}`);
    if (!equalBytes(await this.#settle(bundleOf(into)), bundle)) {
      throw new Broken("a bundle of what was restored from a bundle is another one");
    }
    return toHex(await sha256(bundle));
  }

  /** One life: a start, work amid faults, and a death at some point of it. */
  async live(): Promise<void> {
    const { db, store, replica } = await this.start();
    const rival = this.#chance.is(0.25) ? await this.#rival() : null;
    const death: Death = this.#chance.is(0.5) ? "power cut" : "browser killed";
    let isAlive = true;
    const die = () => {
      isAlive = false;
      this.#disk = db.stateAfter(death);
    };
    this.#time.setOff(this.#clockFault());
    db.trouble(this.#faults(), 1 + this.#chance.below(MOST_POINTS), die);
    const workers = [{ store, replica }, ...rival ? [rival] : []];
    const works = workers.map((worker, i) =>
      new Work({
        ...worker,
        chance: this.#chance.branch(),
        time: this.#time,
        ledger: this.#ledger,
        peer: this.#peer,
        peerStore: this.#peerStore,
        publish: () => this.#publish(worker.store, () => isAlive),
        hasRival: rival !== null,
        stampShift: i * RIVALS_STAMPS,
        isAlive: () => isAlive,
      })
    );
    for (let i = this.#chance.below(MOST_WORK) + 1; i > 0 && isAlive; i--) {
      this.#chance.pick(works).begin();
      await this.#time.pass(this.#chance.below(1000));
    }
    // what is under way comes to an end, perhaps on a disk that nobody will see again
    db.trouble(NO_FAULTS, Infinity);
    await this.#settle(Promise.all(works.map((work) => work.end())));
    if (isAlive) die();
    for (const worker of workers) worker.store.close();
    for (const fault of Object.keys(this.#struck) as (keyof FaultRates)[]) {
      this.#struck[fault] += db.struck[fault];
    }
  }

  /** A new worker is there already while the old one still ends its work. */
  async #rival(): Promise<{ store: IdbStore; replica: Replica }> {
    const store = new IdbStore("fieldmesh", this.#time.wait);
    return { store, replica: await this.#settle(this.#open(store)) };
  }

  #open(store: IdbStore): Promise<Replica> {
    return Replica.open({
      store,
      signer: this.#signer,
      nowMs: this.#time.nowMs,
      automerge: readyAutomerge,
    });
  }

  /** Another device takes the feed: two entries with one number would be a fork, and be seen here. */
  async #publish(store: IdbStore, isAlive = () => true): Promise<void> {
    const after = this.#witness.headOf(this.#signer.id)?.seq ?? 0;
    const entries = await store.entriesAfter(this.#signer.id, Math.max(0, after - 1), 1 << 20);
    if (!isAlive()) return; // nothing leaves a dead device
    const wire: Bytes[] = entries.map(({ bytes }) => bytes);
    const { refused } = await this.#witness.receive(wire);
    if (refused.length > 0) throw new Broken(`a peer refuses the feed: ${refused[0].why}`);
  }

  #faults(): FaultRates {
    const rate = () => this.#chance.is(0.4) ? this.#chance.fraction() * 0.08 : 0;
    return { abort: rate(), quota: rate(), lost: rate(), slow: rate() };
  }

  #clockFault(): number {
    return this.#chance.is(0.2) ? this.#chance.below(8 * DAY_MS) - 4 * DAY_MS : 0;
  }

  /** Lets time pass until it has ended. */
  async #settle<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = () => void (isDone = true);
    work.then(done, done);
    for (let step = 0; !isDone; step++) {
      if (step > MOST_STEPS) throw new Broken("a promise never settles");
      await this.#time.pass(STEP_MS);
    }
    return await work;
  }
}

async function foundCrew(replica: Replica, peer: string): Promise<void> {
  await replica.found();
  await replica.admit(peer, "sensor");
}

/** What a store may say when its disk fails; anything else is a fault of ours. */
export function isHonestFailure(thrown: unknown): boolean {
  return thrown instanceof FieldError &&
    ["storage-full", "storage-failed", "storage-blocked"].includes(thrown.code);
}
