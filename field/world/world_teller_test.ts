import assert from "node:assert/strict";
import fc from "fast-check";
import {
  anyAgentWorld,
  registerAt,
  stampAt,
  tracksOnly,
  WORLD_START_MS,
} from "../../tests/fixtures/worlds.ts";
import { withVote } from "./label_votes.ts";
import { parseAgentWorld } from "./world_parse.ts";
import { type AgentWorld, EMPTY_AGENT, joinAgents } from "./world_state.ts";
import { messagesOf, MOST_TELLING_BYTES, TELL_EVERY_MS, WorldTeller } from "./world_teller.ts";

const START = WORLD_START_MS;

function read(messages: readonly Uint8Array<ArrayBuffer>[]): AgentWorld {
  return messages.map((bytes) => parseAgentWorld(bytes, START + 1e9)!).reduce(
    joinAgents,
    EMPTY_AGENT,
  );
}

/** The world in which `count` tracks are, of which those below `moved` moved at `ms`. */
function scene(count: number, moved: number, ms: number): AgentWorld {
  return tracksOnly(
    ...Array.from({ length: count }, (_, n) => [n, registerAt(n < moved ? ms : 0)] as const),
  );
}

Deno.test("next() says all first, then what changed, not before its time, and all again every 2 s", () => {
  const teller = new WorldTeller();
  const own = scene(5, 0, 0);
  assert.equal(read(teller.next(own, START)).tracks.size, 5);
  const later = joinAgents(own, scene(5, 2, 50));
  assert.deepEqual(teller.next(later, START + TELL_EVERY_MS - 1), []);
  assert.deepEqual([...read(teller.next(later, START + TELL_EVERY_MS)).tracks.keys()], [0, 1]);
  assert.deepEqual(teller.next(later, START + 1_999), []);
  assert.equal(read(teller.next(later, START + 2_000)).tracks.size, 5);
});

Deno.test("next() is silent when there is nothing to say", () => {
  const teller = new WorldTeller();
  for (let ms = 0; ms < 9_000; ms += 50) assert.deepEqual(teller.next(EMPTY_AGENT, START + ms), []);
});

Deno.test("repeat() has all said at once, six times within 150 ms, then goes on as before", () => {
  const teller = new WorldTeller();
  const own = scene(3, 0, 0);
  teller.next(own, START);
  teller.repeat();
  const said: number[] = [];
  for (let ms = 10; ms < 1_000; ms += 10) {
    if (read(teller.next(own, START + ms)).tracks.size === 3) said.push(ms);
  }
  assert.deepEqual(said, [10, 40, 70, 100, 130, 160]);
});

Deno.test("next() says what changed as rarely as it is told to, and what all must know at once all the same", () => {
  const teller = new WorldTeller();
  const saidIn = (from: number, to: number) => {
    let said = 0;
    for (let ms = from; ms < to; ms += 10) {
      if (teller.next(scene(3, 3, ms), START + ms, 500).length > 0) said++;
    }
    return said;
  };
  assert.equal(saidIn(0, 5_000), 10);
  teller.repeat();
  assert.equal(saidIn(5_000, 5_200), 6);
  assert.equal(saidIn(5_200, 10_200), 10);
});

Deno.test("next() goes on after the clock was set back", () => {
  const teller = new WorldTeller();
  teller.next(scene(2, 0, 0), START + 1e8);
  assert.equal(teller.next(scene(2, 2, 10), START).length, 1);
});

Deno.test("next() does not say again what all have forgotten", () => {
  const own = { ...scene(4, 2, 30_000), removals: new Map([["a:1", { stamp: stampAt(0) }]]) };
  const { tracks, removals } = read(new WorldTeller().next(own, START + 60_001));
  assert.deepEqual([...tracks.keys()], [0, 1]);
  assert.equal(removals.size, 1);
});

Deno.test("whoever gets every message has all that was said, and who lost some after the next whole", () => {
  const step = fc.record({ said: anyAgentWorld(["a", "b"]), isLost: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
      const teller = new WorldTeller();
      let [own, heard, partly] = [EMPTY_AGENT, EMPTY_AGENT, EMPTY_AGENT];
      let ms = 0;
      for (const { said, isLost } of steps) {
        own = joinAgents(own, { ...said, tracks: new Map() });
        const messages = teller.next(own, START + (ms += 100));
        heard = joinAgents(heard, read(messages));
        if (!isLost) partly = joinAgents(partly, read(messages));
        assert.deepEqual(heard, own);
      }
      assert.deepEqual(joinAgents(partly, read(teller.next(own, START + ms + 2_000))), own);
    }),
    { seed: 94, numRuns: 200 },
  );
});

Deno.test("messagesOf() splits what is too long, whatever is long in it", () => {
  const all = (said: AgentWorld) => {
    const messages = messagesOf(said);
    assert.ok(messages.every(({ length }) => length <= MOST_TELLING_BYTES));
    assert.deepEqual(read(messages), said);
    return messages.length;
  };
  const votes = withVote(withVote([], "鹿".repeat(60), 0.5), "犬".repeat(60), 0.5);
  const ids = Array.from({ length: 64 }, (_, n) => `${"é".repeat(56)}${n}:${n}`);
  const full = (1n << 4096n) - 1n;
  const said: AgentWorld = {
    tracks: new Map(
      ids.map((id, n) => [n, registerAt(n, { votes, alias: { to: id, bornMs: 7 } })]),
    ),
    removals: new Map(ids.map((id, n) => [id, { stamp: stampAt(n) }])),
    confirmations: new Map(ids.map((id, n) => [id, { stamp: stampAt(n), count: 1 + n }])),
    tiles: { searched: { added: full, removed: full }, cleared: { added: full, removed: full } },
  };
  assert.ok(all(said) > 5);
  assert.ok(all({ ...EMPTY_AGENT, removals: said.removals }) > 1);
  assert.equal(all({ ...EMPTY_AGENT, tiles: said.tiles }), 1);
  fc.assert(fc.property(anyAgentWorld(["a"]), (one) => void all(one)), { seed: 95, numRuns: 100 });
});
