import { sha256, toHex } from "../../../field/bytes.ts";

/** What happened, in order: equal where two runs went the same way. */
export class Trace {
  /** FNV-1a, 32 bits. */
  #hash = 0x811c9dc5;

  add(...parts: readonly (string | number)[]): void {
    for (const char of parts.join(" ")) {
      this.#hash = Math.imul(this.#hash ^ char.charCodeAt(0), 0x01000193);
    }
  }

  /** SHA-256 of it and of what is known at last, hex. */
  digest(last: string): Promise<string> {
    return sha256(new TextEncoder().encode(`${this.#hash}\n${last}`)).then(toHex);
  }
}
