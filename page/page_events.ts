import { Emitter } from "./emitter.ts";
import type { FieldmeshEvents } from "./fieldmesh.ts";

/** How long an event holds: for those who listen now; until somebody has heard it; or until it is withdrawn. */
type Lasts = "now" | "until-heard" | "until-withdrawn";

const LASTS: { readonly [E in keyof FieldmeshEvents]: Lasts } = {
  status: "now",
  observations: "now",
  blobs: "now",
  detections: "now",
  world: "now",
  decided: "now",
  capture: "now",
  failure: "until-heard",
  offlineReady: "until-heard",
  update: "until-withdrawn",
  installable: "until-withdrawn",
};
/** Failures before the first view has hydrated: more than a few tell nothing new. */
const KEPT_MOST = 8;

/** The events of `fieldmesh`. Islands hydrate late: what matters to them then is kept until they listen. */
export class PageEvents {
  readonly #emitter = new Emitter<FieldmeshEvents>();
  readonly #kept: { [E in keyof FieldmeshEvents]?: FieldmeshEvents[E][] } = {};

  on<E extends keyof FieldmeshEvents>(
    event: E,
    listener: (value: FieldmeshEvents[E]) => void,
  ): () => void {
    const end = this.#emitter.on(event, listener);
    const kept = this.#keptOf(event);
    if (kept.length === 0) return end;
    // not within on(): the listener may use what on() returns, and others that come now hear it, too
    queueMicrotask(() => {
      kept.forEach(listener);
      if (LASTS[event] === "until-heard") delete this.#kept[event];
    });
    return end;
  }

  emit<E extends keyof FieldmeshEvents>(event: E, value: FieldmeshEvents[E]): void {
    const isHeard = this.#emitter.hasListeners(event);
    if (LASTS[event] === "until-withdrawn") this.#keep(event, [value]);
    if (LASTS[event] === "until-heard" && !isHeard) {
      this.#keep(event, [...this.#keptOf(event), value].slice(-KEPT_MOST));
    }
    this.#emitter.emit(event, value);
  }

  /** It is no longer so: the app has been installed. */
  withdraw(event: keyof FieldmeshEvents): void {
    delete this.#kept[event];
  }

  #keptOf<E extends keyof FieldmeshEvents>(event: E): readonly FieldmeshEvents[E][] {
    return this.#kept[event] ?? [];
  }

  #keep<E extends keyof FieldmeshEvents>(event: E, values: FieldmeshEvents[E][]): void {
    const kept: { [K in E]?: FieldmeshEvents[K][] } = this.#kept;
    kept[event] = values;
  }
}
