/**
 * MurmurHash3, x86, 128 bits (Austin Appleby, SMHasher): whether two frames have the same pixels.
 *
 * Not SHA-256, which browsers only have asynchronously: a gate that waited for it would judge frames out of
 * turn, and 1.2 MB of frame would have to stay in memory meanwhile. Nobody gains by making two of his own
 * frames collide, so chance is what counts: ten years at ten frames a second, each against 64 kept ones, are
 * 2·10^11 comparisons of 128 bits, and one of them goes wrong with probability 6·10^-28.
 */
import type { Frame } from "./grey_thumbnail.ts";

/** Width, height and 32 hex digits. Comparable on one device only. */
export type FrameDigest = string;

const BLOCK_BYTES = 16;
const WORD_BYTES = 4;

export function frameDigest({ width, height, data }: Frame): FrameDigest {
  return `${width}x${height}:${murmur3(data, 0).map(hexOf).join("")}`;
}

/** Four words of 32 bits, unsigned. Words of `bytes` are read in the machine's order. */
export function murmur3(bytes: Uint8Array | Uint8ClampedArray, seed: number): number[] {
  const whole = Math.floor(bytes.length / BLOCK_BYTES) * BLOCK_BYTES;
  const state = Int32Array.of(seed, seed, seed, seed);
  mixBlocks(state, wordsOf(bytes, whole));
  const tail = new Uint8Array(BLOCK_BYTES);
  tail.set(bytes.subarray(whole));
  mixTail(state, new Int32Array(tail.buffer));
  return finish(state, bytes.length);
}

function wordsOf(bytes: Uint8Array | Uint8ClampedArray, length: number): Int32Array {
  const isAligned = bytes.byteOffset % WORD_BYTES === 0;
  const { buffer, byteOffset } = isAligned ? bytes : bytes.slice(0, length);
  return new Int32Array(buffer, byteOffset, length / WORD_BYTES);
}

/** Straight on: over a frame, calls for each word would take several times as long. */
function mixBlocks(state: Int32Array, words: Int32Array): void {
  let [h1, h2, h3, h4] = state;
  for (let i = 0; i < words.length; i += 4) {
    let k = Math.imul(words[i], 0x239b961b);
    h1 ^= Math.imul((k << 15) | (k >>> 17), 0xab0e9789);
    h1 = Math.imul(((h1 << 19) | (h1 >>> 13)) + h2, 5) + 0x561ccd1b | 0;
    k = Math.imul(words[i + 1], 0xab0e9789);
    h2 ^= Math.imul((k << 16) | (k >>> 16), 0x38b34ae5);
    h2 = Math.imul(((h2 << 17) | (h2 >>> 15)) + h3, 5) + 0x0bcaa747 | 0;
    k = Math.imul(words[i + 2], 0x38b34ae5);
    h3 ^= Math.imul((k << 17) | (k >>> 15), 0xa1e38b93);
    h3 = Math.imul(((h3 << 15) | (h3 >>> 17)) + h4, 5) + 0x96cd1c35 | 0;
    k = Math.imul(words[i + 3], 0xa1e38b93);
    h4 ^= Math.imul((k << 18) | (k >>> 14), 0x239b961b);
    h4 = Math.imul(((h4 << 13) | (h4 >>> 19)) + h1, 5) + 0x32ac3b17 | 0;
  }
  state.set([h1, h2, h3, h4]);
}

/** Words of zero change nothing, so a tail that is filled up with zeros is a tail. */
function mixTail(state: Int32Array, [k1, k2, k3, k4]: Int32Array): void {
  state[0] ^= Math.imul(rotated(Math.imul(k1, 0x239b961b), 15), 0xab0e9789);
  state[1] ^= Math.imul(rotated(Math.imul(k2, 0xab0e9789), 16), 0x38b34ae5);
  state[2] ^= Math.imul(rotated(Math.imul(k3, 0x38b34ae5), 17), 0xa1e38b93);
  state[3] ^= Math.imul(rotated(Math.imul(k4, 0xa1e38b93), 18), 0x239b961b);
}

function finish(state: Int32Array, length: number): number[] {
  for (let i = 0; i < 4; i++) state[i] ^= length;
  mingle(state);
  for (let i = 0; i < 4; i++) state[i] = avalanche(state[i]);
  mingle(state);
  return [...state].map((word) => word >>> 0);
}

function mingle(state: Int32Array): void {
  state[0] += state[1] + state[2] + state[3];
  for (let i = 1; i < 4; i++) state[i] += state[0];
}

function avalanche(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function hexOf(word: number): string {
  return word.toString(16).padStart(8, "0");
}
