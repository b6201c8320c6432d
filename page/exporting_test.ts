import assert from "node:assert/strict";
import { FieldError } from "../field/errors.ts";
import type { ExportPart } from "../field/messages.ts";
import { exportFile } from "./exporting.ts";
import { FakeCalls } from "./fakes_for_tests.ts";

/** A worker that makes a file of these parts. */
function maker(parts: readonly (Uint8Array | Error)[], onPart: (n: number) => void = () => {}) {
  let n = 0;
  return new FakeCalls({
    "export-begin": () => ({ export: "e1", name: "some.zip", type: "application/zip" }),
    "export-next": (): ExportPart => {
      const part = parts[n++];
      onPart(n);
      if (part instanceof Error) throw part;
      const progress = { done: Math.min(n, parts.length), total: parts.length, missingMedia: 2 };
      return { bytes: part ? part.slice().buffer : null, ...progress };
    },
    "export-cancel": () => null,
  });
}

const bytesOf = async (file: Blob) => new Uint8Array(await file.arrayBuffer());

Deno.test("exportFile() collects the parts in order, and tells how far it is", async () => {
  const worker = maker([Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)]);
  const told: number[][] = [];
  const { file, missingMedia } = await exportFile(worker, "zip", {
    query: { classes: ["cat"] },
    onProgress: (done, total) => told.push([done, total]),
  });
  assert.deepEqual([file.name, file.type, missingMedia], ["some.zip", "application/zip", 2]);
  assert.deepEqual(await bytesOf(file), Uint8Array.of(1, 2, 3));
  assert.deepEqual(told, [[1, 3], [2, 3], [3, 3], [3, 3]]);
  assert.deepEqual(worker.made[0].args, { format: "zip", query: { classes: ["cat"] } });
});

Deno.test("exportFile() of many megabytes is whole", async () => {
  const parts = Array.from({ length: 40 }, (_, n) => new Uint8Array(300_000).fill(n));
  const { file } = await exportFile(maker(parts), "bundle");
  const bytes = await bytesOf(file);
  assert.equal(bytes.length, 12_000_000);
  for (const [n, part] of parts.entries()) {
    assert.equal(bytes[n * 300_000], part[0]);
    assert.equal(bytes[(n + 1) * 300_000 - 1], part[0]);
  }
});

Deno.test("exportFile() is called off by the signal: before it begins, and between any two parts", async () => {
  const aborted = AbortSignal.abort();
  const idle = maker([]);
  await assert.rejects(exportFile(idle, "zip", { signal: aborted }), { code: "called-off" });
  assert.deepEqual(idle.kinds(), []);
  const control = new AbortController();
  const worker = maker([Uint8Array.of(1), Uint8Array.of(2)], (n) => n === 2 && control.abort());
  const exporting = exportFile(worker, "zip", { signal: control.signal });
  await assert.rejects(exporting, { code: "called-off" });
  assert.deepEqual(worker.made.at(-1), { kind: "export-cancel", args: { export: "e1" } });
});

Deno.test("exportFile() says what to do when the worker was restarted, and what else the worker says", async () => {
  const lost = maker([Uint8Array.of(1), new FieldError("worker-lost", "gone")]);
  await assert.rejects(exportFile(lost, "zip"), { code: "export-interrupted" });
  const broken = maker([new FieldError("storage-failed", "disk")]);
  await assert.rejects(exportFile(broken, "zip"), { code: "storage-failed" });
  assert.equal(broken.kinds().at(-1), "export-cancel");
});
