/**
 * Any order, duplication, loss and partition of what agents say leads to the same world on all of them, and that is
 * what was said. WORLD_SEEDS=1000 deno test -A tests/swarm_world_test.ts runs all.
 */
import assert from "node:assert/strict";
import { checkEnd, checkMoment, checkTracks, RoughWorld } from "./fixtures/rough_world.ts";

const SEEDS = Number(Deno.env.get("WORLD_SEEDS") ?? 150);
const MOST_AGENTS = 32;
/** Names that are not clear wait for 2 s (`field/world/alias_keeper.ts`). */
const MOST_NAMING_MS = 5_000;

/** Mostly few, up to 32. */
function agentsOf(seed: number): number {
  return seed % 20 === 0 ? MOST_AGENTS - seed / 20 % 8 : 2 + seed % 11;
}

/**
 * They see and speak, whole and parted; then one takes an object out while they are parted again. How long all
 * took to agree on names, once what was said had come through, ms.
 */
function checkSeed(seed: number): number {
  const world = new RoughWorld(seed, agentsOf(seed));
  const known = new Map<string, Set<number>>();
  const speak = () => {
    if (world.chance.is(0.2)) world.say();
    if (world.ms % 100 === 0) checkMoment(world, known);
  };
  for (let spell = 0; spell < 3; spell++) {
    world.part(1 + world.chance.below(3));
    world.run(600, speak);
  }
  world.settle();
  const namedMs = world.name();
  assert.ok(namedMs <= MOST_NAMING_MS, `named after ${namedMs} ms`);
  world.isLooking = false;
  world.run(400);
  checkEnd(world);
  checkTracks(world, new Set());
  removeApart(world, speak);
  return namedMs;
}

/** Nobody looks any more, so nobody can say that it is there again. */
function removeApart(world: RoughWorld, speak: () => void): void {
  const gone = world.chance.below(world.objects.length);
  const [x, y] = world.objects[gone];
  world.part(2);
  world.loss = 0.3;
  const remover = world.chance.pick(world.agents);
  const track = remover.view(world.nowMs).find(({ position }) =>
    Math.hypot(position[0] - x, position[1] - y) < 1
  );
  assert.ok(track);
  remover.remove(track.id);
  world.run(300, () => {
    speak();
    assert.ok(remover.view(world.nowMs).every(({ id }) => id !== track.id), "it came back");
  });
  world.settle();
  checkEnd(world);
  checkTracks(world, new Set([gone]));
}

Deno.test(`${SEEDS} seeds of 2 to ${MOST_AGENTS} agents: one world after any loss, order, doubles and partitions`, () => {
  const namedMs: number[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      namedMs.push(checkSeed(seed));
    } catch (cause) {
      throw new Error(`Seed ${seed} with ${agentsOf(seed)} agents`, { cause });
    }
  }
  if (SEEDS > 100) console.log(namedMs.toSorted((a, b) => a - b).filter((_, i) => i % 50 === 49));
});
