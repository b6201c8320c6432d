import type { Store } from "../field/store/store.ts";

/** Something that the user turned on or off, kept in the store; off until then. */
export class KeptSwitch {
  readonly #store: Pick<Store, "commit">;
  readonly #key: string;
  #isOn: boolean;

  private constructor(store: Pick<Store, "commit">, key: string, isOn: boolean) {
    this.#store = store;
    this.#key = key;
    this.#isOn = isOn;
  }

  static async open(store: Pick<Store, "setting" | "commit">, key: string): Promise<KeptSwitch> {
    return new KeptSwitch(store, key, await store.setting(key) === true);
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Resolves when it is on disk. */
  async set(on: boolean): Promise<void> {
    await this.#store.commit({ settings: { [this.#key]: on }, strict: true });
    this.#isOn = on;
  }
}
