import { type Bytes, sha256, toHex } from "../bytes.ts";
import type { Hex } from "../observation.ts";
import type { StoredBlob } from "../store/store.ts";
import type { MediaPart } from "./bundle_format.ts";

export type Assembled =
  | { readonly kind: "more" }
  | { readonly kind: "whole"; readonly blob: StoredBlob }
  /** It came, and is not what its hash says. */
  | { readonly kind: "false"; readonly hash: Hex };

/** Puts the parts of media together, one medium at a time. */
export class MediaAssembly {
  #first: MediaPart | null = null;
  #parts: Bytes[] = [];
  #length = 0;

  /** The medium that was begun and is not whole, if so: call it before a part that may begin another, and in the end. */
  giveUp(next?: MediaPart): Hex | null {
    const first = this.#first;
    if (!first || next && this.#continues(next)) return null;
    this.#clear();
    return first.hash;
  }

  /** Null: this part continues nothing that was begun. */
  async add(part: MediaPart): Promise<Assembled | null> {
    if (part.offset === 0 && !this.#first) this.#first = part;
    if (!this.#continues(part)) return null;
    this.#parts.push(part.bytes);
    this.#length += part.bytes.length;
    return this.#length < part.total ? { kind: "more" } : await this.#finish(part);
  }

  async #finish({ hash, type, total }: MediaPart): Promise<Assembled> {
    const bytes = new Uint8Array(total);
    let offset = 0;
    for (const part of this.#parts) {
      bytes.set(part, offset);
      offset += part.length;
    }
    this.#clear();
    const isGenuine = toHex(await sha256(bytes)) === hash;
    return isGenuine ? { kind: "whole", blob: { hash, type, bytes } } : { kind: "false", hash };
  }

  #continues({ hash, type, total, offset, bytes }: MediaPart): boolean {
    const first = this.#first;
    if (!first || (bytes.length === 0 && total > 0)) return false;
    return first.hash === hash && first.type === type && first.total === total &&
      offset === this.#length;
  }

  #clear(): void {
    this.#first = null;
    this.#parts = [];
    this.#length = 0;
  }
}
