import assert from "node:assert/strict";
import { FieldError } from "../field/errors.ts";
import type { RestoreReport } from "../field/messages.ts";
import { FakeCalls } from "./fakes_for_tests.ts";
import { restoreBundle } from "./restoring.ts";

const PART = 256 * 1024;

function reportOf(bytes: number, whole = false): RestoreReport {
  return { bytes, added: 1, known: 0, refused: 0, media: 0, faults: [], moreFaults: 0, whole };
}

/** A worker that takes parts in. */
function taker(onPart: (n: number) => void = () => {}) {
  const taken: Uint8Array[] = [];
  const worker = new FakeCalls({
    "restore-begin": () => ({ restore: "r1" }),
    "restore-part": ({ bytes }) => {
      taken.push(new Uint8Array(bytes.slice(0)));
      onPart(taken.length);
      return reportOf(taken.reduce((sum, { length }) => sum + length, 0));
    },
    "restore-end": () => reportOf(taken.reduce((sum, { length }) => sum + length, 0), true),
  });
  return { worker, taken };
}

const bundleOf = (length: number) =>
  new Blob([Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 255)]);

Deno.test("restoreBundle() hands the bundle over in parts, in order, and gives the worker's last word", async () => {
  for (const length of [1, PART - 1, PART, PART + 1, 3 * PART + 5]) {
    const { worker, taken } = taker();
    const told: number[] = [];
    const report = await restoreBundle(worker, bundleOf(length), {
      onProgress: ({ bytes }, total) => {
        assert.equal(total, length);
        told.push(bytes);
      },
    });
    assert.deepEqual(report, reportOf(length, true));
    assert.ok(taken.every((part) => part.length <= PART));
    assert.deepEqual(
      await new Blob(taken as Uint8Array<ArrayBuffer>[]).arrayBuffer(),
      await bundleOf(length).arrayBuffer(),
    );
    assert.equal(told.length, Math.ceil(length / PART) + 1);
    assert.equal(told.at(-1), length);
  }
});

Deno.test("restoreBundle() of an empty file lets the worker say what it thinks of it", async () => {
  const { worker, taken } = taker();
  assert.equal((await restoreBundle(worker, new Blob([]))).whole, true);
  assert.equal(taken.length, 0);
});

Deno.test("restoreBundle() is called off by the signal, and the worker may forget it", async () => {
  await assert.rejects(
    restoreBundle(taker().worker, bundleOf(5), { signal: AbortSignal.abort() }),
    { code: "called-off" },
  );
  const control = new AbortController();
  const { worker, taken } = taker((n) => n === 2 && control.abort());
  const restoring = restoreBundle(worker, bundleOf(5 * PART), { signal: control.signal });
  await assert.rejects(restoring, { code: "called-off" });
  assert.equal(taken.length, 2);
  assert.equal(worker.kinds().at(-1), "restore-end");
});

Deno.test("restoreBundle() says what to do when the worker was restarted, or the file is gone", async () => {
  const { worker } = taker(() => {
    throw new FieldError("worker-lost", "gone");
  });
  await assert.rejects(
    restoreBundle(worker, bundleOf(5)),
    (error) => error instanceof FieldError && /choose the file again/.test(error.message),
  );
  const gone = bundleOf(5);
  gone.slice = () => {
    throw new DOMException("gone", "NotReadableError");
  };
  await assert.rejects(restoreBundle(taker().worker, gone), { code: "file-unreadable" });
});
