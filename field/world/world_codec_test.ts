import assert from "node:assert/strict";
import fc from "fast-check";
import {
  anyAgentWorld,
  registerAt,
  stampAt,
  tracksOnly,
  WORLD_START_MS,
} from "../../tests/fixtures/worlds.ts";
import type { Bytes } from "../bytes.ts";
import { decodeCbor, encodeCbor } from "../cbor.ts";
import { withVote } from "./label_votes.ts";
import { encodeAgentWorld } from "./world_codec.ts";
import { MOST_WORLD_BYTES, parseAgentWorld } from "./world_parse.ts";
import { parseWorldRecord, worldRecords } from "./world_records.ts";
import { type AgentWorld, EMPTY_AGENT, joinAgents } from "./world_state.ts";

const HEX = "0123456789abcdef".repeat(4);
const AGENTS = ["a", "drone 3", HEX, HEX.toUpperCase()];
const NOW = WORLD_START_MS + 10_000;

Deno.test("parseAgentWorld() reads what encodeAgentWorld() wrote, and the same is the same bytes", () => {
  fc.assert(
    fc.property(anyAgentWorld(AGENTS), (said) => {
      const bytes = encodeAgentWorld(said);
      const read = parseAgentWorld(bytes, NOW);
      assert.deepEqual(read, said);
      const turned = { ...said, tracks: new Map([...said.tracks].reverse()) };
      assert.deepEqual(encodeAgentWorld(turned), bytes);
    }),
    { seed: 91, numRuns: 1000 },
  );
});

Deno.test("parseAgentWorld() of any bytes is null or something that is written as those bytes", () => {
  const change = fc.record({ at: fc.nat(), byte: fc.nat(255), cut: fc.nat(3) });
  let taken = 0;
  fc.assert(
    fc.property(anyAgentWorld(AGENTS), fc.array(change, { maxLength: 3 }), (said, changes) => {
      let bytes: Bytes = encodeAgentWorld(said).slice();
      for (const { at, byte, cut } of changes) {
        bytes[at % bytes.length] = byte;
        if (cut === 0) bytes = bytes.slice(0, -1);
      }
      const read = parseAgentWorld(bytes, NOW);
      if (!read) return;
      taken++;
      // the words may be in another order, or more than are needed: what is read is the same
      assert.deepEqual(parseAgentWorld(encodeAgentWorld(read), NOW), read);
      joinAgents(EMPTY_AGENT, read);
    }),
    { seed: 92, numRuns: 2000 },
  );
  assert.ok(taken > 200, `${taken}`);
});

Deno.test("parseAgentWorld() refuses stamps more than five minutes ahead, in any part", () => {
  const ahead = stampAt(300_000);
  const parts: readonly AgentWorld[] = [
    tracksOnly([1, registerAt(300_000)]),
    { ...EMPTY_AGENT, removals: new Map([["a:1", { stamp: ahead }]]) },
    { ...EMPTY_AGENT, confirmations: new Map([["a:1", { stamp: ahead, count: 1 }]]) },
  ];
  for (const said of parts) {
    const bytes = encodeAgentWorld(said);
    assert.ok(parseAgentWorld(bytes, WORLD_START_MS));
    assert.equal(parseAgentWorld(bytes, WORLD_START_MS - 1), null);
  }
});

function changed(bytes: Bytes, path: readonly number[], to: unknown): Bytes {
  const value = structuredClone(decodeCbor(bytes)?.value) as unknown[];
  const list = path.slice(0, -1).reduce<unknown[]>((at, i) => at[i] as unknown[], value);
  list[path.at(-1)!] = to;
  return encodeCbor(value);
}

Deno.test("parseAgentWorld() refuses what encodeAgentWorld() never writes, field by field", () => {
  const votes = withVote(withVote([], "dog", 0.5), "cat", 0.5);
  const alias = { to: "b:7", bornMs: WORLD_START_MS };
  const said: AgentWorld = {
    tracks: new Map([[3, registerAt(100, { votes, alias })], [5, registerAt(90)]]),
    removals: new Map([["b:1", { stamp: stampAt(50) }], ["b:2", { stamp: stampAt(50) }]]),
    confirmations: new Map([["b:1", { stamp: stampAt(60), count: 2 }]]),
    tiles: { searched: { added: 6n << 40n, removed: 0n }, cleared: { added: 0n, removed: 1n } },
  };
  const bytes = encodeAgentWorld(said);
  assert.deepEqual(parseAgentWorld(changed(bytes, [0], 1), NOW), said);
  const track = (field: number, to: unknown) => [[4, 0, field], to] as const;
  const bad: readonly (readonly [readonly number[], unknown])[] = [
    ...[[[0], 2], [[1], -1], [[1], 0.5], [[1], 2 ** 60], [[8], 0]] as const,
    ...[[[2], "cat"], [[2, 0], 7], [[2, 0], ""], [[2, 0], "x".repeat(61)], [[2], []]] as const,
    ...[[[3, 0], "b:c"], [[3, 0], ""], [[3, 0], HEX], [[3, 0], new Uint8Array(31)]] as const,
    ...[[[3], []], [[3, 0], "x".repeat(65)], [[4], {}], [[4, 0], 3], [[4, 0, 14], 0]] as const,
    ...[track(0, 5), track(0, -1), track(0, 2 ** 31), track(0, "3"), track(1, -1)],
    ...[track(1, 2 ** 53), track(2, -1), track(3, 360_001), track(3, -300_001), track(4, -1)],
    ...[track(4, 2 ** 52), track(5, 1e8 + 1), track(6, 0.5), track(7, 1e6 + 1), track(8, null)],
    ...[track(9, 0), track(9, -5), track(9, 1e12 + 1), track(10, 250_000), track(11, 0)],
    ...[track(12, []), track(12, [0, 1]), track(12, [9, 500, 1]), track(12, [1, 1001, 1])],
    ...[track(12, [0, 500, 0]), track(12, [0, 500, 1, 0, 500, 1]), track(12, [1, 500, 1, 0, 1, 1])],
    ...[track(13, null), track(13, [0]), track(13, [0, 7]), track(13, [9, 7, 1])],
    ...[track(13, [0, 7, -1]), track(13, [0, 7, 1, 1]), track(13, [0, -7, 1])],
    ...[[[5, 0], [0, 1]], [[5, 1, 1], 1], [[5, 1, 1], 0], [[5, 0, 2], -1], [[5, 0, 0], 1]] as const,
    ...[[[6, 0, 3], 0], [[6, 0, 3], 1e6 + 1], [[6, 0, 2], 0.5], [[6, 0], [0, 1, 0, 2, 2]]] as const,
    ...[[[7], []], [[7, 0], null], [[7, 0, 0], 512], [[7, 0, 1], new Uint8Array(0)]] as const,
    ...[[[7, 0, 1], Uint8Array.of(0, 1)], [[7, 0, 1], Uint8Array.of(1, 0)]] as const,
    ...[[[7, 0, 1], new Uint8Array(512).fill(1)], [[7, 0, 0], -1], [[7, 4], []]] as const,
  ];
  for (const [path, to] of bad) {
    const what = `${path.join(".")} = ${String(to)}`;
    assert.equal(parseAgentWorld(changed(bytes, path, to), NOW), null, what);
  }
  const rows = Array.from(
    { length: 65 },
    (_, n) => [n, ...[0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 9, [0, 1, 1], []]],
  );
  assert.ok(parseAgentWorld(changed(bytes, [4], rows.slice(1)), NOW));
  assert.equal(parseAgentWorld(changed(bytes, [4], rows), NOW), null);
  assert.equal(parseAgentWorld(new Uint8Array(MOST_WORLD_BYTES + 1), NOW), null);
  assert.equal(parseAgentWorld(new Uint8Array(0), NOW), null);
});

Deno.test("nothing in the bytes says of whom they are", () => {
  const said = tracksOnly([1, registerAt(0, { alias: null })]);
  const value = decodeCbor(encodeAgentWorld(said))?.value as unknown[];
  assert.deepEqual(value[3], []);
});

Deno.test("ten tracks that moved take 45 bytes each, 60 with the name of another agent's", () => {
  const row = (n: number, alias: boolean) =>
    registerAt(60_000, {
      ...{ added: stampAt(1500), position: [41_234 + n, -17_345], velocity: [1234, -321] },
      ...{ covariance: [64_123, -2345, 80_321] },
      ...{ alias: alias ? { to: `${HEX}:7`, bornMs: WORLD_START_MS } : null },
    });
  const bytesOf = (count: number, alias: boolean) =>
    encodeAgentWorld(
      tracksOnly(...Array.from({ length: count }, (_, n) => [n, row(n, alias)] as const)),
    ).length;
  assert.ok(bytesOf(10, false) <= 450, `${bytesOf(10, false)}`);
  assert.ok(bytesOf(10, true) <= 600, `${bytesOf(10, true)}`);
});

Deno.test("the longest names of 64 tracks fit a record, and a record a feed's entry", () => {
  const long = (n: number, i: number) => `${n}.${i}`.padEnd(60, "鹿");
  const other = { covariance: [1e11 + 1, -1e10 - 1, 1e11 + 1] } as const;
  const tracks = Array.from({ length: 64 }, (_, n) => {
    const votes = [0, 1, 2].reduce<ReturnType<typeof withVote>>(
      (said, i) => withVote(said, long(n, i), 0.5),
      [],
    );
    const alias = { to: `${"é".repeat(60)}${n}:${n}`, bornMs: WORLD_START_MS };
    return [1e9 + n, registerAt(n, { votes, alias, ...other })] as const;
  });
  const bytes = encodeAgentWorld(tracksOnly(...tracks));
  assert.ok(bytes.length <= MOST_WORLD_BYTES, `${bytes.length}`);
  assert.ok(parseAgentWorld(bytes, NOW));
});

Deno.test("an agent's document has what it says in records, and only what changed is written", () => {
  fc.assert(
    fc.property(anyAgentWorld(AGENTS), (said) => {
      const read = worldRecords(said).map((record) => parseWorldRecord(record, NOW)!);
      assert.deepEqual(read.reduce(joinAgents, EMPTY_AGENT), said);
    }),
    { seed: 93, numRuns: 300 },
  );
  const before: AgentWorld = {
    ...EMPTY_AGENT,
    removals: new Map([["a:1", { stamp: stampAt(0) }]]),
  };
  const after = joinAgents(before, tracksOnly([1, registerAt(0)]));
  assert.deepEqual(worldRecords(after, before).map(({ key }) => key), ["tracks"]);
  assert.deepEqual(worldRecords(after, after), []);
});

Deno.test("a record says only what its key is for", () => {
  const said = tracksOnly([1, registerAt(0)]);
  const value = encodeAgentWorld({ ...said, removals: new Map([["a:1", { stamp: stampAt(0) }]]) });
  assert.deepEqual(parseWorldRecord({ key: "tracks", value }, NOW), said);
  assert.equal(parseWorldRecord({ key: "other", value }, NOW), null);
  assert.equal(parseWorldRecord({ key: "tracks", value: Uint8Array.of(1) }, NOW), null);
});
