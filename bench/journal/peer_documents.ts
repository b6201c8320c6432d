/**
 * The same observations in others' documents, in memory and unsigned. Each gets what its makers would
 * advise: whole numbers as in our batches, no field twice (the key is the id; device, model and its hash
 * are left out), plain values where it has them, and the more compact of its formats.
 */
import { createRequire } from "node:module";
import * as Automerge from "@automerge/automerge/slim";
import type { Observation } from "../../field/observation.ts";

/** An observation as others keep it. */
export type Kept = Readonly<Record<string, string | number | boolean>>;

/** A document that grows. */
export interface PeerDocument {
  /** All of them in one change, transaction or commit. */
  add(observations: readonly Observation[]): void;
  /** All of it, as it would be put on disk. */
  saved(): Uint8Array;
}

export const PEERS = ["automerge", "yjs", "loro"] as const;
export type PeerName = (typeof PEERS)[number];

/** Makes an empty document of each. */
export type PeerDocuments = Readonly<Record<PeerName, () => PeerDocument>>;

/** From where the packages are installed. Automerge must be ready. */
export function peerDocuments(installed: URL): PeerDocuments {
  const read = createRequire(new URL("package.json", installed));
  const yjs: Yjs = read("yjs");
  const loro: Loro = read("loro-crdt");
  return {
    automerge: () => new AutomergeDocument(),
    yjs: () => new YjsDocument(yjs),
    loro: () => new LoroDocument(loro),
  };
}

class AutomergeDocument implements PeerDocument {
  #document = Automerge.from<Record<string, Kept>>({});

  add(observations: readonly Observation[]): void {
    this.#document = Automerge.change(this.#document, (draft) => {
      for (const one of observations) draft[one.id] = keptOf(one);
    });
  }

  saved(): Uint8Array {
    return Automerge.save(this.#document);
  }
}

/** The part of `yjs` 13 that is used: it is installed only when a benchmark runs. */
interface Yjs {
  readonly Doc: new () => YDoc;
  encodeStateAsUpdateV2(document: YDoc): Uint8Array;
}
interface YDoc {
  getMap(name: string): { set(key: string, value: Kept): void };
  transact(work: () => void): void;
}

class YjsDocument implements PeerDocument {
  readonly #yjs: Yjs;
  readonly #document: YDoc;

  constructor(yjs: Yjs) {
    this.#yjs = yjs;
    this.#document = new yjs.Doc();
  }

  add(observations: readonly Observation[]): void {
    const map = this.#document.getMap("observations");
    this.#document.transact(() => {
      for (const one of observations) map.set(one.id, keptOf(one));
    });
  }

  saved(): Uint8Array {
    return this.#yjs.encodeStateAsUpdateV2(this.#document);
  }
}

/** The part of `loro-crdt` 1.17 that is used. */
interface Loro {
  readonly LoroDoc: new () => LoroDoc;
}
interface LoroDoc {
  getMap(name: string): { set(key: string, value: Kept): void };
  commit(): void;
  export(options: { readonly mode: "snapshot" | "update" }): Uint8Array;
}

class LoroDocument implements PeerDocument {
  readonly #document: LoroDoc;

  constructor({ LoroDoc }: Loro) {
    this.#document = new LoroDoc();
  }

  add(observations: readonly Observation[]): void {
    const map = this.#document.getMap("observations");
    for (const one of observations) map.set(one.id, keptOf(one));
    this.#document.commit();
  }

  saved(): Uint8Array {
    return this.#document.export({ mode: "snapshot" });
  }
}

export function keptOf(
  { label, score, box, first, last, open, frames, source, thumb }: Observation,
): Kept {
  const steps = (fraction: number) => Math.round(fraction * 1000);
  return {
    label,
    score: steps(score),
    x: steps(box.x),
    y: steps(box.y),
    width: steps(box.width),
    height: steps(box.height),
    first,
    last,
    open,
    frames,
    source,
    ...(thumb === undefined ? {} : { thumb }),
  };
}
