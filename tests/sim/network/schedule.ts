import { setImmediate } from "node:timers";

interface Event {
  readonly at: number;
  /** Of events at one time, the one that was planned first comes first. */
  readonly order: number;
  readonly run: () => void;
}

/** What is to happen, in the order of a clock that moves only from one event to the next. */
export class Schedule {
  #nowMs: number;
  #planned = 0;
  /** A binary heap: no event comes before its parent. */
  readonly #events: Event[] = [];
  /** Is something still under way that takes more than one turn of the event loop? */
  isBusy: () => boolean = () => false;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  /** ms since the epoch, whole. */
  readonly nowMs = (): number => this.#nowMs;

  readonly wait = (ms: number): Promise<void> => new Promise((wake) => this.after(ms, wake));

  after(ms: number, run: () => void): void {
    this.#push({ at: this.#nowMs + Math.max(0, Math.ceil(ms)), order: this.#planned++, run });
  }

  /** Lets what is planned up to then happen. The clock is at `endMs` afterwards. */
  async runUntil(endMs: number): Promise<void> {
    await this.#settle();
    while (this.#events.length > 0 && this.#events[0].at <= endMs) {
      const at = this.#nowMs = this.#events[0].at;
      while (this.#events.length > 0 && this.#events[0].at === at) this.#pop().run();
      await this.#settle();
    }
    this.#nowMs = endMs;
  }

  /** All promises that can settle without time passing have done so afterwards. */
  async #settle(): Promise<void> {
    await turn();
    for (let turns = 0; turns < MOST_TURNS && this.isBusy(); turns++) await turn();
  }

  #push(event: Event): void {
    const heap = this.#events;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): Event {
    const heap = this.#events;
    const [first] = heap;
    const last = heap.pop() as Event;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
      if (!isBefore(heap[child], last)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

/** A transaction of `fake-indexeddb` takes some turns; one that is held back takes more, and time goes on. */
const MOST_TURNS = 12;

function isBefore(a: Event, b: Event): boolean {
  return a.at !== b.at ? a.at < b.at : a.order < b.order;
}

/** One turn of the event loop: all promises that hang on nothing but each other are settled before. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
