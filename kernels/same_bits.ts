import type { Tensor, Tensors } from "./engine.ts";

/** Whether two engines said the same of a batch, bit for bit. */
export function areSameBits(a: readonly Tensors[], b: readonly Tensors[]): boolean {
  return a.length === b.length && a.every((item, at) => isSameItem(item, b[at]));
}

function isSameItem(a: Tensors, b: Tensors): boolean {
  const names = Object.keys(b);
  return Object.keys(a).length === names.length &&
    names.every((name) => Object.hasOwn(a, name) && isSameTensor(a[name], b[name]));
}

function isSameTensor(a: Tensor, b: Tensor): boolean {
  return a.shape.join() === b.shape.join() && a.data.constructor === b.data.constructor &&
    isSame(bytesOf(a), bytesOf(b));
}

function bytesOf({ data }: Tensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
