import assert from "node:assert/strict";
import type { MapArchive } from "./map_archive.ts";
import { MAP_COLOURS } from "./map_colours.ts";
import { mapStyle } from "./map_style.ts";

const VECTOR: MapArchive = {
  ...{ tiles: "vector", bounds: [7, 51, 9, 53], minZoom: 2, maxZoom: 15, attribution: "" },
  layers: ["earth", "roads", "places", "pois", "fences"],
};
const RASTER: MapArchive = { ...VECTOR, tiles: "raster", layers: [] };
const TILES = "map://{z}/{x}/{y}";

Deno.test("mapStyle() asks for tiles within the map's bounds and zooms alone", () => {
  assert.deepEqual(mapStyle(VECTOR, TILES, "day").sources, {
    map: { type: "vector", tiles: [TILES], minzoom: 2, maxzoom: 15, bounds: [7, 51, 9, 53] },
  });
  const overDateLine: MapArchive = { ...RASTER, bounds: [178, -20, -176, -10] };
  assert.deepEqual(mapStyle(overDateLine, TILES, "day").sources, {
    map: { type: "raster", tileSize: 256, tiles: [TILES], minzoom: 2, maxzoom: 15 },
  });
});

Deno.test("mapStyle() needs no network: no letters, no signs, no other addresses", () => {
  for (const archive of [VECTOR, RASTER]) {
    const style = mapStyle(archive, TILES, "sun");
    assert.deepEqual(Object.keys(style).sort(), ["layers", "sources", "version"]);
    assert.deepEqual(style.layers.filter(({ type }) => type === "symbol"), []);
    assert.doesNotMatch(JSON.stringify(style), /https?:/);
  }
});

Deno.test("mapStyle() paints the basemap's layers in the theme's colours, each once", () => {
  for (const theme of ["dusk", "day", "sun"] as const) {
    const { layers } = mapStyle(VECTOR, TILES, theme);
    assert.equal(new Set(layers.map(({ id }) => id)).size, layers.length);
    const earth = layers.find(({ id }) => id === "earth");
    assert.deepEqual(earth?.paint, { "fill-color": MAP_COLOURS[theme].land });
    for (const name of ["landuse", "water", "roads", "buildings", "boundaries"]) {
      assert.ok(
        layers.some((layer) => "source-layer" in layer && layer["source-layer"] === name),
        name,
      );
    }
  }
});

Deno.test("mapStyle() draws layers that are not the basemap's as outlines, and leaves out names", () => {
  const { layers } = mapStyle(VECTOR, TILES, "day");
  const of = (name: string) =>
    layers.flatMap((layer) =>
      "source-layer" in layer && layer["source-layer"] === name ? layer.type : []
    );
  assert.deepEqual(of("fences"), ["fill", "line", "circle"]);
  assert.deepEqual([...of("places"), ...of("pois")], []);
});

Deno.test("mapStyle() dims pictures at dusk, and shows them as they are by day and in the sun", () => {
  const paint = (theme: "dusk" | "day" | "sun") => mapStyle(RASTER, TILES, theme).layers[0].paint;
  assert.deepEqual(paint("day"), { "raster-fade-duration": 0 });
  assert.deepEqual(paint("sun"), paint("day"));
  assert.ok(JSON.stringify(paint("dusk")).includes('"raster-brightness-max":0.5'));
});
