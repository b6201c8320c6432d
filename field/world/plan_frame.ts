/**
 * A site's plan: metres east and north of an origin in latitude and longitude.
 *
 * Second-order series about the origin with the ellipsoid's own radii of curvature there (WGS 84, NIMA
 * TR8350.2; the radii: Snyder, "Map Projections", 1987, equations 4-18 and 4-20). Within 5 km and up to
 * 70° of latitude it is off the tangent plane by less than 2 cm; up to 80°, by less than 10 cm.
 */
import type { Vector } from "./world_track.ts";

/** WGS 84 degrees. */
export interface LatLon {
  readonly latitude: number;
  readonly longitude: number;
}

const EQUATOR_M = 6_378_137;
const FLATTENING = 1 / 298.257223563;
const ECCENTRICITY_2 = FLATTENING * (2 - FLATTENING);
const RADIANS = Math.PI / 180;
/** Nearer to a pole, east and north of one origin mean little. */
const MOST_LATITUDE = 85;
/** Each round leaves about a thousandth of the error. */
const ROUNDS = 6;

export class PlanFrame {
  readonly #origin: LatLon;
  readonly #sin: number;
  readonly #cos: number;
  /** Radii of curvature along the meridian and across it, m. */
  readonly #meridianM: number;
  readonly #acrossM: number;
  /** How the meridian's radius changes with latitude, m a radian. */
  readonly #bend: number;

  /** Throws when the origin is no place, or within 5° of a pole. */
  constructor(origin: LatLon) {
    const { latitude, longitude } = origin;
    if (!(Math.abs(latitude) <= MOST_LATITUDE) || !(Math.abs(longitude) <= 180)) {
      throw new Error(`Cannot lay out a plan: ${latitude}, ${longitude} is no origin of one`);
    }
    this.#origin = { latitude, longitude };
    this.#sin = Math.sin(latitude * RADIANS);
    this.#cos = Math.cos(latitude * RADIANS);
    const w = 1 - ECCENTRICITY_2 * this.#sin * this.#sin;
    this.#acrossM = EQUATOR_M / Math.sqrt(w);
    this.#meridianM = EQUATOR_M * (1 - ECCENTRICITY_2) / (w * Math.sqrt(w));
    this.#bend = 3 * ECCENTRICITY_2 * this.#sin * this.#cos * this.#meridianM / w;
  }

  get origin(): LatLon {
    return this.#origin;
  }

  /** Metres east and north of the origin. */
  toPlan({ latitude, longitude }: LatLon): Vector {
    const north = (latitude - this.#origin.latitude) * RADIANS;
    const east = turned(longitude - this.#origin.longitude) * RADIANS;
    return [
      east * (this.#acrossM * this.#cos - this.#meridianM * this.#sin * north),
      north * (this.#meridianM + this.#bend * north / 2) + this.#sag(east),
    ];
  }

  /** The inverse of {@link PlanFrame.toPlan}, by fixed-point rounds. */
  toLatLon([eastM, northM]: Vector): LatLon {
    let [north, east] = [0, 0];
    for (let i = 0; i < ROUNDS; i++) {
      north = (northM - this.#sag(east)) / (this.#meridianM + this.#bend * north / 2);
      east = eastM / (this.#acrossM * this.#cos - this.#meridianM * this.#sin * north);
    }
    return {
      latitude: this.#origin.latitude + north / RADIANS,
      longitude: turned(this.#origin.longitude + east / RADIANS),
    };
  }

  /** By how much a parallel bends to the pole, m. */
  #sag(east: number): number {
    return this.#acrossM * this.#sin * this.#cos * east * east / 2;
  }
}

/** The same direction in −180..180 degrees. */
function turned(degrees: number): number {
  return degrees - 360 * Math.round(degrees / 360);
}
