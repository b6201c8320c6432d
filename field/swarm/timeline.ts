/**
 * Virtual time: what is to happen, in the order of a clock that moves only from one event to the next. An event ends
 * before the next one begins, however long its cryptography takes: so two runs of one seed are alike although
 * WebCrypto works on other threads.
 */
type Work = () => void | Promise<void>;

interface Event {
  readonly at: number;
  /** Of events at one time, the one that was planned first comes first. */
  readonly order: number;
  readonly run: Work;
}

export class Timeline {
  #nowMs: number;
  #planned = 0;
  /** A binary heap: no event comes before its parent. */
  readonly #events: Event[] = [];

  /** `nowMs`: ms since the epoch, whole. */
  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  readonly nowMs = (): number => this.#nowMs;

  /** In whole ms, rounded up. */
  after(ms: number, run: Work): void {
    const at = this.#nowMs + Math.max(0, Math.ceil(ms));
    this.#push({ at, order: this.#planned++, run });
  }

  /** Lets what is planned up to then happen. Rejects with what an event throws. */
  async runUntil(endMs: number): Promise<void> {
    while (this.#events.length > 0 && this.#events[0].at <= endMs) {
      const { at, run } = this.#pop();
      this.#nowMs = at;
      await run();
    }
    this.#nowMs = endMs;
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
    const last = heap.pop();
    if (heap.length === 0 || !last) return first;
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

function isBefore(a: Event, b: Event): boolean {
  return a.at !== b.at ? a.at < b.at : a.order < b.order;
}
