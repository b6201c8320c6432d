import assert from "node:assert/strict";
import fc from "fast-check";
import { unzipSync } from "fflate";
import type { Bytes } from "../bytes.ts";
import { crc32, zip, type ZipEntry } from "./zip.ts";

const MODIFIED_MS = Date.UTC(2026, 10, 21, 8, 15, 59);
const encoder = new TextEncoder();

async function zipped(entries: readonly (ZipEntry | null)[]): Promise<Uint8Array> {
  const parts: Bytes[] = [];
  for await (const part of zip(streamOf(entries), MODIFIED_MS)) parts.push(part);
  return await new Blob(parts).bytes();
}

async function* streamOf<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

const bytes = fc.uint8Array({ maxLength: 3000 }).map((array) => new Uint8Array(array));
const content = fc.oneof(bytes, fc.array(bytes, { maxLength: 5 }));
const names = fc.uniqueArray(fc.stringMatching(/^[a-zé🦊]{1,9}(\/[a-z]{1,9})?\.csv$/u), {
  maxLength: 6,
});

Deno.test("zip() is read back as it was, stored or deflated, whole or in pieces", () =>
  fc.assert(
    fc.asyncProperty(names, fc.infiniteStream(content), async (names, contents) => {
      const files = names.map((name) => [name, contents.next().value] as const);
      const file = await zipped(files.flatMap(([name, content]) => [
        null,
        { name, content: Array.isArray(content) ? streamOf(content) : content },
      ]));
      const expected = await Promise.all(files.map(async ([name, content]) => {
        const parts = Array.isArray(content) ? content : [content];
        return [name, await new Blob(parts).bytes()] as const;
      }));
      assert.deepEqual(unzipSync(file), Object.fromEntries(expected));
    }),
  ));

Deno.test("zip() deflates what it is given as a stream", async () => {
  const line = encoder.encode("a line that comes again and again\r\n".repeat(1000));
  const file = await zipped([{ name: "lines.txt", content: streamOf([line, line]) }]);
  assert.ok(file.length < line.length / 10, `${file.length} bytes`);
});

Deno.test("zip() counts more than 65,535 entries where readers look for it", async () => {
  const count = 65_536;
  const entries = Array.from({ length: count }, (_, i) => ({
    name: `${i}`,
    content: encoder.encode(`${i}`),
  }));
  const file = await zipped(entries);
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const [end, end64] = [file.length - 22, file.length - 22 - 20 - 56];
  assert.equal(view.getUint32(end, true), 0x06054b50);
  assert.equal(view.getUint16(end + 10, true), 0xffff);
  assert.equal(view.getUint32(end64, true), 0x06064b50);
  assert.equal(view.getBigUint64(end64 + 32, true), BigInt(count));
  assert.equal(view.getBigUint64(file.length - 22 - 20 + 8, true), BigInt(end64));
  const read = unzipSync(file, { filter: ({ name }) => name === "0" || name === "65535" });
  assert.deepEqual(read, { 0: encoder.encode("0"), 65535: encoder.encode("65535") });
});

Deno.test("zip() has no Zip64 fields where none are needed: old readers stumble over them", async () => {
  const file = await zipped([{ name: "a", content: encoder.encode("a") }]);
  assert.equal(file.length, 30 + 1 + 1 + 46 + 1 + 22);
});

Deno.test("zip() writes times in UTC, to two seconds", async () => {
  const file = await zipped([{ name: "a", content: encoder.encode("a") }]);
  const time = new DataView(file.buffer).getUint32(10, true);
  const [date, clock] = [time >>> 16, time & 0xffff];
  assert.deepEqual([(date >> 9) + 1980, date >> 5 & 15, date & 31], [2026, 11, 21]);
  assert.deepEqual([clock >> 11, clock >> 5 & 63, (clock & 31) * 2], [8, 15, 58]);
});

Deno.test("zip() closes what it reads when it is left in the middle of an entry", async () => {
  const closed: string[] = [];
  async function* endless(): AsyncGenerator<Bytes> {
    try {
      for (;;) yield crypto.getRandomValues(new Uint8Array(60_000));
    } finally {
      closed.push("content");
    }
  }
  async function* entries(): AsyncGenerator<ZipEntry> {
    try {
      yield { name: "endless", content: endless() };
    } finally {
      closed.push("entries");
    }
  }
  const pieces = zip(entries(), MODIFIED_MS);
  for (let i = 0; i < 5; i++) await pieces.next();
  await pieces.return(undefined);
  assert.deepEqual(closed, ["content", "entries"]);
});

Deno.test("crc32() is that of the standard's check value, also in pieces", () => {
  const digits = encoder.encode("123456789");
  assert.equal(crc32(0, digits), 0xcbf43926);
  assert.equal(crc32(crc32(0, digits.subarray(0, 4)), digits.subarray(4)), 0xcbf43926);
  assert.equal(crc32(0, new Uint8Array(0)), 0);
});
