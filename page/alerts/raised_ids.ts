import { isArrayOf, isNumber, isString } from "../shape.ts";

/** Of the tab: what a page raised, the page after a reload must know. */
export type TabStorage = Pick<Storage, "getItem" | "setItem">;

/** When an alert was raised under a decision's id; ms since the epoch. */
type Raised = readonly [id: string, atMs: number];

const KEY = "fieldmesh.raised";
/** A worker that was stopped gives an alert again as long after it was decided (`sw/world/decision_book.ts`). */
const KNOWN_MS = 5 * 60_000;
/** More than a crew's rules can decide in that time: they are held back before (`field/decide/decider.ts`). */
const MOST = 256;

/**
 * Which alerts this tab has raised of late. One may be told twice under the same id, by a worker that was stopped
 * before it could note that it had told it, and by the next.
 */
export class RaisedIds {
  readonly #storage: () => TabStorage;
  readonly #nowMs: () => number;
  #raised: readonly Raised[] | undefined;

  /** `storage` may throw, as browsers that block it do: then they are known as long as the page stays. */
  constructor(ports: { readonly storage: () => TabStorage; readonly nowMs: () => number }) {
    this.#storage = ports.storage;
    this.#nowMs = ports.nowMs;
  }

  /** True the first time, which is remembered. */
  isNew(id: string): boolean {
    const now = this.#nowMs();
    const known = this.#known().filter(([, atMs]) => now - atMs <= KNOWN_MS);
    if (known.some(([one]) => one === id)) return false;
    this.#raised = [...known, [id, now] as const].slice(-MOST);
    this.#write(this.#raised);
    return true;
  }

  #known(): readonly Raised[] {
    return this.#raised ??= this.#read();
  }

  #read(): readonly Raised[] {
    try {
      return parseRaised(this.#storage().getItem(KEY));
    } catch (_blocked) { // or written by nobody of ours
      return [];
    }
  }

  #write(raised: readonly Raised[]): void {
    try {
      this.#storage().setItem(KEY, JSON.stringify(raised));
    } catch (_blocked) {
      // known as long as the page stays
    }
  }
}

const isRaisedList = isArrayOf((value): value is Raised =>
  Array.isArray(value) && isString(value[0]) && isNumber(value[1])
);

/** Nothing, for anything else than was written. Throws for what is no JSON. */
function parseRaised(text: string | null): readonly Raised[] {
  const value: unknown = JSON.parse(text ?? "[]");
  return isRaisedList(value) ? value : [];
}
