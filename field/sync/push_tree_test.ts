import assert from "node:assert/strict";
import { Outbox } from "./outbox.ts";
import { fallSilent, PushLink, type TreeSession, wakeAll, wakeOne } from "./push_tree.ts";

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;

function sessions(count: number): TreeSession[] {
  return Array.from({ length: count }, () => ({ push: new PushLink(), outbox: new Outbox() }));
}

function wanted(open: readonly TreeSession[]): boolean[] {
  return open.map(({ push }) => push.isEager);
}

Deno.test("fallSilent() leaves the last link over which anything is pushed", () => {
  const open = sessions(3);
  for (const session of open) fallSilent(session, open, NOW);
  assert.deepEqual(wanted(open), [false, false, true]);
});

Deno.test("wakeAll() wakes every silent link", () => {
  const open = sessions(3);
  for (const session of open) fallSilent(session, open, NOW);
  wakeAll(open);
  assert.deepEqual(wanted(open), [true, true, true]);
});

Deno.test("wakeOne() tries one silent link a minute, the one that has been silent longest first", () => {
  const open = sessions(4);
  for (const [i, session] of open.entries()) fallSilent(session, open, NOW + i);
  wakeOne(open, NOW + MINUTE - 1);
  assert.deepEqual(wanted(open), [false, false, false, true]);
  wakeOne(open, NOW + 2 * MINUTE);
  wakeOne(open, NOW + 2 * MINUTE + 1000);
  assert.deepEqual(wanted(open), [true, false, false, true]);
  fallSilent(open[0], open, NOW + 2 * MINUTE + 2000);
  wakeOne(open, NOW + 3 * MINUTE + 1000);
  assert.deepEqual(wanted(open), [false, true, false, true]);
});

Deno.test("wakeOne() does not wait for a clock that was set back", () => {
  const open = sessions(2);
  fallSilent(open[0], open, NOW);
  wakeOne(open, NOW - 24 * 60 * MINUTE);
  assert.deepEqual(wanted(open), [true, true]);
});
