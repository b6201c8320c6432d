/** Several estimates of one object's position become one. Only + − × ÷: all agents get the same bits. */
import { inverse, isotropic, plus, times, trace } from "./covariance.ts";
import type { TrackRegister } from "./world_state.ts";
import type { Covariance, Vector } from "./world_track.ts";

/** Metres and m/s. */
export interface Estimate {
  readonly position: Vector;
  readonly velocity: Vector;
  readonly covariance: Covariance;
}

/** Unseen things are taken to go on for so long, and then to be about where they would be. */
const COAST_S = 2;
/** What a velocity may be off by, m/s, and white acceleration, m²/s³, while nobody looks. */
const SPEED_DEVIATION = 0.3;
const ACCELERATION_NOISE = 1;
const MM = 1000;

/** Where what a register says is at `atMs`; before its own time, where it was then. */
export function estimateAt(register: TrackRegister, atMs: number): Estimate {
  const { position, velocity, covariance } = register;
  const s = Math.max(0, atMs - register.atMs) / 1000;
  const moved = Math.min(s, COAST_S);
  const speed: Vector = [velocity[0] / MM, velocity[1] / MM];
  const grown = SPEED_DEVIATION * SPEED_DEVIATION * s * s + ACCELERATION_NOISE * s * s * s / 3;
  const [xx, xy, yy] = covariance.map((value) => value / (MM * MM));
  return {
    position: [position[0] / MM + speed[0] * moved, position[1] / MM + speed[1] * moved],
    velocity: s > COAST_S ? [0, 0] : speed,
    covariance: plus([xx, xy, yy], isotropic(grown)),
  };
}

/** Weighted with their information, for errors that are independent of each other. */
export function combine(estimates: readonly Estimate[]): Estimate {
  return weigh(estimates, estimates.map(() => 1));
}

/**
 * Covariance intersection (Julier & Uhlmann, "A Non-divergent Estimation Algorithm in the Presence of Unknown
 * Correlations", 1997): never surer than it may be, however the errors depend on each other. The weights are
 * Niehsen's (2002), by the inverse of the traces, which need no search.
 */
export function intersect(estimates: readonly Estimate[]): Estimate {
  const inverses = estimates.map(({ covariance }) => 1 / trace(covariance));
  const sum = inverses.reduce((total, one) => total + one, 0);
  return weigh(estimates, inverses.map((one) => one / sum));
}

function weigh(estimates: readonly Estimate[], weights: readonly number[]): Estimate {
  if (estimates.length === 1) return estimates[0];
  let information: Covariance = [0, 0, 0];
  let [position, velocity]: [Vector, Vector] = [[0, 0], [0, 0]];
  for (const [i, estimate] of estimates.entries()) {
    const [xx, xy, yy] = inverse(estimate.covariance);
    const part: Covariance = [weights[i] * xx, weights[i] * xy, weights[i] * yy];
    information = plus(information, part);
    position = sum(position, times(part, estimate.position));
    velocity = sum(velocity, times(part, estimate.velocity));
  }
  const covariance = inverse(information);
  return {
    position: times(covariance, position),
    velocity: times(covariance, velocity),
    covariance,
  };
}

function sum([ax, ay]: Vector, [bx, by]: Vector): Vector {
  return [ax + bx, ay + by];
}
