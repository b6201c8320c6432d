import assert from "node:assert/strict";
import fc from "fast-check";
import { Chance } from "../../tests/sim/chance.ts";
import { isProper } from "./covariance.ts";
import {
  begin,
  GATE,
  gateDistance2,
  type Measurement,
  type Motion,
  positionCovariance,
  predict,
  update,
} from "./kalman.ts";

function measured(x: number, y: number, variance = 1): Measurement {
  return { position: [x, y], covariance: [variance, 0, variance] };
}

function near(actual: readonly number[], expected: readonly number[], within = 1e-12): void {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of actual.entries()) {
    assert.ok(Math.abs(value - expected[i]) <= within, `${actual} is not ${expected}`);
  }
}

/** χ² with two degrees of freedom, 99 %. */
const GATE_99 = 9.21;

/** Normal, by the sum of twelve (Irwin & Hall): near enough for means. */
function normal(chance: Chance): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += chance.fraction();
  return sum;
}

Deno.test("predict() moves by the velocity and spreads as white acceleration does", () => {
  const motion: Motion = {
    ...{ position: [1, 2], velocity: [3, -4], atMs: 0 },
    covariance: [1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 4],
  };
  const { position, velocity, covariance, atMs } = predict(motion, 2000, 3);
  assert.deepEqual([position, velocity, atMs], [[7, -6], [3, -4], 2000]);
  // P: p + v dt² + q dt³/3, v dt + q dt²/2, v + q dt
  near(covariance, [21, 0, 12, 0, 0, 26, 0, 14, 12, 0, 9, 0, 0, 14, 0, 10]);
});

Deno.test("predict() in two steps is as in one, and back in time changes nothing", () => {
  const motion = update(begin(measured(0, 0), 0, 2), measured(1, -1, 2));
  const [once, twice] = [predict(motion, 900, 1.5), predict(predict(motion, 350, 1.5), 900, 1.5)];
  near(twice.position, once.position);
  near(twice.covariance, once.covariance);
  assert.equal(predict(motion, -1, 1), motion);
  assert.equal(predict(motion, 0, 1), motion);
  assert.equal(predict(motion, NaN, 1), motion);
});

Deno.test("update() weighs what is known against what is measured by their variances", () => {
  const { position, velocity, covariance } = update(
    begin(measured(0, 0, 1), 0, 2),
    measured(4, 8, 3),
  );
  near(position, [1, 2]);
  near(velocity, [0, 0]);
  near(covariance, [0.75, 0, 0, 0, 0, 0.75, 0, 0, 0, 0, 4, 0, 0, 0, 0, 4]);
});

Deno.test("update() with tilted covariances is the weighted mean by their inverses", () => {
  const start = begin({ position: [0, 0], covariance: [2, 1, 3] }, 0, 1);
  const { position, covariance } = update(start, { position: [1, 1], covariance: [1, -0.5, 2] });
  // (P⁻¹ + R⁻¹)⁻¹ = [[34, 5], [5, 65]] / 51 and P (P + R)⁻¹ z by hand
  const determinant = 3 * 5 - 0.5 * 0.5;
  const [sxx, sxy, syy] = [5 / determinant, -0.5 / determinant, 3 / determinant];
  const [kx, ky] = [sxx + sxy, sxy + syy];
  near(position, [2 * kx + 1 * ky, 1 * kx + 3 * ky]);
  const left = [1 - 2 * sxx - sxy, -2 * sxy - syy];
  near([covariance[0], covariance[1]], [left[0] * 2 + left[1] * 1, left[0] * 1 + left[1] * 3]);
});

Deno.test("gateDistance2() is the squared distance in standard deviations of both together", () => {
  const motion = begin(measured(0, 0, 3), 0, 1);
  near([gateDistance2(motion, measured(4, 0, 1))], [4]);
  near([gateDistance2(motion, measured(3, 4, 2))], [5]);
});

Deno.test("the covariance stays symmetric and positive definite through thousands of steps", () => {
  const variance = fc.double({ min: 1e-4, max: 1e4, noNaN: true });
  const step = fc.record({
    afterMs: fc.integer({ min: 0, max: 20_000 }),
    variance,
    tilt: variance,
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 50, maxLength: 300 }), (steps) => {
      let motion = begin(measured(0, 0), 0, 3);
      for (const { afterMs, variance, tilt } of steps) {
        motion = predict(motion, motion.atMs + afterMs, 1);
        const both = 0.99 * Math.sqrt(variance * tilt);
        motion = update(motion, { position: [1, 2], covariance: [variance, both, tilt] });
        const p = motion.covariance;
        p.forEach((value, i) => assert.equal(value, p[(i % 4) * 4 + (i >> 2)]));
        assert.ok(isProper(positionCovariance(motion)) && p[10] > 0 && p[15] > 0);
      }
    }),
    { seed: 83, numRuns: 60 },
  );
});

Deno.test("of true measurements hardly one in 10,000 is beyond the gate, and the errors are as large as is said", () => {
  const chance = new Chance(7);
  let [inside, beyond, all, error2] = [0, 0, 0, 0];
  for (let run = 0; run < 300; run++) {
    const truth = [0, 0, normal(chance), normal(chance)];
    let motion: Motion | null = null;
    for (let i = 0; i <= 40; i++) {
      if (i > 0) accelerate(truth, 0.2, 0.5, chance);
      const seen = measured(truth[0] + 0.7 * normal(chance), truth[1] + 0.7 * normal(chance), 0.49);
      if (!motion) {
        motion = begin(seen, 0, 1);
        continue;
      }
      const now: Motion = predict(motion, i * 200, 0.5);
      if (gateDistance2(now, seen) <= GATE_99) inside++;
      if (gateDistance2(now, seen) > GATE) beyond++;
      all++;
      motion = update(now, seen);
    }
    error2 += gateDistance2({ ...motion!, covariance: motion!.covariance }, {
      position: [truth[0], truth[1]],
      covariance: [1e-9, 0, 1e-9],
    });
  }
  assert.ok(Math.abs(inside / all - 0.99) < 0.004, `${inside / all}`);
  assert.ok(beyond <= 5, `${beyond} of ${all}`);
  // χ² with two degrees of freedom has mean 2; of 300 the mean is within 0.35 in 997 of 1000 cases
  assert.ok(Math.abs(error2 / 300 - 2) < 0.35, `${error2 / 300}`);
});

/** White acceleration over `dt` seconds, exactly: position and velocity change together. */
function accelerate(truth: number[], dt: number, density: number, chance: Chance): void {
  for (const axis of [0, 1]) {
    const [a, b] = [normal(chance), normal(chance)];
    const root = Math.sqrt(density * dt);
    truth[axis] += truth[axis + 2] * dt + root * dt * (a / 2 + b / Math.sqrt(12));
    truth[axis + 2] += root * a;
  }
}
