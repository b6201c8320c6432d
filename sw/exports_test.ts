import assert from "node:assert/strict";
import { Exports, type MadeFile, type MadePart } from "./exports.ts";

const INTERRUPTED = { code: "export-interrupted" };

/** A file of some parts, and whether what it holds open was released. */
function fileOf(parts: readonly (MadePart | Error)[]) {
  const state = { isOpen: false, isReleased: false };
  async function* make(): AsyncGenerator<MadePart, void> {
    state.isOpen = true;
    try {
      for (const part of parts) {
        await Promise.resolve();
        if (part instanceof Error) throw part;
        yield part;
      }
    } finally {
      state.isReleased = true;
    }
  }
  const file: MadeFile = { name: "some.zip", type: "application/zip", parts: make() };
  return { file, state };
}

function partOf(byte: number, done: number): MadePart {
  return { bytes: Uint8Array.of(byte), done, total: 3, missingMedia: byte };
}

function desk() {
  const timers: { ms: number; run: () => void; isOn: boolean }[] = [];
  let id = 0;
  const exports = new Exports({
    newId: () => `export-${++id}`,
    after: (ms, run) => {
      const timer = { ms, run, isOn: true };
      timers.push(timer);
      return () => timer.isOn = false;
    },
  });
  const pass = () => timers.splice(0).forEach(({ isOn, run }) => isOn && run());
  return { exports, timers, pass };
}

/** Lets everything run that waits for nothing but promises. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

Deno.test("next() gives the parts in order, then the end with how far it came", async () => {
  const { exports } = desk();
  const { file, state } = fileOf([partOf(7, 1), partOf(8, 3)]);
  const begun = exports.begin(file);
  assert.deepEqual(begun, { export: "export-1", name: "some.zip", type: "application/zip" });
  assert.equal(state.isOpen, false, "nothing is read before it is asked for");
  const first = await exports.next(begun.export);
  assert.deepEqual(new Uint8Array(first.bytes ?? new ArrayBuffer(0)), Uint8Array.of(7));
  assert.deepEqual([first.done, first.total, first.missingMedia], [1, 3, 7]);
  await exports.next(begun.export);
  assert.deepEqual(await exports.next(begun.export), {
    bytes: null,
    done: 3,
    total: 3,
    missingMedia: 8,
  });
  assert.ok(state.isReleased);
  await assert.rejects(exports.next(begun.export), INTERRUPTED);
});

Deno.test("a part that is a window of a larger buffer is handed over without the rest", async () => {
  const { exports } = desk();
  const bytes = new Uint8Array(100).fill(9).subarray(10, 14);
  const { export: id } = exports.begin(fileOf([{ ...partOf(1, 1), bytes }]).file);
  assert.equal((await exports.next(id)).bytes?.byteLength, 4);
});

Deno.test("begin() ends the file before, also while a part of it is being made", async () => {
  const { exports } = desk();
  const [one, two] = [fileOf([partOf(1, 1), partOf(2, 2)]), fileOf([partOf(3, 1)])];
  const { export: first } = exports.begin(one.file);
  await exports.next(first);
  const underWay = exports.next(first);
  const { export: second } = exports.begin(two.file);
  await assert.rejects(underWay, INTERRUPTED);
  await settle();
  assert.ok(one.state.isReleased);
  await assert.rejects(exports.next(first), INTERRUPTED);
  assert.notEqual((await exports.next(second)).bytes, null);
});

Deno.test("cancel() releases what is open; of another or an ended file it does nothing", async () => {
  const { exports } = desk();
  const { file, state } = fileOf([partOf(1, 1), partOf(2, 2)]);
  const { export: id } = exports.begin(file);
  await exports.next(id);
  exports.cancel("export-7");
  assert.equal(state.isReleased, false);
  exports.cancel(id);
  exports.cancel(id);
  await settle();
  assert.ok(state.isReleased);
  await assert.rejects(exports.next(id), INTERRUPTED);
});

Deno.test("a file that nobody goes on with is ended after a minute; one in the making is not", async () => {
  const { exports, timers, pass } = desk();
  const gate = Promise.withResolvers<void>();
  let isReleased = false;
  async function* slow(): AsyncGenerator<MadePart, void> {
    try {
      await gate.promise;
      yield partOf(1, 1);
      yield partOf(2, 2);
    } finally {
      isReleased = true;
    }
  }
  const { export: id } = exports.begin({ name: "n", type: "t", parts: slow() });
  assert.deepEqual(timers.map(({ ms }) => ms), [60_000]);
  const part = exports.next(id);
  pass();
  gate.resolve();
  assert.notEqual((await part).bytes, null);
  pass();
  await settle();
  assert.ok(isReleased);
  await assert.rejects(exports.next(id), INTERRUPTED);
});

Deno.test("what making a part throws is told, and the file is ended", async () => {
  const { exports } = desk();
  const { file, state } = fileOf([partOf(1, 1), new Error("disk")]);
  const { export: id } = exports.begin(file);
  await exports.next(id);
  await assert.rejects(exports.next(id), /disk/);
  assert.ok(state.isReleased);
  await assert.rejects(exports.next(id), INTERRUPTED);
});

Deno.test("parts asked for at once come in order", async () => {
  const { exports } = desk();
  const { export: id } = exports.begin(fileOf([partOf(1, 1), partOf(2, 2), partOf(3, 3)]).file);
  const parts = await Promise.all([exports.next(id), exports.next(id), exports.next(id)]);
  assert.deepEqual(parts.map(({ done }) => done), [1, 2, 3]);
});
