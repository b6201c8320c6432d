import assert from "node:assert/strict";
import { FieldError } from "../../field/errors.ts";
import type { Facets, RestoreReport } from "../../field/messages.ts";
import type { NotedObservation } from "../../field/observation.ts";
import type { ExportedFile, ExportOptions, RestoreOptions } from "../../page/fieldmesh.ts";
import { makeWork } from "./work.ts";
import type { Task } from "./work.ts";

const TASK: Task = {
  format: "zip",
  query: undefined,
  counts: "handed-over",
  begun: { at: 1, total: 2 },
};
const MADE: ExportedFile = { file: new File(["x"], "a.zip"), missingMedia: 0 };
const BUNDLE = new File(["abcd"], "b.fieldmesh");

function report(bytes: number): RestoreReport {
  return {
    bytes,
    added: 1,
    known: 0,
    refused: 0,
    media: 0,
    faults: [],
    moreFaults: 0,
    whole: false,
  };
}

/** Work whose outcome the test decides, as the page's `exportAs` and `restore` behave. */
function bench(
  placed: readonly NotedObservation[] = [],
  facets: Promise<Facets>[] = [],
) {
  const exporting = Promise.withResolvers<ExportedFile>();
  const restoring = Promise.withResolvers<RestoreReport>();
  const seen: { exports: ExportOptions[]; restores: RestoreOptions[] } = {
    exports: [],
    restores: [],
  };
  const control = makeWork(() => ({
    exportAs(_format, options = {}) {
      seen.exports.push(options);
      options.signal?.addEventListener("abort", () => exporting.reject(calledOff()));
      return exporting.promise;
    },
    restore(_bundle, options = {}) {
      seen.restores.push(options);
      options.signal?.addEventListener("abort", () => restoring.reject(calledOff()));
      return restoring.promise;
    },
    observations: () => Promise.resolve(placed),
    facets: () => facets.shift() ?? Promise.reject(calledOff()),
  }));
  return { ...control, exporting, restoring, seen };
}

function facetsOf(count: number): Promise<Facets> {
  return Promise.resolve({
    classes: [],
    devices: [{ device: "bb", count }],
    from: null,
    to: null,
  });
}

function calledOff(): FieldError {
  return new FieldError("called-off", "Called off.");
}

Deno.test("make() tells how far it is, and ends with the file", async () => {
  const { work, make, exporting, seen } = bench();
  const done = make(TASK);
  assert.deepEqual(work.value, { step: "making", task: TASK, progress: null });
  seen.exports[0].onProgress?.(3, 12);
  assert.deepEqual(work.value, { step: "making", task: TASK, progress: { done: 3, total: 12 } });
  exporting.resolve(MADE);
  await done;
  assert.deepEqual(work.value, { step: "made", task: TASK, made: MADE });
});

Deno.test("make() tells of a Camtrap DP package that no observation has a place for", async () => {
  const { work, make, exporting } = bench();
  exporting.resolve(MADE);
  const task: Task = { ...TASK, format: "camtrap-dp" };
  await make(task);
  assert.deepEqual(work.value, { step: "made", task, made: MADE, placeless: true });
});

Deno.test("make() passes the query on, and none for all", async () => {
  const { make, exporting, seen, close } = bench();
  exporting.resolve(MADE);
  await make(TASK);
  close();
  await make({ ...TASK, query: { starred: true } });
  assert.equal("query" in seen.exports[0], false);
  assert.deepEqual(seen.exports[1].query, { starred: true });
});

Deno.test("make() tells that a choice held nothing, but makes the backup of nothing", async () => {
  for (const [format, step] of [["csv", "nothing"], ["bundle", "made"]] as const) {
    const { work, make, exporting, seen } = bench();
    const done = make({ ...TASK, format });
    seen.exports[0].onProgress?.(0, 0);
    exporting.resolve(MADE);
    await done;
    assert.equal(work.value.step, step);
  }
});

Deno.test("make() tells a failure as plain data", async () => {
  const { work, make, exporting } = bench();
  exporting.reject(new FieldError("export-interrupted", "Export again."));
  await make(TASK);
  assert.deepEqual(work.value, {
    step: "not-made",
    task: TASK,
    failure: { code: "export-interrupted", message: "Export again." },
  });
});

Deno.test("make() and restore() leave work that is under way alone", async () => {
  const { work, make, restore, seen } = bench();
  void make(TASK);
  await make({ ...TASK, format: "csv" });
  await restore(BUNDLE);
  assert.equal(seen.exports.length, 1);
  assert.equal(seen.restores.length, 0);
  assert.equal(work.value.step, "making");
});

Deno.test("cancel() of a file frees the panel at once and stays silent", async () => {
  const { work, make, cancel, seen } = bench();
  const done = make(TASK);
  cancel();
  assert.equal(work.value.step, "idle");
  assert.equal(seen.exports[0].signal?.aborted, true);
  seen.exports[0].onProgress?.(9, 12);
  await done;
  assert.equal(work.value.step, "idle");
});

Deno.test("cancel() of a restore tells what was taken in until then", async () => {
  const { work, restore, cancel, seen } = bench();
  const done = restore(BUNDLE);
  seen.restores[0].onProgress?.(report(2), 4);
  cancel();
  await done;
  assert.deepEqual(work.value, {
    step: "restored",
    name: "b.fieldmesh",
    purpose: "backup",
    report: report(2),
    stopped: true,
    news: null,
  });
});

Deno.test("cancel() of a restore before its first part leaves nothing to tell", async () => {
  const { work, restore, cancel } = bench();
  const done = restore(BUNDLE);
  cancel();
  await done;
  assert.equal(work.value.step, "idle");
});

Deno.test("restore() ends with the report", async () => {
  const { work, restore, restoring, seen } = bench();
  const done = restore(BUNDLE);
  seen.restores[0].onProgress?.(report(2), 4);
  assert.deepEqual(work.value, {
    step: "restoring",
    name: "b.fieldmesh",
    purpose: "backup",
    progress: { done: 2, total: 4 },
  });
  restoring.resolve(report(4));
  await done;
  assert.deepEqual(work.value, {
    step: "restored",
    name: "b.fieldmesh",
    purpose: "backup",
    report: report(4),
    stopped: false,
    news: null,
  });
});

Deno.test("restore() for an exchange tells whose observations are new", async () => {
  const { work, restore, restoring } = bench([], [facetsOf(4), facetsOf(7)]);
  restoring.resolve(report(4));
  await restore(BUNDLE, "exchange");
  assert.deepEqual(work.value, {
    step: "restored",
    name: "b.fieldmesh",
    purpose: "exchange",
    report: report(4),
    stopped: false,
    news: [{ device: "bb", count: 3 }],
  });
});

Deno.test("restore() for an exchange ends well where the counts cannot be read", async () => {
  for (const facets of [[], [facetsOf(4)]]) {
    const { work, restore, restoring } = bench([], facets);
    restoring.resolve(report(4));
    await restore(BUNDLE, "exchange");
    assert.equal(work.value.step, "restored");
    assert.equal(work.value.step === "restored" && work.value.news, null);
  }
});

Deno.test("close() puts an outcome away, and nothing that is under way", async () => {
  const { work, make, exporting, close } = bench();
  const done = make(TASK);
  close();
  assert.equal(work.value.step, "making");
  exporting.resolve(MADE);
  await done;
  close();
  assert.equal(work.value.step, "idle");
});
