/** What a bundle may do to a device: bring what is genuine, and nothing else. */
import assert from "node:assert/strict";
import { type BundleVerdict, verifyBundle } from "../../field/bundle/verify_bundle.ts";
import type { RestoreReport } from "../../field/messages.ts";
import { contentsOf, type Kept, openKept, restoreInto } from "../fixtures/bundles.ts";

export type Contents = Awaited<ReturnType<typeof contentsOf>>;
export type Fate = "nothing" | "a part" | "all";

/**
 * Throws where a file of outside origin, restored into an empty device, brings anything that is not
 * genuine, or where the report or the verdict does not fit what became of it.
 */
export async function tryBundle(file: Uint8Array, genuine: Contents): Promise<Fate> {
  const kept = await openKept("an empty device");
  const report = await restoreInto(kept, file);
  const taken = await contentsOf(kept.store);
  assertGenuine(taken, genuine);
  assert.equal(report.bytes, file.length);
  assert.equal(report.added, taken.entries.size, "entries added");
  assert.equal(report.media, taken.media.size, "media added");
  const verdict = await verifyBundle([file]);
  assertAgree(verdict, report, taken);
  await assertSameAgain(kept, file, report, { taken, genuine });
  const all = taken.entries.size === genuine.entries.size &&
    taken.media.size === genuine.media.size;
  if (all) return "all";
  return taken.entries.size + taken.media.size > 0 ? "a part" : "nothing";
}

export function assertGenuine(taken: Contents, genuine: Contents): void {
  for (const entry of taken.entries) assert.ok(genuine.entries.has(entry), `taken: ${entry}`);
  for (const medium of taken.media) assert.ok(genuine.media.has(medium), `taken: ${medium}`);
}

function assertAgree(verdict: BundleVerdict, report: RestoreReport, taken: Contents): void {
  // what a newer version added is no fault of the bundle, but a loss to who restores it
  const faults = report.faults.filter((fault) => !fault.includes("newer Fieldmesh"));
  assert.ok(report.whole || report.faults.length > 0, "not whole, and no fault is told");
  assert.equal(report.refused > 0 && report.faults.length === 0, false, "refused in silence");
  if (!verdict.ok) return;
  assert.deepEqual([report.refused, faults], [0, []], "all is well by the verdict");
  assert.deepEqual([verdict.entries, verdict.media], [taken.entries.size, taken.media.size]);
}

/** Whatever was taken, a second time nothing of it is new. */
async function assertSameAgain(
  kept: Kept,
  file: Uint8Array,
  first: RestoreReport,
  { taken, genuine }: { readonly taken: Contents; readonly genuine: Contents },
): Promise<void> {
  const again = await restoreInto(kept, file);
  const read = (report: RestoreReport) => report.added + report.known + report.refused;
  assertGenuine(await contentsOf(kept.store), genuine);
  assert.equal(read(again), read(first), "entries read");
  assert.equal(again.media, 0);
  assert.ok(again.added <= first.refused, "only what had been left out can be new");
  if (again.added === 0) assert.deepEqual(await contentsOf(kept.store), taken);
}
