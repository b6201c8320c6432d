import assert from "node:assert/strict";
import fc from "fast-check";
import type { Settled } from "./settled.ts";
import type { Line, Way } from "./rule.ts";
import { crosses, type LineTrace, NOT_AT_LINE, settleLine } from "./line.ts";
import {
  distance2,
  MOST_MM,
  MOST_RADIUS_MM,
  radiusOf,
  rootUp,
  type SitePoint,
  sitePoint,
  turn,
} from "./site_point.ts";
import { isClearOfOutline, isInside, OUTSIDE, settleZone } from "./zone.ts";
import { canonicalOutline } from "./outline.ts";

type Big = readonly [bigint, bigint];
const big = ([x, y]: SitePoint): Big => [BigInt(x), BigInt(y)];

/** Small ones meet often; large ones are at the ends of the range. */
const coordinate = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(-MOST_MM, -MOST_MM + 1, 0, MOST_MM - 1, MOST_MM),
  fc.integer({ min: -MOST_MM, max: MOST_MM }),
);
const small = fc.integer({ min: -4, max: 4 });
const anyPoint: fc.Arbitrary<SitePoint> = fc.oneof(
  fc.tuple(coordinate, coordinate),
  fc.tuple(small, small),
);
/** As the parser lets them through: corners after each other are two. */
const anyOutline = fc.oneof(
  fc.array(anyPoint, { minLength: 3, maxLength: 9 }),
  fc.array(fc.tuple(small, small), { minLength: 3, maxLength: 9 }),
).filter((corners) => corners.every((a, i) => distance2(a, corners[(i + 1) % corners.length]) > 0));

function exactTurn(a: SitePoint, b: SitePoint, p: SitePoint): bigint {
  const [[ax, ay], [bx, by], [px, py]] = [big(a), big(b), big(p)];
  return (bx - ax) * (py - ay) - (by - ay) * (px - ax);
}

/** On the outline, or an odd number of edges east of it: where each is met, as a fraction. */
function exactlyInside(corners: readonly SitePoint[], p: SitePoint): boolean {
  const [px, py] = big(p);
  let east = 0;
  for (const [i, corner] of corners.entries()) {
    const [[ax, ay], [bx, by]] = [big(corner), big(corners[(i + 1) % corners.length])];
    const [low, high] = ay < by ? [ay, by] : [by, ay];
    const [left, right] = ax < bx ? [ax, bx] : [bx, ax];
    const isInBox = px >= left && px <= right && py >= low && py <= high;
    if (isInBox && exactTurn(corner, corners[(i + 1) % corners.length], p) === 0n) return true;
    if (py < low || py >= high) continue;
    // met at ax + (py − ay)·(bx − ax)/(by − ay)
    const [over, under] = [(py - ay) * (bx - ax) + (ax - px) * (by - ay), by - ay];
    if (over * under > 0n) east++;
  }
  return east % 2 === 1;
}

/** Is the edge further than that? Squared distances as fractions. */
function exactlyBeyond(a: SitePoint, b: SitePoint, p: SitePoint, radius: bigint): boolean {
  const [[ax, ay], [bx, by], [px, py]] = [big(a), big(b), big(p)];
  const [dx, dy] = [bx - ax, by - ay];
  const [at, length2] = [dx * (px - ax) + dy * (py - ay), dx * dx + dy * dy];
  const to = (x: bigint, y: bigint) => (px - x) ** 2n + (py - y) ** 2n;
  if (at <= 0n) return to(ax, ay) > radius * radius;
  if (at >= length2) return to(bx, by) > radius * radius;
  return exactTurn(a, b, p) ** 2n > radius * radius * length2;
}

Deno.test("turn() and distance2() are exact up to the ends of the site", () => {
  fc.assert(
    fc.property(anyPoint, anyPoint, anyPoint, (a, b, p) => {
      assert.equal(BigInt(turn(a, b, p)), exactTurn(a, b, p));
      const [[ax, ay], [bx, by]] = [big(a), big(b)];
      assert.equal(BigInt(distance2(a, b)), (ax - bx) ** 2n + (ay - by) ** 2n);
    }),
    { seed: 1, numRuns: 5000 },
  );
  const [least, most] = [[-MOST_MM, -MOST_MM], [MOST_MM, MOST_MM]] as const;
  assert.equal(BigInt(distance2(least, most)), 8n * BigInt(MOST_MM) ** 2n);
  assert.ok(8n * BigInt(MOST_MM) ** 2n < 2n ** 53n && BigInt(MOST_RADIUS_MM) ** 2n < 2n ** 53n);
  assert.ok(BigInt(MOST_RADIUS_MM) * BigInt(rootUp(distance2(least, most))) < 2n ** 53n);
});

Deno.test("rootUp() is the least whole number with that square, or more", () => {
  const square = fc.oneof(
    fc.integer({ min: 0, max: MOST_RADIUS_MM ** 2 }),
    fc.tuple(fc.nat(MOST_RADIUS_MM), fc.integer({ min: -1, max: 1 }))
      .map(([n, by]) => Math.max(0, n * n + by)),
  );
  fc.assert(
    fc.property(square, (n) => {
      const root = BigInt(rootUp(n));
      assert.ok(root * root >= BigInt(n));
      assert.ok(root === 0n || (root - 1n) ** 2n < BigInt(n));
    }),
    { seed: 2, numRuns: 5000 },
  );
});

Deno.test("isInside() says what exact arithmetic says, the outline belonging to the zone", () => {
  let [inside, outside] = [0, 0];
  fc.assert(
    fc.property(anyOutline, anyPoint, (corners, p) => {
      const expected = exactlyInside(corners, p);
      assert.equal(isInside(corners, p), expected);
      assert.equal(isInside(canonicalOutline(corners), p), expected);
      expected ? inside++ : outside++;
      for (const corner of corners) assert.ok(isInside(corners, corner));
    }),
    { seed: 3, numRuns: 5000 },
  );
  assert.ok(inside > 500 && outside > 500);
});

Deno.test("isInside() takes the even-odd rule where an outline goes round twice", () => {
  const twice: SitePoint[] = [[0, 0], [9, 0], [9, 9], [3, 9], [3, 3], [6, 3], [6, 12], [0, 12]];
  assert.ok(isInside(twice, [1, 1]));
  assert.ok(!isInside(twice, [4, 6]), "round twice");
  assert.ok(isInside(twice, [3, 6]), "an edge inside of it is of the outline");
});

Deno.test("isClearOfOutline() is never true nearer than the radius, and true beyond it by one in an edge's length", () => {
  let [clear, near] = [0, 0];
  const radius = fc.oneof(fc.nat(5), fc.nat(MOST_RADIUS_MM), fc.constant(MOST_RADIUS_MM));
  fc.assert(
    fc.property(anyOutline, anyPoint, radius, (corners, p, r) => {
      const isClear = isClearOfOutline(corners, p, r);
      const edges = corners.map((a, i) => [a, corners[(i + 1) % corners.length]] as const);
      const isBeyond = (by: (length: bigint) => bigint) =>
        edges.every(([a, b]) => {
          const length = BigInt(rootUp(distance2(a, b)));
          return exactlyBeyond(a, b, p, by(length));
        });
      if (isClear) assert.ok(isBeyond(() => BigInt(r)));
      // r·length/(length − 1), rounded up
      const slack = (length: bigint) =>
        length < 2n ? 2n * BigInt(r) : (BigInt(r) * length) / (length - 1n) + 1n;
      if (isBeyond(slack)) assert.ok(isClear);
      isClear ? clear++ : near++;
    }),
    { seed: 4, numRuns: 5000 },
  );
  assert.ok(clear > 300 && near > 300);
});

Deno.test("radiusOf() is at least so many standard deviations in any direction, and at most 1.5 times that", () => {
  const variance = fc.integer({ min: 0, max: 1e9 });
  fc.assert(
    fc.property(variance, variance, fc.integer({ min: -100, max: 100 }), (xx, yy, percent) => {
      const xy = Math.trunc(percent / 100 * Math.sqrt(xx * yy));
      const radius = radiusOf([xx / 1e6, xy / 1e6, yy / 1e6], 2);
      const most = (xx + yy) / 2 + Math.hypot((xx - yy) / 2, xy);
      assert.ok(radius >= 2 * Math.sqrt(most) - 1e-3);
      assert.ok(radius <= 3 * Math.sqrt(most) + 2);
    }),
    { seed: 5, numRuns: 2000 },
  );
  assert.equal(radiusOf([0.25, 0, 0.04], 2), 1000);
  assert.equal(radiusOf([NaN, 0, 0], 2), MOST_RADIUS_MM);
  assert.equal(radiusOf([1e12, 0, 0], 2), MOST_RADIUS_MM);
});

Deno.test("sitePoint() rounds to whole millimetres and has nothing beyond the site", () => {
  assert.deepEqual(sitePoint([1.2345, -0.0001]), [1235, 0]);
  assert.ok(Object.is(sitePoint([-0.0001, 0])?.[0], 0));
  assert.deepEqual(sitePoint([30_000, -30_000]), [MOST_MM, -MOST_MM]);
  for (const far of [30_000.001, -30_000.001, NaN, Infinity]) {
    assert.equal(sitePoint([far, 0]), null);
  }
});

const SQUARE: readonly SitePoint[] = [[0, 0], [9000, 0], [9000, 9000], [0, 9000]];

function settledAfter(east: readonly number[], sigmaM: number): readonly (boolean | null)[] {
  let side: Settled<boolean> = OUTSIDE;
  return east.map((x) => {
    side = settleZone(side, SQUARE, [x, 4000], [sigmaM ** 2, 0, sigmaM ** 2]);
    return side.value;
  });
}

Deno.test("settleZone() waits until a track is inside by two standard deviations, or at five looks", () => {
  assert.deepEqual(settledAfter([-1, 2000, 2001], 1), [false, false, true]);
  assert.deepEqual(settledAfter(Array(6).fill(10), 1), [false, false, false, false, true, true]);
  assert.deepEqual(settledAfter([10, 10, 10, 10, -10, 10, 10, 10, 10], 1), Array(9).fill(false));
  assert.deepEqual(settledAfter([3000, -10, -2001], 1), [true, true, false]);
  assert.deepEqual(settledAfter([0, -1], 0), [false, false], "on the outline nothing is clear");
});

const NORTHWARD: Line = { id: "l", name: "L", from: [0, 0], to: [0, 1000] };

function waysOver(points: readonly SitePoint[], sigmaM = 0): readonly (Way | null)[] {
  let trace: LineTrace = NOT_AT_LINE;
  return points.map((p) => {
    const after = settleLine(trace, NORTHWARD, p, [sigmaM ** 2, 0, sigmaM ** 2]);
    trace = after.trace;
    return after.way;
  });
}

Deno.test("settleLine() counts each way once a track, forward being from left to right", () => {
  assert.deepEqual(waysOver([[-5, 500], [5, 500], [-5, 500], [5, 500]]), [
    null,
    "forward",
    "back",
    null,
  ]);
  assert.deepEqual(waysOver([[-5, 500], [0, 500], [5, 500]]), [null, null, "forward"]);
});

Deno.test("settleLine() takes a track on the line to be on neither side", () => {
  const onLine: SitePoint[] = Array(9).fill([0, 500]);
  assert.deepEqual(waysOver([[-5, 500], ...onLine, [-5, 500], [5, 500]]).slice(1), [
    ...Array(10).fill(null),
    "forward",
  ]);
});

Deno.test("settleLine() counts who meets the line's ends, and not who goes past them", () => {
  assert.deepEqual(waysOver([[-5, 1000], [5, 1000]]), [null, "forward"]);
  assert.deepEqual(waysOver([[-5, 1001], [5, 1001]]), [null, null]);
  assert.deepEqual(waysOver([[-5, 0], [5, 0]]), [null, "forward"]);
  assert.deepEqual(waysOver([[-5, -1], [5, -1], [5, 500]]), [null, null, null]);
  assert.deepEqual(waysOver([[-5, 500], [-5, 2000], [5, 2000], [5, 500]]), Array(4).fill(null));
});

Deno.test("settleLine() counts nothing before it is sure on which side a track began", () => {
  assert.deepEqual(waysOver([[-5, 500], ...Array(9).fill([5, 500])], 1), Array(10).fill(null));
});

Deno.test("settleLine() counts a track that jitters on the line at most once each way", () => {
  const jitter = fc.array(fc.tuple(fc.integer({ min: -900, max: 900 }), fc.nat(1000)), {
    minLength: 50,
    maxLength: 200,
  });
  let crossed = 0;
  fc.assert(
    fc.property(jitter, fc.constantFrom(0, 0.2, 0.5), (points, sigma) => {
      const ways = waysOver(points, sigma).filter((way) => way !== null);
      assert.equal(new Set(ways).size, ways.length);
      crossed += ways.length;
    }),
    { seed: 6, numRuns: 500 },
  );
  assert.ok(crossed > 100);
  const within = Array.from({ length: 200 }, (_, i): SitePoint => [i % 3 === 0 ? -300 : 300, 500]);
  assert.deepEqual(waysOver([[-3000, 500], ...within], 0.2).filter(Boolean), []);
});

Deno.test("crosses() says what exact arithmetic says of two points on two sides", () => {
  let met = 0;
  fc.assert(
    fc.property(anyPoint, anyPoint, anyPoint, anyPoint, (from, to, p, q) => {
      const [left, right] = [exactTurn(from, to, p), exactTurn(from, to, q)];
      fc.pre(left * right < 0n);
      const isMet = exactTurn(p, q, from) * exactTurn(p, q, to) <= 0n;
      assert.equal(crosses({ id: "l", name: "L", from, to }, p, q), isMet);
      met += isMet ? 1 : 0;
    }),
    { seed: 7, numRuns: 3000 },
  );
  assert.ok(met > 300);
});
