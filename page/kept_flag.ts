/** A yes or no that outlives the page, in localStorage. */
export class KeptFlag {
  readonly #key: string;
  readonly #storage: Pick<Storage, "getItem" | "setItem"> | null;
  #value: boolean;

  /** `storage` is null where the browser keeps none: then the flag lives as long as the page. */
  constructor(
    key: string,
    byDefault: boolean,
    storage: Pick<Storage, "getItem" | "setItem"> | null = browserStorage(),
  ) {
    this.#key = key;
    this.#storage = storage;
    const kept = storage?.getItem(key);
    this.#value = kept === "yes" || (kept !== "no" && byDefault);
  }

  get value(): boolean {
    return this.#value;
  }

  set value(value: boolean) {
    this.#value = value;
    try {
      this.#storage?.setItem(this.#key, value ? "yes" : "no");
    } catch (error) {
      // a full disk: the choice holds for this page, and the store tells the user about the disk
      console.warn(`Cannot keep ${this.#key}`, error);
    }
  }
}

function browserStorage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    // Chromium throws where its user blocks all site data
    return null;
  }
}
