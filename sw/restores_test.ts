import assert from "node:assert/strict";
import type { RestoreReport } from "../field/messages.ts";
import { Restores } from "./restores.ts";

function reportOf(bytes: number): RestoreReport {
  return {
    bytes,
    added: 0,
    known: 0,
    refused: 0,
    media: 0,
    faults: [],
    moreFaults: 0,
    whole: false,
  };
}

function desk() {
  const log: string[] = [];
  let [bundles, ids] = [0, 0];
  const outcomes: Error[] = [];
  const restores = new Restores({
    newId: () => `restore-${++ids}`,
    begin: () => {
      const n = ++bundles;
      let bytes = 0;
      return {
        push: async (part) => {
          log.push(`${n}: ${part.length} begins`);
          await Promise.resolve();
          log.push(`${n}: ${part.length} ends`);
          const failure = outcomes.shift();
          if (failure) throw failure;
          return reportOf(bytes += part.length);
        },
        end: () => {
          log.push(`${n}: end`);
          return Promise.resolve({ ...reportOf(bytes), whole: true });
        },
      };
    },
    onTaken: () => log.push("taken"),
    onEnded: () => log.push("ended"),
  });
  return { restores, log, outcomes };
}

const bytes = (length: number) => new Uint8Array(length);

Deno.test("parts are taken in one after the other, and pages hear of each", async () => {
  const { restores, log } = desk();
  const { restore } = restores.begin();
  const parts = await Promise.all([
    restores.part(restore, bytes(3)),
    restores.part(restore, bytes(4)),
  ]);
  assert.deepEqual(parts.map((one) => one.bytes), [3, 7]);
  const report = await restores.end(restore);
  assert.ok(report.whole && report.bytes === 7);
  assert.deepEqual(log.filter((line) => line.startsWith("1")), [
    "1: 3 begins",
    "1: 3 ends",
    "1: 4 begins",
    "1: 4 ends",
    "1: end",
  ]);
  assert.equal(log.filter((line) => line === "taken").length, 3);
  assert.equal(log.at(-1), "ended");
});

Deno.test("a part of an unknown, ended or replaced bundle is refused: it is to be chosen again", () => {
  const { restores } = desk();
  const lost = { code: "worker-lost" };
  assert.throws(() => restores.part("restore-1", bytes(1)), lost);
  const { restore: first } = restores.begin();
  const { restore: second } = restores.begin();
  assert.throws(() => restores.part(first, bytes(1)), lost);
  assert.throws(() => restores.end(first), lost);
  void restores.end(second);
  assert.throws(() => restores.part(second, bytes(1)), lost);
});

Deno.test("what the disk refuses is told; the next part goes on", async () => {
  const { restores, log, outcomes } = desk();
  outcomes.push(new Error("disk"));
  const { restore } = restores.begin();
  await assert.rejects(restores.part(restore, bytes(3)), /disk/);
  assert.equal((await restores.part(restore, bytes(4))).bytes, 4);
  assert.equal(log.filter((line) => line === "taken").length, 2);
});
