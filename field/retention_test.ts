import assert from "node:assert/strict";
import fc from "fast-check";
import { idOf } from "../tests/fixtures/devices.ts";
import { KEEP_ALL, type Media, type Retention } from "./media.ts";
import { keepsAll, mayThin, parseRetention, ThinPlan } from "./retention.ts";

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;
const OTHER = idOf(0xee);

function mediaOf(byte: number, other: Partial<Media> = {}): Media {
  return {
    hash: idOf(byte),
    type: "image/jpeg",
    size: 100,
    at: NOW - byte * DAY,
    state: "here",
    copies: [OTHER],
    ...other,
  };
}

function rule(other: Partial<Retention>): Retention {
  return { ...KEEP_ALL, ...other };
}

function chosen(one: Retention, media: readonly Media[], most = 1000): string[] {
  const bytes = media.filter(({ state }) => state === "here")
    .reduce((sum, { size }) => sum + size, 0);
  const plan = new ThinPlan(one, NOW, bytes, most);
  for (let i = 0; i < media.length; i += 3) plan.consider(media.slice(i, i + 3));
  return plan.chosen().map(({ hash }) => hash);
}

Deno.test("without a limit nothing is removed, and no picture need be looked at", () => {
  assert.ok(keepsAll(KEEP_ALL));
  assert.ok(!keepsAll(rule({ mostAgeDays: 0 })));
  assert.ok(!keepsAll(rule({ mostBytes: 0 })));
  assert.equal(new ThinPlan(KEEP_ALL, NOW, 1e12, 10).isNeeded, false);
  assert.deepEqual(chosen(KEEP_ALL, [mediaOf(1), mediaOf(200)]), []);
});

Deno.test("by age, all that is older goes, the oldest first", () => {
  const media = [10, 40, 20, 31, 90].map((days) => mediaOf(days));
  assert.deepEqual(chosen(rule({ mostAgeDays: 30 }), media), [90, 40, 31].map(idOf));
  assert.deepEqual(chosen(rule({ mostAgeDays: 31 }), media), [90, 40].map(idOf), "not older");
});

Deno.test("by size, the oldest go until the rest fits", () => {
  const media = [10, 40, 20, 31, 90].map((days) => mediaOf(days));
  assert.deepEqual(chosen(rule({ mostBytes: 300 }), media), [90, 40].map(idOf));
  assert.deepEqual(chosen(rule({ mostBytes: 301 }), media), [90, 40].map(idOf));
  assert.deepEqual(chosen(rule({ mostBytes: 299 }), media), [90, 40, 31].map(idOf));
  assert.deepEqual(chosen(rule({ mostBytes: 500 }), media), []);
  assert.equal(chosen(rule({ mostBytes: 0 }), media).length, 5);
});

Deno.test("both limits hold: what is too old goes even if the rest fits", () => {
  const media = [10, 40, 20, 31, 90].map((days) => mediaOf(days));
  assert.equal(chosen(rule({ mostBytes: 400, mostAgeDays: 30 }), media).length, 3);
  assert.equal(chosen(rule({ mostBytes: 100, mostAgeDays: 80 }), media).length, 4);
});

Deno.test("what no other device has stays whatever its age, unless the user says otherwise", () => {
  const media = [mediaOf(90, { copies: [] }), mediaOf(40), mediaOf(50, { copies: [] })];
  assert.deepEqual(chosen(rule({ mostAgeDays: 30 }), media), [idOf(40)]);
  assert.deepEqual(chosen(rule({ mostBytes: 0 }), media), [idOf(40)]);
  const even = rule({ mostBytes: 0, evenOnlyHere: true });
  assert.deepEqual(chosen(even, media), [90, 50, 40].map(idOf));
});

Deno.test("what is not here cannot be removed", () => {
  const even = rule({ mostAgeDays: 0, evenOnlyHere: true });
  for (const state of ["wanted", "thinned"] as const) {
    assert.equal(mayThin(mediaOf(90, { state }), even), false);
    assert.deepEqual(chosen(even, [mediaOf(90, { state })]), []);
  }
});

Deno.test("one step chooses a bounded number, the oldest of all", () => {
  const media = Array.from({ length: 100 }, (_, i) => mediaOf((i * 37) % 100 + 1));
  assert.deepEqual(chosen(rule({ mostAgeDays: 0 }), media, 3), [100, 99, 98].map(idOf));
});

Deno.test("steps one after the other remove what one large step would, in the same order", () => {
  const picture = fc.record({
    hash: fc.integer({ min: 0, max: 255 }).map(idOf),
    at: fc.integer({ min: 0, max: 90 }).map((days) => NOW - days * DAY),
    size: fc.integer({ min: 1, max: 100 }),
    state: fc.constantFrom("here", "here", "here", "wanted", "thinned"),
    copies: fc.constantFrom([], [OTHER]),
  }).map((one): Media => ({ ...mediaOf(1), ...one }));
  const rules = fc.record({
    mostAgeDays: fc.option(fc.integer({ min: 0, max: 90 })),
    mostBytes: fc.option(fc.integer({ min: 0, max: 2000 })),
    evenOnlyHere: fc.boolean(),
  });
  const pictures = fc.uniqueArray(picture, { selector: ({ hash }) => hash, maxLength: 40 });
  fc.assert(fc.property(pictures, rules, fc.integer({ min: 1, max: 5 }), (media, one, most) => {
    const all = chosen(one, media);
    const inSteps: string[] = [];
    let left = media;
    for (let step = chosen(one, left, most); step.length > 0; step = chosen(one, left, most)) {
      assert.ok(step.length <= most);
      inSteps.push(...step);
      left = left.map((one) => step.includes(one.hash) ? { ...one, state: "thinned" } : one);
    }
    assert.deepEqual(inSteps, all);
    const kept = left.filter(({ state }) => state === "here");
    for (const { at, copies } of kept) {
      const mayGo = one.evenOnlyHere || copies.length > 0;
      if (mayGo && one.mostAgeDays !== null) assert.ok(at >= NOW - one.mostAgeDays * DAY);
    }
    const bytes = kept.reduce((sum, { size }) => sum + size, 0);
    const isAllThatMayGo = kept.every((one_) => !mayThin(one_, one));
    if (one.mostBytes !== null) assert.ok(bytes <= one.mostBytes || isAllThatMayGo);
  }));
});

Deno.test("parseRetention() reads a rule, and nothing else", () => {
  const one = { mostAgeDays: 30, mostBytes: null, evenOnlyHere: false };
  assert.deepEqual(parseRetention({ ...one, more: 1 }), one);
  fc.assert(fc.property(fc.anything(), (value) => {
    const parsed = parseRetention(value);
    if (parsed) assert.equal(typeof parsed.evenOnlyHere, "boolean");
  }));
  for (const bad of [null, 7, [], {}, { ...one, mostAgeDays: -1 }, { ...one, mostBytes: NaN }]) {
    assert.equal(parseRetention(bad), null);
  }
});
