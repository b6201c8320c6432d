/** A map under the plan: taken in from a file, drawn where it belongs, and there without a network. */
import assert from "node:assert/strict";
import type { Browser } from "puppeteer-core";
import { PlanFrame } from "../../field/world/plan_frame.ts";
import { MAP_COLOURS } from "../../page/maps/map_colours.ts";
import type { Frame } from "../../models/model.ts";
import {
  type KnownMap,
  PICTURE_COLOURS,
  pictureMap,
  townMap,
  vectorMap,
} from "../fixtures/maps.ts";
import { TemporaryFolder } from "../temporary_folder.ts";
import { click, HUB_STOPPED, openApp, reloadApp, untilShown, untilStored } from "./app.ts";
import { openChromium, openFirefox } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { RunningHub } from "./hub.ts";
import {
  bareMap,
  chooseMap,
  type Colour,
  colourAt,
  isLike,
  middleNear,
  onPlan,
  planPixels,
  SOFTWARE_WEBGL,
  untilPixels,
} from "./map_picture.ts";
import type { OpenOptions, WatchedPage } from "./watched_page.ts";

const PATH = "places";
const PUT = "Put the site in the middle of this map";
/** Half a square of the vector map is 4.8 m at the equator. */
const SQUARE_M = 9.6;
/** From 30 m to 300 m across the plan: farther out a square is too few pixels to have a middle. */
const ZOOMS = 7;
/** Where the ellipsoid's two radii would be more than a pixel apart. */
const WIDE = { width: 1280, height: 900 };
const LAND = colourOf(MAP_COLOURS.day.land);

endToEnd(
  "a picture map is taken in, drawn under the plan, and drawn again with no network",
  async () => {
    await using folder = await TemporaryFolder.make("map");
    await using hub = await RunningHub.start();
    await using browser = await openChromium({ args: SOFTWARE_WEBGL });
    await using page = await openPlan(browser.puppeteer, `${hub.url}${PATH}`);
    await untilStored(page);
    await takeIn(page, folder, pictureMap({ latitude: 52, longitude: 8 }));
    await untilShown(page, /map\.pmtiles, .* on this device/);
    await untilShown(page, /© Test maps/);
    await click(page, "button", PUT);
    await bareMap(page);
    await untilPixels(page, "ground in the west and water in the east", showsBoth);

    page.expectErrors(...HUB_STOPPED);
    await hub.stop();
    await reloadApp(page);
    await bareMap(page);
    await untilPixels(page, "the same without a network", showsBoth);
    await click(page, "button", "Remove the map");
    await untilPixels(page, "the plan alone", (pixels) => !showsBoth(pixels));
    await reloadApp(page);
    await untilShown(page, /Choose a map file/);
  },
);

for (const latitude of [0, 52, 70]) {
  endToEnd(
    `a map at ${latitude} degrees lies within a pixel of the plan at every zoom`,
    async () => {
      await using folder = await TemporaryFolder.make("map");
      await using hub = await RunningHub.start();
      await using browser = await openChromium({ args: SOFTWARE_WEBGL });
      await using page = await openPlan(browser.puppeteer, `${hub.url}${PATH}`, { viewport: WIDE });
      const map = vectorMap({ latitude, longitude: 8 });
      await takeIn(page, folder, map);
      await click(page, "button", PUT);
      for (let zoom = 0; zoom < ZOOMS; zoom++) {
        if (zoom > 0) await click(page, "button", "Zoom out");
        await assertAligned(page, map);
      }
    },
  );
}

endToEnd(
  "a vector map is drawn in the colours of the theme, also of one chosen later",
  async () => {
    await using folder = await TemporaryFolder.make("map");
    await using hub = await RunningHub.start();
    await using browser = await openChromium({ args: SOFTWARE_WEBGL });
    await using page = await openPlan(browser.puppeteer, `${hub.url}${PATH}`);
    await takeIn(page, folder, townMap({ latitude: 52, longitude: 8 }));
    await click(page, "button", PUT);
    for (let zoom = 0; zoom < 5; zoom++) await click(page, "button", "Zoom out");
    await bareMap(page);
    for (const theme of ["day", "dusk", "sun"] as const) {
      await page.page.evaluate((theme) => {
        document.documentElement.dataset.theme = theme;
      }, theme);
      const [land, water] = [MAP_COLOURS[theme].land, MAP_COLOURS[theme].water].map(colourOf);
      await untilPixels(page, `land in the west and a lake in the east, by ${theme}`, (pixels) => {
        const row = pixels.height / 2;
        return isLike(colourAt(pixels, 20, row), land) &&
          isLike(colourAt(pixels, pixels.width - 20, row), water);
      });
    }
    const words = await page.page.$eval(".map-card", (card) => card.textContent);
    assert.doesNotMatch(words ?? "", /not shown as it should be/);
  },
);

endToEnd(
  "an update brings what draws maps to a device that has a map, and to no other",
  async () => {
    await using hub = await RunningHub.start();
    await using browser = await openChromium();
    await using page = await openApp(browser.puppeteer, hub.url);
    await untilStored(page);
    assert.deepEqual(await keptScripts(page), []);
    await page.page.evaluate(async () => {
      const extras = await caches.open("fieldmesh-extras");
      for (const name of ["map_engine-EARLIER1.js", "map_worker-EARLIER1.js"]) {
        await extras.put(`/assets/${name}`, new Response("of an earlier version"));
      }
      await (await navigator.serviceWorker.getRegistration())?.unregister();
    });
    await reloadApp(page);
    await untilStored(page);
    const kept = await keptScripts(page);
    assert.equal(kept.length, 2);
    assert.match(kept.join(), /map_engine-.*map_worker-/);
    assert.doesNotMatch(kept.join(), /EARLIER/);
  },
);

endToEnd("a file that is no map is refused in words, and the map before stays", async () => {
  await using folder = await TemporaryFolder.make("map");
  await using hub = await RunningHub.start();
  await using browser = await openChromium({ args: SOFTWARE_WEBGL });
  await using page = await openPlan(browser.puppeteer, `${hub.url}${PATH}`);
  await takeIn(page, folder, pictureMap({ latitude: 0, longitude: 0 }));
  await untilShown(page, /map\.pmtiles, .* on this device/);
  await Deno.writeTextFile(`${folder.path}/photo.pmtiles`, "no map");
  await chooseMap(page, `${folder.path}/photo.pmtiles`);
  await untilShown(page, /photo\.pmtiles was not taken as a map/);
  await untilShown(page, /does not begin as a PMTiles archive/);
  await untilShown(page, /map\.pmtiles, .* on this device/);
});

endToEnd("in Firefox a map is kept, and without WebGL the plan goes on without it", async () => {
  await using folder = await TemporaryFolder.make("map");
  await using hub = await RunningHub.start();
  await using browser = await openFirefox();
  await using page = await openPlan(browser.puppeteer, `${hub.url}${PATH}`);
  const hasWebGl = await page.page.evaluate(() =>
    document.createElement("canvas").getContext("webgl2") !== null
  );
  await takeIn(page, folder, pictureMap({ latitude: 52, longitude: 8 }));
  await click(page, "button", PUT);
  await reloadApp(page);
  await untilShown(page, /map\.pmtiles, .* on this device/);
  if (hasWebGl) {
    await bareMap(page);
    await untilPixels(page, "ground in the west and water in the east", showsBoth);
  } else await untilShown(page, /draws no map here: WebGL 2 is missing/);
});

/** What draws maps, as far as this device keeps it. */
function keptScripts({ page }: WatchedPage): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const kept = await (await caches.open("fieldmesh-extras")).keys();
    return kept.map(({ url }) => url).filter((url) => url.includes("/assets/map_")).sort();
  });
}

/** The plan, which shows nothing before somebody is on it. */
async function openPlan(where: Browser, url: string, options?: OpenOptions): Promise<WatchedPage> {
  const page = await openApp(where, url, options);
  await page.page.evaluate(() =>
    globalThis.fieldmesh.placeCamera({
      kind: "pose",
      pose: {
        ...{ position: [0, 0], heightM: 3, headingDeg: 0, tiltDeg: 20, fovDeg: 60 },
        ...{ aspect: 4 / 3, rangeM: 10 },
      },
      error: { positionM: 1, heightM: 0.1, headingDeg: 5, tiltDeg: 2, fovDeg: 2 },
    })
  );
  await inDaylight(page);
  return page;
}

/** The theme whose colours the tests know. */
async function inDaylight({ page }: WatchedPage): Promise<void> {
  await page.evaluate(() => {
    localStorage.setItem("fieldmesh.theme", "day");
    document.documentElement.dataset.theme = "day";
  });
}

async function takeIn(page: WatchedPage, folder: TemporaryFolder, map: KnownMap): Promise<void> {
  const path = `${folder.path}/map.pmtiles`;
  await Deno.writeFile(path, map.file);
  await chooseMap(page, path);
}

/** The map's middle is the border of ground and water, and the plan's origin; the plan has it in view. */
function showsBoth(pixels: Frame): boolean {
  const row = pixels.height - 20;
  return isLike(colourAt(pixels, 8, row), PICTURE_COLOURS.ground) &&
    isLike(colourAt(pixels, pixels.width - 8, row), PICTURE_COLOURS.water);
}

/** Each square in view is where the plan would draw its middle. */
async function assertAligned(page: WatchedPage, { middle, squares }: KnownMap): Promise<void> {
  await bareMap(page);
  const frame = new PlanFrame(middle);
  const marks = await Promise.all(squares.map((place) => onPlan(page, frame, place)));
  const [[left], [right]] = await Promise.all(
    [-SQUARE_M / 2, SQUARE_M / 2].map((east) => onPlan(page, frame, frame.toLatLon([east, 0]))),
  );
  // a square and a little of what is around it
  const reachPx = 1.2 * (right - left) / 2 + 3;
  const areThere = (misses: readonly number[]) => misses.length > 0 && Math.max(...misses) < 1;
  try {
    const what = "every square within a pixel of its mark";
    await untilPixels(page, what, (pixels) => areThere(missesPx(pixels, marks, reachPx)));
  } catch (error) {
    const misses = missesPx(await planPixels(page), marks, reachPx);
    throw new Error(`${error}; the squares are off by ${misses} px`);
  }
}

/** How far from its mark each square is that is wholly on the plan, px. */
function missesPx(
  pixels: Frame,
  marks: readonly (readonly [number, number])[],
  reachPx: number,
): readonly number[] {
  const { width, height } = pixels;
  const seen = marks.filter(([x, y]) => Math.min(x, y, width - x, height - y) > reachPx + 2);
  return seen.map((mark) => {
    const found = middleNear(pixels, mark, reachPx, LAND);
    return found ? Math.hypot(found[0] - mark[0], found[1] - mark[1]) : Infinity;
  });
}

function colourOf(hex: string): Colour {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return [red, green, blue];
}
