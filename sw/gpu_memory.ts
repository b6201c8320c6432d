import type { Store } from "../field/store/store.ts";
import type { Remembered } from "../kernels/chosen_engine.ts";
import type { Times } from "../kernels/engine_trial.ts";
import { isFields, isNumber } from "./call_fields.ts";

/** What was found out of a GPU under one name; that of the latest GPU, and of this version, counts. */
export class GpuMemory {
  readonly #store: Pick<Store, "setting" | "commit">;
  readonly #key: string;
  readonly #version: string;

  /** `version`: whatever may change it: of the app, of the browser. */
  constructor(
    store: Pick<Store, "setting" | "commit">,
    { key, version }: { readonly key: string; readonly version: string },
  ) {
    this.#store = store;
    this.#key = key;
    this.#version = version;
  }

  /** Null when nothing is known of this one. */
  async recall(gpu: string): Promise<unknown> {
    const kept = await this.#store.setting(this.#key);
    return isFields(kept) && kept.of === this.#nameOf(gpu) ? kept.found : null;
  }

  async remember(gpu: string, found: unknown): Promise<void> {
    await this.#store.commit({ settings: { [this.#key]: { of: this.#nameOf(gpu), found } } });
  }

  #nameOf(gpu: string): string {
    return `${this.#version}, ${gpu}`;
  }
}

/** What is not as it was written counts as not known. */
export function parseRemembered(found: unknown): Remembered {
  if (!isFields(found)) return {};
  const times = parseTimes(found.times);
  const { refusals } = found;
  return { ...times && { times }, ...isNumber(refusals) && { refusals } };
}

function parseTimes(value: unknown): Times | null {
  if (!isFields(value)) return null;
  const { gpuMs, wasmMs } = value;
  return isNumber(gpuMs) && isNumber(wasmMs) ? { gpuMs, wasmMs } : null;
}
