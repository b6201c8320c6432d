/** A small Automerge change that stands for as many operations as one likes: runs of one key set to one value. */
import { type Bytes, fromHex, joinBytes, sha256 } from "../../field/bytes.ts";
import type { DeviceId } from "../../field/observation.ts";

const MAGIC = Uint8Array.of(0x85, 0x6f, 0x4a, 0x83);
const CHANGE_CHUNK = 1;

/** Automerge's binary format, "Change Chunk": its columns hold one run each. `key` is in ASCII. */
export async function bombOf(actor: DeviceId, ops: number, key = "k"): Promise<Bytes> {
  const run = signed(ops);
  const columns: readonly (readonly [kind: number, bytes: readonly number[]])[] = [
    [0x15, [...run, ...unsigned(key.length), ...new TextEncoder().encode(key)]], // keys
    [0x34, unsigned(ops)], // none inserts
    [0x42, [...run, 1]], // all set
    [0x56, [...run, 0]], // to null
    [0x70, [...run, 0]], // and replace nothing
  ];
  const content = Uint8Array.from([
    ...[0, 32, ...fromHex(actor), 1, 1, 0, 0, 0],
    ...[columns.length, ...columns.flatMap(([kind, bytes]) => [kind, ...unsigned(bytes.length)])],
    ...columns.flatMap(([, bytes]) => bytes),
  ]);
  const rest = joinBytes(Uint8Array.from([CHANGE_CHUNK, ...unsigned(content.length)]), content);
  return joinBytes(MAGIC, (await sha256(rest)).slice(0, 4), rest);
}

/** LEB128. */
function unsigned(value: number): number[] {
  const low = value % 128;
  const high = Math.floor(value / 128);
  return high === 0 ? [low] : [low | 128, ...unsigned(high)];
}

/** LEB128 with a sign, of a number from 0. */
function signed(value: number): number[] {
  const low = value % 128;
  const high = Math.floor(value / 128);
  return high === 0 && low < 64 ? [low] : [low | 128, ...signed(high)];
}
