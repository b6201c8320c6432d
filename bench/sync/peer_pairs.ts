/**
 * Two copies of a document in each of the others, and what their own sync says between them. They are given
 * what `bench/journal` gives them, and more: no handshake, no frames, no signatures, and nothing is counted
 * where one side sees that it has nothing to say.
 */
import { createRequire } from "node:module";
import * as Automerge from "@automerge/automerge/slim";
import type { Observation } from "../../field/observation.ts";
import { type Kept, keptOf, type PeerName } from "../journal/peer_documents.ts";

/** Which of the two. */
export type Side = 0 | 1;

/** What goes over a link: the messages, both ways. */
export type Said = readonly Uint8Array[];

export interface PeerPair {
  /** In one change, transaction or commit. */
  record(side: Side, observations: readonly Observation[]): void;
  /** They meet, with nothing kept of the other from before, until they are equal. */
  meet(): Said;
  /** What the first has recorded since they last met goes to the second, with all kept. */
  push(): Said;
  /** Of the second. */
  readonly count: number;
}

/** Makes such a pair, empty. */
export type PeerPairs = Readonly<Record<PeerName, () => PeerPair>>;

/** From where the packages are installed. Automerge must be ready. */
export function peerPairs(installed: URL): PeerPairs {
  const read = createRequire(new URL("package.json", installed));
  const yjs: Yjs = read("yjs");
  const loro: Loro = read("loro-crdt");
  return {
    automerge: () => new AutomergePair(),
    yjs: () => new YjsPair(yjs),
    loro: () => new LoroPair(loro),
  };
}

type Kepts = Record<string, Kept>;

/** Automerge's sync protocol: rounds of messages with heads and Bloom filters. */
class AutomergePair implements PeerPair {
  readonly #sides = [Automerge.init<Kepts>(), Automerge.init<Kepts>()];
  #states = [Automerge.initSyncState(), Automerge.initSyncState()];

  get count(): number {
    return Object.keys(this.#sides[1]).length;
  }

  record(side: Side, observations: readonly Observation[]): void {
    this.#sides[side] = Automerge.change(this.#sides[side], (draft) => {
      for (const one of observations) draft[one.id] = keptOf(one);
    });
  }

  meet(): Said {
    this.#states = [Automerge.initSyncState(), Automerge.initSyncState()];
    return this.push();
  }

  push(): Said {
    const said: Uint8Array[] = [];
    let silent = 0;
    for (let from: Side = 0; silent < 2; from = from === 0 ? 1 : 0) {
      const message = this.#say(from);
      if (message) said.push(message);
      silent = message ? 0 : silent + 1;
    }
    return said;
  }

  #say(from: Side): Uint8Array | null {
    const to = 1 - from;
    const [state, message] = Automerge.generateSyncMessage(this.#sides[from], this.#states[from]);
    this.#states[from] = state;
    if (!message) return null;
    [this.#sides[to], this.#states[to]] = Automerge.receiveSyncMessage(
      this.#sides[to],
      this.#states[to],
      message,
    );
    return message;
  }
}

/** The part of `yjs` 13 that is used. */
interface Yjs {
  readonly Doc: new () => YDoc;
  encodeStateVector(document: YDoc): Uint8Array;
  encodeStateAsUpdateV2(document: YDoc, since: Uint8Array): Uint8Array;
  applyUpdateV2(document: YDoc, update: Uint8Array): void;
}
interface YDoc {
  getMap(name: string): { readonly size: number; set(key: string, value: Kept): void };
  transact(work: () => void): void;
}

/** What y-protocols does: each sends its state vector, and is answered with what it lacks. */
class YjsPair implements PeerPair {
  readonly #yjs: Yjs;
  readonly #sides: readonly [YDoc, YDoc];

  constructor(yjs: Yjs) {
    this.#yjs = yjs;
    this.#sides = [new yjs.Doc(), new yjs.Doc()];
  }

  get count(): number {
    return this.#sides[1].getMap("observations").size;
  }

  record(side: Side, observations: readonly Observation[]): void {
    const document = this.#sides[side];
    const map = document.getMap("observations");
    document.transact(() => {
      for (const one of observations) map.set(one.id, keptOf(one));
    });
  }

  meet(): Said {
    const [a, b] = this.#sides.map((one) => this.#yjs.encodeStateVector(one));
    return isEqual(a, b) ? [a, b] : [a, b, this.#give(0, b), this.#give(1, a)];
  }

  push(): Said {
    return [this.#give(0, this.#yjs.encodeStateVector(this.#sides[1]))];
  }

  #give(from: Side, since: Uint8Array): Uint8Array {
    const update = this.#yjs.encodeStateAsUpdateV2(this.#sides[from], since);
    this.#yjs.applyUpdateV2(this.#sides[1 - from], update);
    return update;
  }
}

/** The part of `loro-crdt` 1.17 that is used. */
interface Loro {
  readonly LoroDoc: new () => LoroDoc;
}
interface LoroDoc {
  getMap(name: string): { readonly size: number; set(key: string, value: Kept): void };
  commit(): void;
  version(): LoroVersion;
  export(options: { readonly mode: "update"; readonly from: LoroVersion }): Uint8Array;
  import(update: Uint8Array): unknown;
}
interface LoroVersion {
  encode(): Uint8Array;
}

/** As Yjs: each sends its version vector, and is answered with what it lacks. */
class LoroPair implements PeerPair {
  readonly #sides: readonly [LoroDoc, LoroDoc];

  constructor({ LoroDoc }: Loro) {
    this.#sides = [new LoroDoc(), new LoroDoc()];
  }

  get count(): number {
    return this.#sides[1].getMap("observations").size;
  }

  record(side: Side, observations: readonly Observation[]): void {
    const document = this.#sides[side];
    const map = document.getMap("observations");
    for (const one of observations) map.set(one.id, keptOf(one));
    document.commit();
  }

  meet(): Said {
    const [a, b] = this.#sides.map((one) => one.version());
    const [toB, toA] = [a.encode(), b.encode()];
    return isEqual(toA, toB) ? [toB, toA] : [toB, toA, this.#give(0, b), this.#give(1, a)];
  }

  push(): Said {
    return [this.#give(0, this.#sides[1].version())];
  }

  #give(from: Side, since: LoroVersion): Uint8Array {
    const update = this.#sides[from].export({ mode: "update", from: since });
    this.#sides[1 - from].import(update);
    return update;
  }
}

/** Versions are written in any order: the same bytes in another order are taken for the same version. */
function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  const [one, other] = [a.toSorted(), b.toSorted()];
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}
