import type { Cutout, Picture } from "../cutout/cutout.ts";
import type { Box } from "../observation.ts";
import type { Vector } from "../world/world_track.ts";
import { type Canvas, copyPart, layOver } from "./canvas.ts";
import { Chance } from "./chance.ts";
import { paintGround } from "./ground.ts";
import { FRAME_PX, groundOf, PX_PER_M } from "./layout.ts";
import { placeAt, placeObjects, type SceneObject } from "./scene_objects.ts";
import { cutSwarmObjects } from "./swarm_objects.ts";
import type { SwarmPictures } from "./swarm_options.ts";
import type { SwarmLabel } from "./swarm_report.ts";

/** A true object as a frame shows it. */
export interface ShownObject {
  readonly id: string;
  readonly label: SwarmLabel;
  /** In fractions of the frame, also where it lies beyond. */
  readonly box: Box;
  readonly isWhole: boolean;
}

/**
 * What the swarm flies over: the same seed, place and time give the same pixels on every device. North is on top.
 * All is drawn at whole pixels, so that a true place and the drawn one differ by at most 3 cm.
 */
export class SwarmScene {
  /** East and north, m. */
  readonly groundM: Vector;
  readonly objects: readonly SceneObject[];
  readonly #ground: Canvas;
  readonly #cutouts: Readonly<Record<SwarmLabel, Cutout>>;

  /** Cutting out takes about half a second. */
  constructor(pictures: SwarmPictures, seed: number, drones: number) {
    const chance = new Chance(seed);
    this.groundM = groundOf(drones);
    const [width, height] = this.groundM.map((metres) => Math.floor(metres * PX_PER_M));
    this.#ground = paintGround(pictures.coffee, width, height, chance.below(2 ** 31));
    this.#cutouts = cutSwarmObjects(pictures);
    this.objects = placeObjects(chance.branch(), drones);
  }

  /** With nothing on it. RGBA. */
  get picture(): Picture {
    const { width, height, pixels } = this.#ground;
    return { width, height, data: new Uint8ClampedArray(pixels.slice().buffer) };
  }

  /** Width and height of what lies there, m. */
  sizeOf(label: SwarmLabel): Vector {
    const [left, top, right, bottom] = this.#cutouts[label].object;
    return [(right - left) / PX_PER_M, (bottom - top) / PX_PER_M];
  }

  /** The corner of the frame whose middle is nearest to that place, pixels from the top left; within the ground. */
  cornerAt([east, north]: Vector): readonly [number, number] {
    const { width, height } = this.#ground;
    const within = (corner: number, size: number) =>
      Math.max(0, Math.min(size - FRAME_PX, Math.round(corner)));
    return [
      within(east * PX_PER_M - FRAME_PX / 2, width),
      within(height - north * PX_PER_M - FRAME_PX / 2, height),
    ];
  }

  /** The middle of the frame with that corner, m. */
  middleOf([x, y]: readonly [number, number]): Vector {
    const middle = FRAME_PX / 2;
    return [(x + middle) / PX_PER_M, (this.#ground.height - y - middle) / PX_PER_M];
  }

  /** RGBA. `ms` since the start. */
  render([x, y]: readonly [number, number], ms: number): Uint8ClampedArray<ArrayBuffer> {
    const pixels = new Int32Array(FRAME_PX * FRAME_PX);
    const canvas = { width: FRAME_PX, height: FRAME_PX, pixels };
    copyPart(canvas, this.#ground, x, y);
    for (const object of this.objects) {
      const [left, top] = this.#topLeft(object, ms);
      layOver(canvas, this.#cutouts[object.label], left - x, top - y);
    }
    return new Uint8ClampedArray(pixels.buffer);
  }

  /** What of the objects a frame shows, if only in part. */
  shown([x, y]: readonly [number, number], ms: number): readonly ShownObject[] {
    return this.objects.flatMap((object) => {
      const [left, top] = this.#topLeft(object, ms);
      const edges = this.#cutouts[object.label].object;
      const [west, north] = [left - x + edges[0], top - y + edges[1]];
      const [east, south] = [left - x + edges[2], top - y + edges[3]];
      if (east <= 0 || south <= 0 || west >= FRAME_PX || north >= FRAME_PX) return [];
      const isWhole = west >= 0 && north >= 0 && east <= FRAME_PX && south <= FRAME_PX;
      const box = {
        ...{ x: west / FRAME_PX, y: north / FRAME_PX },
        ...{ width: (east - west) / FRAME_PX, height: (south - north) / FRAME_PX },
      };
      return [{ id: object.id, label: object.label, box, isWhole }];
    });
  }

  /** Of an object's cutout on the ground's picture. */
  #topLeft(object: SceneObject, ms: number): readonly [number, number] {
    const [east, north] = placeAt(object, ms);
    const [left, top, right, bottom] = this.#cutouts[object.label].object;
    return [
      Math.round(east * PX_PER_M - (left + right) / 2),
      Math.round(this.#ground.height - north * PX_PER_M - (top + bottom) / 2),
    ];
  }
}
