import { type Bytes, joinBytes, sha256 } from "../bytes.ts";

const BLOCK_BYTES = 1 << 20;

/**
 * A digest of bytes that come part by part: the SHA-256 over the SHA-256 of each MiB (the last block may
 * be shorter). WebCrypto hashes only what is there as a whole, and this needs no more than one block.
 */
export class BlockDigest {
  #block: Bytes = new Uint8Array(BLOCK_BYTES);
  #filled = 0;
  #hashes: Bytes[] = [];

  async update(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length;) {
      const part = bytes.subarray(from, from + BLOCK_BYTES - this.#filled);
      this.#block.set(part, this.#filled);
      this.#filled += part.length;
      from += part.length;
      if (this.#filled === BLOCK_BYTES) await this.#close();
    }
  }

  /** Call it once, in the end. */
  async finish(): Promise<Bytes> {
    if (this.#filled > 0) await this.#close();
    return await sha256(joinBytes(...this.#hashes));
  }

  async #close(): Promise<void> {
    this.#hashes.push(await sha256(this.#block.subarray(0, this.#filled)));
    this.#filled = 0;
  }
}
