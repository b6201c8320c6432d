import assert from "node:assert/strict";
import { tinyPlan, tinyPlanFile } from "../tests/fixtures/tiny_plan.ts";
import { openPlan, sealPlan } from "../tests/fuzz/mutate_plan.ts";
import { decodePlan, encodePlan } from "./plan_file.ts";

const HEADER_AT = 48;

async function assertRefused(bytes: Uint8Array, why: RegExp): Promise<void> {
  await assert.rejects(decodePlan(bytes), (cause) => {
    assert.ok(cause instanceof Error);
    assert.match(cause.message, /^Cannot load the plan: /);
    assert.match(cause.message, why);
    return true;
  });
}

/** The file with some bytes set, its hash as it was. */
async function withBytes(at: number, ...bytes: number[]): Promise<Uint8Array> {
  const file = await tinyPlanFile();
  file.set(bytes, at);
  return file;
}

Deno.test("decodePlan() gives back what encodePlan() was given", async () => {
  const plan = tinyPlan({ data: Uint8Array.from({ length: 37 }, (_, at) => at * 7) });
  assert.deepEqual(await decodePlan(await encodePlan(plan)), plan);
});

Deno.test("encodePlan() gives the same bytes for the same plan, and the data at a multiple of 16", async () => {
  const file = await encodePlan(tinyPlan());
  assert.deepEqual(await encodePlan(tinyPlan()), file);
  assert.equal((file.length - tinyPlan().data.length) % 16, 0);
});

Deno.test("decodePlan() reads a file that begins anywhere in its buffer", async () => {
  const file = await tinyPlanFile();
  for (const start of [1, 3, 16]) {
    const buffer = new Uint8Array(file.length + start + 5);
    buffer.set(file, start);
    const plan = await decodePlan(buffer.subarray(start, start + file.length));
    assert.deepEqual(plan, await decodePlan(file));
  }
});

Deno.test("decodePlan() refuses what is no plan, and says how long it is", async () => {
  await assertRefused(new Uint8Array(0), /0 bytes that are not a plan/);
  await assertRefused(new TextEncoder().encode("<!doctype html>"), /15 bytes that are not a plan/);
  await assertRefused(await withBytes(5, 0), /bytes that are not a plan/);
});

Deno.test("decodePlan() refuses another version and names both", async () => {
  await assertRefused(await withBytes(6, 2), /version 2, this engine reads 1: compile it anew/);
});

Deno.test("decodePlan() refuses a file cut anywhere, or with bytes behind", async () => {
  const file = await tinyPlanFile();
  for (let length = 0; length < file.length; length += 7) {
    await assertRefused(file.subarray(0, length), /bytes/);
  }
  const longer = new Uint8Array(file.length + 1);
  longer.set(file);
  await assertRefused(longer, new RegExp(`${file.length + 1} bytes, not ${file.length}`));
});

Deno.test("decodePlan() refuses each changed byte of the file", async () => {
  const file = await tinyPlanFile();
  for (let at = 0; at < file.length; at++) {
    const changed = file.slice();
    changed[at] ^= 1 << (at % 8);
    await assertRefused(changed, at < 16 ? /./ : /SHA-256/);
  }
});

Deno.test("decodePlan() refuses sizes that are not those of the file, though they add up", async () => {
  const file = await tinyPlanFile();
  const view = new DataView(file.buffer);
  view.setUint32(8, view.getUint32(8, true) + 1, true);
  view.setUint32(12, view.getUint32(12, true) - 1, true);
  await assertRefused(file, /bytes/);
});

Deno.test("decodePlan() refuses a header that is no JSON, or no UTF-8, though its hash is right", async () => {
  const { data } = openPlan(await tinyPlanFile());
  const sealed = await sealPlan({ header: "plan", data });
  await assertRefused(sealed, /plan is not a valid object/);
  await assertRefused(await resealed(sealed, 0x7b), /JSON/);
  await assertRefused(await resealed(sealed, 0xff), /valid/);
});

/** With the header's first byte another, and the hash of that. */
async function resealed(file: Uint8Array<ArrayBuffer>, byte: number): Promise<Uint8Array> {
  file[HEADER_AT] = byte;
  file.set(new Uint8Array(await crypto.subtle.digest("SHA-256", file.subarray(HEADER_AT))), 16);
  return file;
}

Deno.test("decodePlan() refuses a plan that leaves its memory, though its hash is right", async () => {
  await assertRefused(await encodePlan(tinyPlan({ arenaBytes: 71 })), /tensor 2 ends outside/);
});
