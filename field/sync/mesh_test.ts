import assert from "node:assert/strict";
import { idOf } from "../../tests/fixtures/devices.ts";
import { MeshWorld } from "../../tests/fixtures/mesh_world.ts";
import { Chance } from "../../tests/sim/chance.ts";
import type { DeviceId } from "../observation.ts";
import { Mesh, type MeshPorts, NEIGHBOURS } from "./mesh.ts";

/** A mesh of the device `self` in a crew of `count` (their ids rise from 0), with ports to be set. */
function meshOf(count: number, self = 0, other: Partial<MeshPorts> = {}) {
  const chance = new Chance(7);
  const members = Array.from({ length: count }, (_, i) => idOf(i));
  const state = {
    members,
    now: 1_800_000_000_000,
    open: new Set<DeviceId>(),
    inviter: undefined as DeviceId | undefined,
    rtt: new Map<DeviceId, number>(),
  };
  const mesh = new Mesh({
    self: members[self],
    random: () => chance.fraction(),
    nowMs: () => state.now,
    members: () => state.members,
    connected: () => state.open,
    quality: (device) => ({ rttMs: state.rtt.get(device) ?? null, loss: 0 }),
    lastMetAt: () => null,
    inviter: () => state.inviter,
    ...other,
  });
  /** Seconds pass; whomever it calls is linked with, if `answers` says so. */
  const pass = (seconds: number, answers: (device: DeviceId) => boolean) => {
    for (let second = 0; second < seconds; second++) {
      state.now += 1000;
      for (const device of mesh.toCall()) if (answers(device)) state.open.add(device);
    }
  };
  return { mesh, state, members, pass };
}

/** Calls that a device makes over so many seconds, none of which is answered: whom, at which second first. */
function callsOver(seconds: number, { mesh, state }: ReturnType<typeof meshOf>) {
  const calls = new Map<DeviceId, number>();
  for (let second = 0; second < seconds; second++) {
    for (const device of mesh.toCall()) if (!calls.has(device)) calls.set(device, second);
    state.now += 1000;
  }
  return calls;
}

Deno.test("a crew of up to k + 1 is linked all to all, of each two the one with the smaller key calls", () => {
  for (let count = 1; count <= NEIGHBOURS + 1; count++) {
    const pairs: string[] = [];
    for (let self = 0; self < count; self++) {
      const { mesh, members } = meshOf(count, self);
      for (const other of mesh.toCall()) pairs.push([members[self], other].sort().join());
      for (const other of members) assert.ok(mesh.mayAccept(other));
      assert.equal(mesh.toLeave(), null);
    }
    assert.equal(pairs.length, count * (count - 1) / 2);
    assert.equal(new Set(pairs).size, pairs.length);
  }
});

Deno.test("toCall() in a larger crew names some until k are linked, then nobody until a trade", () => {
  const { mesh, state, pass } = meshOf(20);
  pass(10, () => true);
  assert.equal(state.open.size, NEIGHBOURS);
  for (let second = 0; second < 100; second++) {
    state.now += 1000;
    assert.equal(mesh.toCall().size, 0);
    assert.equal(mesh.toLeave(), null);
  }
});

Deno.test("toCall() tries another beside one that does not answer, never more than are missing", () => {
  const world = meshOf(20);
  const calls = callsOver(20, world);
  assert.deepEqual([...calls.values()], [0, 3, 6, 9]);
  assert.ok(world.mesh.toCall().size <= NEIGHBOURS);
  world.state.open = new Set(world.members.slice(1, NEIGHBOURS));
  assert.ok(world.mesh.toCall().size <= 1, "the others have become needless");
});

Deno.test("toCall() comes to everybody, and again to those who did not answer, less and less often", () => {
  const { mesh, state, members } = meshOf(9);
  const calledAt = new Map(members.slice(1).map((device): [DeviceId, number[]] => [device, []]));
  for (let second = 0; second < 60 * 60; second++) {
    state.now += 1000;
    for (const device of mesh.toCall()) {
      calledAt.get(device)?.push(second);
      mesh.failed(device);
    }
  }
  for (const seconds of calledAt.values()) {
    const waits = seconds.slice(1).map((second, i) => second - seconds[i]);
    assert.ok(seconds[0] < 60 && waits[0] < 60, `${seconds}`);
    const later = waits.slice(6);
    assert.ok(later.every((wait) => wait > 100 && wait <= 5 * 60), `${waits}`);
  }
});

Deno.test("toCall() prefers those with short round trips, but not all of them", () => {
  const counts = { near: 0, far: 0 };
  for (let seed = 0; seed < 50; seed++) {
    const chance = new Chance(seed);
    const { state, members, pass } = meshOf(41, 0, { random: () => chance.fraction() });
    for (const [i, device] of members.entries()) state.rtt.set(device, i <= 20 ? 10 : 150);
    pass(20, () => true);
    for (const device of state.open) counts[members.indexOf(device) <= 20 ? "near" : "far"]++;
  }
  // one of four is by chance, and half of those are far
  assert.ok(counts.far >= 10 && counts.far <= 40, JSON.stringify(counts));
});

Deno.test("toCall() names one who left or failed after those who were not tried", () => {
  const { mesh, state, members, pass } = meshOf(7);
  pass(10, () => true);
  const [left] = state.open;
  state.open.delete(left);
  assert.ok(!mesh.toCall().has(left));
  const untried = members.slice(1).filter((device) => device !== left && !state.open.has(device));
  for (const device of untried) {
    pass(5, () => false);
    mesh.failed(device);
  }
  const second = callsOver(120, { mesh, state, members, pass });
  assert.ok(second.has(left), "it is tried again");
});

Deno.test("toCall() always names the inviter", () => {
  const { mesh, state, members } = meshOf(20);
  const inviter = idOf(0xee);
  state.inviter = inviter;
  state.open = new Set(members.slice(1, 9));
  assert.deepEqual([...mesh.toCall()], [inviter]);
  assert.ok(mesh.mayAccept(inviter));
});

Deno.test("mayAccept() up to 2 k members; the linked, the inviter and who is no member yet always", () => {
  const { mesh, state, members } = meshOf(20);
  state.open = new Set(members.slice(1, 2 * NEIGHBOURS));
  assert.ok(mesh.mayAccept(members[15]));
  state.open.add(members[2 * NEIGHBOURS]);
  assert.ok(!mesh.mayAccept(members[15]));
  assert.ok(mesh.mayAccept(members[1]), "it comes with a new link");
  assert.ok(mesh.mayAccept(idOf(0xee)), "it has shown an invite");
  state.inviter = members[15];
  assert.ok(mesh.mayAccept(members[15]));
});

Deno.test("a trade calls one more, and parts from the worst once that is linked: never below k", () => {
  const { mesh, state, members, pass } = meshOf(20);
  for (const [i, device] of members.entries()) state.rtt.set(device, 10 + i);
  pass(10, () => true);
  const before = new Set(state.open);
  pass(4 * 60, (device) => {
    assert.equal(mesh.toLeave(), null, "not before the other is there");
    return !before.has(device);
  });
  assert.equal(state.open.size, NEIGHBOURS + 1);
  const worst = [...before].toSorted().at(-1);
  const left = mesh.toLeave();
  assert.equal(left, worst, "of those before, not the one just called");
  assert.equal(mesh.toLeave(), null, "one a trade");
  state.open.delete(left ?? "");
});

Deno.test("who was left is to find another first; who comes back needs this one, and is not left again", () => {
  const { mesh, state, members, pass } = meshOf(20);
  const [far] = members.slice(-1);
  for (const device of members) state.rtt.set(device, device === far ? 900 : 10);
  state.open = new Set(members.slice(1, NEIGHBOURS + 1)).add(far);
  pass(4 * 60 + 1, () => false);
  const left = mesh.toLeave();
  assert.equal(left, far);
  state.open.delete(far);
  assert.ok(!mesh.mayAccept(far));
  state.now += 31_000;
  assert.ok(mesh.mayAccept(far));
  state.open.add(far);
  for (let trade = 0; trade < 5; trade++) {
    pass(4 * 60 + 1, () => false);
    const next = mesh.toLeave();
    assert.notEqual(next, far);
    if (next) state.open.delete(next);
    for (const device of members.slice(1, NEIGHBOURS + 2)) state.open.add(device);
  }
});

Deno.test("the inviter is not left", () => {
  const { mesh, state, members, pass } = meshOf(20);
  state.inviter = members[1];
  state.rtt.set(members[1], 5000);
  state.open = new Set(members.slice(1, NEIGHBOURS + 3));
  pass(4 * 60 + 1, () => false);
  assert.notEqual(mesh.toLeave(), members[1]);
});

Deno.test("a hub is not refused and not left, however far it is and however many there are", () => {
  const hub = idOf(19);
  const { mesh, state, members, pass } = meshOf(20, 0, { isHub: (device) => device === hub });
  state.open = new Set(members.slice(1, 2 * NEIGHBOURS + 1));
  assert.ok(!mesh.mayAccept(members[18]));
  assert.ok(mesh.mayAccept(hub));
  state.open.add(hub);
  state.rtt.set(hub, 5000);
  for (let trade = 0; trade < 2 * NEIGHBOURS; trade++) {
    pass(4 * 60 + 1, () => false);
    const left = mesh.toLeave();
    assert.notEqual(left, hub);
    if (left) state.open.delete(left);
  }
  assert.equal(state.open.size, NEIGHBOURS, "with it, k stay");
  assert.ok(state.open.has(hub));
});

Deno.test("who has neighbours enough each time is called less and less often", () => {
  const { mesh, state, members } = meshOf(NEIGHBOURS + 2);
  state.open = new Set(members.slice(2, NEIGHBOURS + 1));
  const isTaken = [members[1], members[NEIGHBOURS + 1]];
  const calls: number[] = [];
  for (let second = 0; second < 20 * 60; second++) {
    for (const device of mesh.toCall()) {
      if (!isTaken.includes(device)) continue;
      calls.push(second);
      state.open.add(device); // it proves who it is, and then says that it has enough
      mesh.toCall();
      state.open.delete(device);
      mesh.toCall();
    }
    state.now += 1000;
  }
  // 7 to 15 s after the first, then up to 2 to 4 minutes
  assert.ok(calls.length >= 16 && calls.length <= 40, `${calls.length} calls in 20 minutes`);
  const late = calls.filter((second) => second > 15 * 60);
  assert.ok(late.length <= 6, `${late.length} calls in the last five minutes`);
});

Deno.test("calls while nobody can be reached do not make those wait whom they are for", () => {
  const { mesh, state, members, pass } = meshOf(NEIGHBOURS + 2);
  for (let minute = 0; minute < 30; minute++) {
    pass(60, () => {
      mesh.nobodyReached();
      return false;
    });
  }
  pass(20, () => true);
  assert.ok(state.open.size >= NEIGHBOURS, `${state.open.size} of ${members.length - 1}`);
});

Deno.test("a clock that is set back or forth does not stop calls and trades", () => {
  for (const jump of [-86_400_000, 86_400_000]) {
    const { mesh, state, members, pass } = meshOf(20);
    pass(3 * 60, () => false);
    state.now += jump;
    pass(30, () => true);
    assert.ok(state.open.size >= NEIGHBOURS);
    state.open = new Set(members.slice(1, NEIGHBOURS + 3));
    pass(1, () => false);
    state.now += jump;
    pass(4 * 60 + 1, () => false);
    assert.notEqual(mesh.toLeave(), null);
  }
});

/** Seeds: fewer of what takes longer. */
const SIZES = [[8, 6], [32, 3], [128, 1]];

Deno.test("from nothing a crew is one within seconds, stays so, and nobody has more than 2 k neighbours", () => {
  for (const [count, seeds] of SIZES) {
    for (let seed = 0; seed < seeds; seed++) {
      const world = new MeshWorld(seed, count);
      assert.ok(world.run(60, () => world.isConnected()) < 30, `${count} devices, seed ${seed}`);
      const before = world.opened;
      world.run(5 * 60, () => {
        assert.ok(world.degrees[count - 1] <= 2 * NEIGHBOURS);
        assert.ok(world.isConnected(), `${count} devices, seed ${seed}`);
        return false;
      });
      const mean = world.degrees.reduce((sum, one) => sum + one) / count;
      assert.ok(mean <= 1.5 * NEIGHBOURS, `mean degree ${mean}`);
      assert.ok(world.diameter <= Math.log2(count), `diameter ${world.diameter} of ${count}`);
      const opened = (world.opened - before) / count / 5;
      assert.ok(opened < 1, `${opened} links opened a minute and device`);
    }
  }
});

Deno.test("after 30 % have left at once the others are one crew again within a minute", () => {
  for (const [count, seeds] of SIZES) {
    for (let seed = 0; seed < seeds; seed++) {
      const world = new MeshWorld(seed, count);
      world.run(90);
      for (const place of world.places.slice(0, Math.round(0.3 * count))) world.turnOff(place);
      const name = `${count} devices, seed ${seed}`;
      assert.ok(world.run(60, () => world.isConnected()) < 60, name);
      world.run(60);
      const few = world.degrees.filter((degree) => degree < NEIGHBOURS);
      assert.ok(few.length <= Math.max(2, 0.1 * count), `${few.length} of ${name}`);
    }
  }
});

Deno.test("with devices coming and going all the time, the crew is one nearly always", () => {
  for (const [count, seeds] of SIZES) {
    for (let seed = 0; seed < seeds; seed++) {
      const world = new MeshWorld(seed, count);
      world.run(30);
      let [apart, seconds] = [0, 0];
      world.run(5 * 60, () => {
        // each goes and comes about once in three minutes, with a minute away
        for (const place of world.places) {
          if (place.isOn && world.chance.is(1 / 120)) world.turnOff(place);
          else if (!place.isOn && world.chance.is(1 / 60)) world.turnOn(place);
        }
        // who has just come is not counted yet
        const linked = world.on.filter(({ neighbours }) => neighbours.size > 0);
        if (!world.isConnected(linked)) apart++;
        seconds++;
        return false;
      });
      assert.ok(apart <= 0.1 * seconds, `${count} devices, seed ${seed}: apart ${apart} s`);
    }
  }
});

Deno.test("two halves that were apart for long are one within a minute", () => {
  for (const [count, seeds] of [[10, 4], [32, 2]]) {
    for (let seed = 0; seed < seeds; seed++) {
      const world = new MeshWorld(seed, count);
      world.run(60);
      world.setWhole(false);
      world.run(20 * 60);
      const halves = [0, 1].map((site) => world.on.filter((place) => place.site === site));
      for (const half of halves) assert.ok(world.isConnected(half), `seed ${seed}`);
      world.setWhole(true);
      assert.ok(world.run(60, () => world.isConnected()) < 60, `${count} devices, seed ${seed}`);
    }
  }
});
