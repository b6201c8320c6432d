import assert from "node:assert/strict";
import { type Bytes, fromHex, toHex } from "../../field/bytes.ts";
import { parseEntry } from "../../field/feed/entry.ts";
import { annsStore, bundleOf, contentsOf, type Kept, openKept } from "../fixtures/bundles.ts";
import { keysNamed } from "../fixtures/devices.ts";
import { noise } from "../fixtures/trial_memory.ts";
import { damaged, pick } from "./mutate_bytes.ts";
import { framesOf, mutatedBundle, mutatedEntry, sealBundle } from "./mutate_bundle.ts";
import { assertGenuine, type Contents, type Fate, tryBundle } from "./try_bundle.ts";

const DAMAGED = 500;
const SEALED = 500;
const ENTRIES = 1000;

/** Runs the cases, or those of the environment's FUZZ_FIRST and FUZZ_COUNT; a failure says how to run its case again. */
async function runCases(
  kind: string,
  count: number,
  tryCase: (number: number) => Promise<string>,
): Promise<Record<string, number>> {
  const first = Number(Deno.env.get("FUZZ_FIRST") ?? 0);
  const fates: Record<string, number> = {};
  for (let number = first; number < first + Number(Deno.env.get("FUZZ_COUNT") ?? count); number++) {
    const fate = await tryCase(number).catch((cause) => {
      const again = `FUZZ_FIRST=${number} FUZZ_COUNT=1 deno test -A tests/fuzz --filter "${kind}"`;
      throw new Error(`Case ${number} of ${kind}: ${cause.message}\nOnce more: ${again}`, {
        cause,
      });
    });
    fates[fate] = (fates[fate] ?? 0) + 1;
  }
  console.log(`${kind}: ${JSON.stringify(fates)}`);
  return fates;
}

/** A bundle with a fork in it, small so that a case takes milliseconds, and what is genuine in it. */
async function bundleToSpoil(): Promise<{ bundle: Bytes; genuine: Contents }> {
  const { store } = await annsStore({ pictureBytes: [300, 3000, 66_000], forked: true });
  return { bundle: await bundleOf(store), genuine: await contentsOf(store) };
}

Deno.test("restore takes nothing but what is genuine from damaged bundles", async () => {
  const { bundle, genuine } = await bundleToSpoil();
  const fates = await runCases("damaged bundles", DAMAGED, async (number): Promise<Fate> => {
    const random = noise(number);
    let file = damaged(bundle, random);
    while (random() % 2 === 0 && file.length > 0) file = damaged(file, random);
    return await tryBundle(file, genuine);
  });
  assert.ok(Deno.env.has("FUZZ_FIRST") || fates["a part"] > 0);
});

Deno.test("restore takes nothing but what is genuine from bundles sealed anew", async () => {
  const { bundle, genuine } = await bundleToSpoil();
  const frames = framesOf(bundle);
  assert.deepEqual(await sealBundle(frames), bundle, "sealed as the writer does");
  await runCases("bundles sealed anew", SEALED, async (number) => {
    return await tryBundle(await mutatedBundle(frames, noise(number)), genuine);
  });
});

/** A device of Ann's crew that has the first two entries of each feed. */
async function half(genuine: Contents): Promise<Kept> {
  const kept = await openKept("an empty device");
  await kept.replica.follow((await keysNamed("ann")).id);
  const entries = await Promise.all([...genuine.entries].map((hex) => parseEntry(fromHex(hex))));
  const first = entries.flatMap((entry) => entry && entry.seq <= 2 ? entry.bytes : []);
  await kept.replica.restore(first);
  return kept;
}

Deno.test("restore and receive take no mutated entries", async () => {
  const { store } = await annsStore({ pictureBytes: [300] });
  const genuine = await contentsOf(store);
  const wire = [...genuine.entries].map(fromHex);
  let kept = await half(genuine);
  await runCases("mutated entries", ENTRIES, async (number) => {
    const random = noise(number);
    const entry = mutatedEntry(pick(wire, random), random);
    const before = await contentsOf(kept.store);
    const { added, refused, held, known } = number % 2 === 0
      ? await kept.replica.restore([entry])
      : await kept.replica.receive([entry]);
    assert.equal(added.size + refused.length + held + known, 1, "it has one fate");
    if (genuine.entries.has(toHex(entry))) {
      kept = await half(genuine);
      return "the same by chance";
    }
    assert.deepEqual(await contentsOf(kept.store), before);
    assert.ok((await kept.store.heads()).every(({ quarantined }) => quarantined === undefined));
    assertGenuine(before, genuine);
    return refused[0]?.why ?? (held ? "held" : "known");
  });
});
