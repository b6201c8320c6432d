/** What a page's plan shows of its map, pixel by pixel. */
import assert from "node:assert/strict";
import type { ElementHandle } from "puppeteer-core";
import type { LatLon, PlanFrame } from "../../field/world/plan_frame.ts";
import type { Frame } from "../../models/model.ts";
import { decodePicture } from "../../models/picture_file.ts";
import { waitFor } from "../wait_for.ts";
import type { WatchedPage } from "./watched_page.ts";

const DRAWN_WITHIN_MS = 30_000;

/** Chromium's flags for WebGL in software. */
export const SOFTWARE_WEBGL: readonly string[] = [
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
];

export type Colour = readonly [number, number, number];

/** Chooses a file as a user does, on the card of the map. */
export async function chooseMap({ page }: WatchedPage, path: string): Promise<void> {
  const input = await page.waitForSelector(".map-card input[type=file]");
  await (input as ElementHandle<HTMLInputElement>).uploadFile(path);
}

/** Hides all that is drawn over the map, so that its own pixels can be read. */
export async function bareMap({ page }: WatchedPage): Promise<void> {
  await page.evaluate(() => {
    const over =
      ".plan-picture, .plan-zoom, .plan-north, .plan-scale, .plan-chips, .map-credit, .toast";
    for (const element of document.querySelectorAll<SVGElement | HTMLElement>(over)) {
      element.style.opacity = "0";
    }
  });
}

/** The plan as the screen shows it. */
export async function planPixels({ page }: WatchedPage): Promise<Frame> {
  const plan = await page.$(".plan-pad");
  assert.ok(plan, "no plan");
  // beyond the viewport, scroll bars would go, and the plan become wider than it is
  return decodePicture(await plan.screenshot({ type: "png", captureBeyondViewport: false }));
}

export function colourAt({ data, width }: Frame, x: number, y: number): Colour {
  const at = 4 * (Math.round(y) * width + Math.round(x));
  return [data[at], data[at + 1], data[at + 2]];
}

export function isLike(a: Colour, b: Colour, within = 6): boolean {
  return a.every((part, i) => Math.abs(part - b[i]) <= within);
}

/** Resolves with the plan's pixels when they are as they should be. */
export async function untilPixels(
  page: WatchedPage,
  what: string,
  holds: (pixels: Frame) => boolean,
): Promise<Frame> {
  let pixels = await planPixels(page);
  const areRight = async () => holds(pixels) || holds(pixels = await planPixels(page));
  await waitFor(what, areRight, (are) => are, { withinMs: DRAWN_WITHIN_MS, pauseMs: 150 });
  return pixels;
}

/** Where the plan itself draws a place, px from its upper left corner: by what its SVG says. */
export async function onPlan(
  { page }: WatchedPage,
  frame: PlanFrame,
  place: LatLon,
): Promise<readonly [number, number]> {
  const transform = await page.$eval(".in-metres", (group) => group.getAttribute("transform"));
  const [a, b, c, d, x, y] = (transform ?? "").slice("matrix(".length, -1).split(" ").map(Number);
  const [east, north] = frame.toPlan(place);
  return [a * east + c * north + x, b * east + d * north + y];
}

/** The middle of what is not `ground` around a point, weighed by how different it is; null: all is ground. */
export function middleNear(
  pixels: Frame,
  [x, y]: readonly [number, number],
  reachPx: number,
  ground: Colour,
): readonly [number, number] | null {
  let [sum, right, down] = [0, 0, 0];
  for (let row = Math.ceil(y - reachPx); row <= y + reachPx; row++) {
    for (let column = Math.ceil(x - reachPx); column <= x + reachPx; column++) {
      const colour = colourAt(pixels, column, row);
      const weight = colour.reduce((all, part, i) => all + Math.abs(part - ground[i]), 0);
      if (weight <= 6) continue;
      sum += weight;
      // a pixel's middle
      right += weight * (column + 0.5);
      down += weight * (row + 0.5);
    }
  }
  return sum === 0 ? null : [right / sum, down / sum];
}
