import assert from "node:assert/strict";
import { jsonOf, median, row, wordsOf } from "./row.ts";

Deno.test("row() with a peer gives the ratio of ours to the peer's", () => {
  const made = row("engine", "a", 3, "ms", { name: "b", value: 4 });
  assert.deepEqual(made, {
    ...{ suite: "engine", name: "a", value: 3, unit: "ms" },
    ...{ peer: "b", peerValue: 4, ratio: 0.75 },
  });
});

Deno.test("jsonOf() makes one line, what is measured besides as fields of its own", () => {
  const made = { ...row("ops", "a", 1.23456, "ms"), also: { timeShare: 1 / 3 } };
  assert.equal(
    jsonOf(made),
    '{"suite":"ops","name":"a","value":1.235,"unit":"ms","timeShare":0.333}',
  );
});

Deno.test("wordsOf() names value, unit, peer, ratio and all that is measured besides", () => {
  const made = row("engine", "a", 3, "ms", { name: "b", value: 4 });
  const words = wordsOf({ ...made, also: { peakShare: 0.5 } });
  for (const part of ["engine", "3 ms", "b 4 ms", "ratio 0.75", "peakShare 0.5"]) {
    assert.ok(words.includes(part), `${part} in ${words}`);
  }
});

Deno.test("median() is the middle one by size, not by text", () => {
  assert.equal(median([10, 9, 100]), 10);
});
