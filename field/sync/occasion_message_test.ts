import assert from "node:assert/strict";
import fc from "fast-check";
import { DECIDE_START_MS, occasionAt } from "../../tests/fixtures/decisions.ts";
import { decodeCbor, encodeCbor } from "../cbor.ts";
import type { Occasion } from "../decide/occasion.ts";
import type { Reason } from "../decide/reason.ts";
import { MOST_EPHEMERAL_BYTES } from "./ephemeral_message.ts";
import { encodeOccasions, MOST_TOLD_AGENTS, parseOccasions } from "./occasion_message.ts";

const atMs = DECIDE_START_MS;
const anyAgent = fc.constantFrom("aa".repeat(32), "bb".repeat(32), "A", "agent-7", "é".repeat(64));
const anyText = fc.constantFrom("North", "x".repeat(60), "鹿".repeat(60));
const anyCount = fc.nat(1000);
const anyBy = fc.array(fc.record({ agent: anyAgent, label: anyText, confidence: anyCount }), {
  maxLength: MOST_TOLD_AGENTS,
});
const anyReason: fc.Arbitrary<Reason> = fc.oneof(
  fc.record({
    ...{ kind: fc.constant("zone" as const), change: fc.constantFrom("entered", "left") },
    ...{ zone: anyText, label: anyText, by: anyBy, atMs: fc.nat() },
  }),
  fc.record({
    ...{ kind: fc.constant("line" as const), line: anyText, count: anyCount, by: anyBy },
    way: fc.constantFrom("forward", "back", "both"),
    ...{ withinMs: fc.nat(), label: anyText, atMs: fc.nat() },
  }),
  fc.record({
    ...{ kind: fc.constant("seen" as const), label: anyText, by: anyBy, atMs: fc.nat() },
    zone: fc.option(anyText),
  }),
  fc.record({
    ...{ kind: fc.constant("anomaly" as const), agent: anyAgent, source: anyText },
    ...{ score: anyCount, least: anyCount, atMs: fc.nat() },
  }),
  fc.record({
    ...{ kind: fc.constant("silence" as const), agent: anyAgent },
    ...{ sinceMs: fc.nat(), forMs: fc.nat() },
  }),
);
const anyOccasion: fc.Arbitrary<Occasion> = fc.record({
  rule: fc.constantFrom("watch", "a".repeat(32)),
  subject: fc.constantFrom(`track ${"aa".repeat(32)}:2147483647`, "agent B", "source mill 3"),
  atMs: fc.nat(),
  place: fc.option(fc.tuple(fc.integer({ min: -3e7, max: 3e7 }), fc.integer({ min: -9, max: 9 }))),
  seeing: fc.array(anyAgent, { maxLength: MOST_TOLD_AGENTS }),
  reason: anyReason,
});

Deno.test("parseOccasions() reads what encodeOccasions() wrote, in order, each message small enough", () => {
  fc.assert(
    fc.property(fc.array(anyOccasion, { maxLength: 12 }), (occasions) => {
      const messages = encodeOccasions(occasions);
      assert.ok(messages.every(({ length }) => length <= MOST_EPHEMERAL_BYTES));
      assert.deepEqual(
        messages.flatMap((bytes) => parseOccasions(bytes) ?? []),
        structuredClone(occasions),
      );
    }),
    { numRuns: 500, seed: 7 },
  );
});

Deno.test("encodeOccasions() tells the last 64, and of each the first eight who see it or say so", () => {
  const by = Array.from({ length: 20 }, (_, i) => ({
    ...{ agent: `${i}`, label: "person", confidence: 900 - i },
  }));
  const crowd = occasionAt(atMs, {
    seeing: by.map(({ agent }) => agent),
    reason: { kind: "seen", label: "person", zone: null, by, atMs },
  });
  const [told] = encodeOccasions([crowd]).flatMap((bytes) => parseOccasions(bytes) ?? []);
  assert.deepEqual(told.seeing, crowd.seeing.slice(0, 8));
  assert.deepEqual("by" in told.reason && told.reason.by, by.slice(0, 8));
  const many = Array.from({ length: 100 }, (_, i) => occasionAt(atMs + i));
  const all = encodeOccasions(many).flatMap((bytes) => parseOccasions(bytes) ?? []);
  assert.deepEqual(all, many.slice(-64));
  assert.deepEqual(encodeOccasions([]), []);
});

Deno.test("parseOccasions() is null for what no agent says", () => {
  const [good] = encodeOccasions([occasionAt(atMs)]);
  const [, [row]] = decodeCbor(good)?.value as [number, unknown[][]];
  const reason = row[6] as unknown[];
  const put = (i: number, value: unknown) => row.with(i, value);
  const because = (i: number, value: unknown) => put(6, reason.with(i, value));
  const agent = new Uint8Array(32).fill(0xaa);
  const bad: unknown[][] = [
    ...[put(0, ""), put(0, "a".repeat(65)), put(1, "rule"), put(2, ""), put(2, "x".repeat(81))],
    ...[put(3, -1), put(3, 0.5), put(4, [0]), put(4, [3e7 + 1, 0]), put(4, [0.5, 0]), put(4, null)],
    ...[
      put(5, Array(9).fill("A")),
      put(5, ["aa".repeat(32)]),
      put(5, ["a:b"]),
      put(5, [agent.slice(1)]),
    ],
    ...[
      because(0, "held-back"),
      because(0, "seen"),
      because(1, "went"),
      because(2, ""),
      because(3, 7),
    ],
    ...[because(4, [["A", "person", 1001]]), because(4, [["A", "person"]]), because(5, "now")],
    ...[put(6, [...reason, 0]), put(6, null), row.slice(0, 6), [...row, 0]],
  ];
  for (const one of bad) assert.equal(parseOccasions(encodeCbor([1, [one]])), null, `${one}`);
  const whole = [[2, [row]], [1, row], [1, [row], 0], [1, Array(65).fill(row)], 7, [1, null]];
  for (const value of whole) assert.equal(parseOccasions(encodeCbor(value)), null);
  assert.equal(parseOccasions(new Uint8Array(4097)), null);
  assert.deepEqual(parseOccasions(encodeCbor([1, [row]])), [occasionAt(atMs)]);
});

Deno.test("encodeOccasions() throws for what was held back", () => {
  const reason: Reason = { kind: "held-back", rules: [] };
  assert.throws(() => encodeOccasions([occasionAt(atMs, { reason })]), /one's own user/);
});
