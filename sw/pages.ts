import type { ChangedNotice, FromWorker, Notice } from "../field/messages.ts";
import { type Client, scope } from "./scope.ts";

/** A notice without the boot id, which is added here. */
export type NoticeBody = Notice extends infer N ? N extends Notice ? Omit<N, "boot"> : never
  : never;

/** Things change many times a frame; pages hear of it at most this often. */
const CHANGED_EVERY_MS = 200;

type What = ChangedNotice["what"][number];

/** The worker's way to its pages. */
export class Pages {
  readonly #boot: string;
  #changed = new Set<What>();
  #telling: Promise<void> | null = null;

  constructor(boot: string) {
    this.#boot = boot;
  }

  /** Tells every window, also those that this worker does not control (a hard reload). */
  async tell(body: NoticeBody): Promise<void> {
    const message: FromWorker = { ...body, boot: this.#boot };
    const pages = await scope.clients.matchAll({ includeUncontrolled: true, type: "window" });
    for (const page of pages) page.postMessage(message);
  }

  /** Tells one page, in the order of the calls. One that is gone hears nothing. */
  tellOne(page: Client, body: NoticeBody, transfer: Transferable[] = []): void {
    page.postMessage({ ...body, boot: this.#boot }, transfer);
  }

  /** Tells soon that something changed; changes close together become one notice. */
  changed(...what: readonly What[]): void {
    for (const one of what) this.#changed.add(one);
    this.#telling ??= new Promise<void>((resolve) => setTimeout(resolve, CHANGED_EVERY_MS))
      .then(() => {
        const all = [...this.#changed];
        this.#changed = new Set();
        this.#telling = null;
        return this.tell({ notice: "changed", what: all });
      }).catch((cause) => console.error("Cannot tell the pages what changed", cause));
  }
}
