import assert from "node:assert/strict";
import { idOf } from "../../tests/fixtures/devices.ts";
import type { DeviceId } from "../observation.ts";
import { originName, PushLink, PushTree, type TreeSession } from "./push_tree.ts";

const [ANN, BOB, CAM, DEE, ELI] = [1, 2, 3, 4, 5].map(idOf);
const NOW = 1_800_000_000_000;

interface Neighbour extends TreeSession {
  /** What it was told of origins, in order. */
  readonly told: string[];
}

function neighbour(peer: DeviceId): Neighbour {
  const told: string[] = [];
  const want = (name: string, isWanted: boolean) =>
    void told.push(`${isWanted ? "+" : "-"}${Number.parseInt(name.slice(0, 2), 16)}`);
  return { push: new PushLink(), outbox: { want }, peer, told };
}

/** Ann's tree, with Bob, Cam and Dee beside her. Eli is farther away. */
function tree() {
  const open = [BOB, CAM, DEE].map(neighbour);
  const clock = { now: NOW };
  const ann = new PushTree({ self: ANN, open: () => open, nowMs: () => clock.now });
  const pushed = (origin: DeviceId) => open.map((one) => ann.isPushed(one, origin));
  return { ann, open, clock, pushed, told: () => open.map(({ told }) => told.join(" ")) };
}

Deno.test("isPushed() to all at first, but not to the origin", () => {
  const { pushed } = tree();
  assert.deepEqual(pushed(ANN), [true, true, true]);
  assert.deepEqual(pushed(BOB), [false, true, true]);
});

Deno.test("repeated() declines all but the one that brought it first, for that origin alone", () => {
  const { ann, open: [bob, cam, dee], told } = tree();
  ann.brought(bob, ELI);
  for (const one of [cam, dee, cam, bob]) ann.repeated(one, ELI);
  assert.deepEqual(told(), ["", "-5", "-5"]);
  ann.brought(cam, DEE);
  ann.repeated(bob, DEE);
  assert.deepEqual(told(), ["-4", "-5", "-5"]);
});

Deno.test("repeated() whatever comes first how often, one link is left that is not declined", () => {
  for (let order = 0; order < 3 ** 6; order++) {
    const { ann, open } = tree();
    for (let step = 0, rest = order; step < 6; step += 2) {
      const [first, second] = [rest % 3, Math.floor(rest / 3) % 3];
      rest = Math.floor(rest / 9);
      ann.brought(open[first], ELI);
      ann.repeated(open[second], ELI);
    }
    const left = open.filter(({ push }) => !push.declined.has(originName(ELI)));
    assert.ok(left.length > 0, `order ${order}`);
  }
});

Deno.test("repeated() keeps the origin's own link, also where another is faster", () => {
  const { ann, open: [bob, cam], told } = tree();
  ann.brought(cam, BOB);
  ann.repeated(bob, BOB);
  assert.deepEqual(told(), ["", "-2", ""]);
  const other = tree();
  other.ann.brought(other.open[1], BOB);
  other.ann.brought(other.open[0], BOB);
  other.ann.repeated(other.open[1], BOB);
  assert.deepEqual(other.told(), ["", "-2", ""]);
});

Deno.test("repeated() of what is one's own says nothing", () => {
  const { ann, open: [bob], told } = tree();
  ann.repeated(bob, ANN);
  assert.deepEqual(told(), ["", "", ""]);
});

Deno.test("wants() holds for what that peer is pushed of that origin", () => {
  const { ann, open: [bob], pushed } = tree();
  ann.wants(bob, originName(ELI), false);
  assert.deepEqual(pushed(ELI), [false, true, true]);
  ann.wants(bob, originName(ELI), true);
  assert.deepEqual(pushed(ELI), [true, true, true]);
});

Deno.test("isPushed() nothing to a peer of an older version that wants nothing pushed", () => {
  const { open: [bob], pushed } = tree();
  bob.push.isMute = true;
  assert.deepEqual(pushed(ELI), [false, true, true]);
});

Deno.test("a new origin begins with the tree of another, once that has formed", () => {
  const { ann, open: [bob], pushed, clock } = tree();
  ann.wants(bob, originName(ELI), false);
  assert.deepEqual(pushed(CAM), [true, false, true], "it may still be forming");
  clock.now += 1000;
  assert.deepEqual(pushed(DEE), [false, true, false]);
  assert.deepEqual(pushed(CAM), [true, false, true], "as it was settled");
});

Deno.test("a new origin goes to all where no other's tree is left", () => {
  const { ann, open: [bob], pushed, clock } = tree();
  ann.wants(bob, originName(ELI), false);
  ann.wants(bob, originName(ELI), true);
  clock.now += 1000;
  assert.deepEqual(pushed(ANN), [true, true, true]);
});

Deno.test("wake() wants what came over a link that is gone, and nothing else, from all that are left", () => {
  const { ann, open, told } = tree();
  const [bob, cam, dee] = open;
  ann.brought(bob, ELI);
  ann.repeated(cam, ELI);
  ann.brought(cam, DEE);
  assert.ok(!ann.wake());
  open.splice(0, 1);
  assert.ok(ann.wake());
  assert.ok(!ann.wake());
  assert.deepEqual(told(), ["-5 +5", "+5"]);
  ann.repeated(dee, ELI);
  ann.repeated(cam, ELI);
  assert.deepEqual(told(), ["-5 +5 -5", "+5"], "now from Dee");
});

Deno.test("wants() from whom an origin is heard: that one hears it no more, so it is wanted of the others", () => {
  const { ann, open: [bob, cam], told } = tree();
  ann.brought(bob, ELI);
  ann.repeated(cam, ELI);
  ann.wants(cam, originName(ELI), true);
  assert.deepEqual(told(), ["", "-5", ""]);
  ann.wants(bob, originName(ELI), true);
  ann.wants(bob, originName(ELI), true);
  assert.deepEqual(told(), ["", "-5 +5", "+5"]);
});

Deno.test("isAwaited() where another link brings that origin, or brings all others", () => {
  const { ann, open: [bob, cam, dee] } = tree();
  assert.ok(!ann.isAwaited(bob, ELI));
  ann.brought(bob, ELI);
  assert.deepEqual([bob, cam].map((one) => ann.isAwaited(one, ELI)), [false, true]);
  ann.brought(bob, CAM);
  assert.ok(!ann.isAwaited(cam, CAM), "who knows better?");
  assert.ok(!ann.isAwaited(cam, DEE), "no tree yet");
  ann.repeated(cam, ELI);
  assert.deepEqual([bob, cam].map((one) => ann.isAwaited(one, DEE)), [false, true]);
  ann.asked(dee, ELI);
  assert.ok(ann.isAwaited(dee, ELI), "it has given nothing yet");
  ann.gave(dee, ELI);
  assert.deepEqual([bob, dee].map((one) => ann.isAwaited(one, ELI)), [true, false]);
});

Deno.test("brought() over a declined link changes nothing, unless it was asked", () => {
  const { ann, open: [bob, cam], told } = tree();
  ann.brought(bob, ELI);
  ann.repeated(cam, ELI);
  ann.brought(cam, ELI); // was under way
  ann.repeated(bob, ELI);
  assert.deepEqual(told(), ["", "-5", ""]);
  cam.push.askedAt = NOW;
  ann.brought(cam, ELI);
  ann.repeated(bob, ELI);
  assert.deepEqual(told(), ["-5", "-5 +5", ""]);
});
