import assert from "node:assert/strict";
import { render } from "preact-render-to-string";
import type { KeptMap } from "../../page/maps/map_archive.ts";
import MapGroundCard from "./map_ground_card.tsx";
import { drawProblem, groundMap, groundProblem, groundStep } from "./map_ground_state.ts";

const MAP: KeptMap = {
  archive: {
    ...{ tiles: "vector", bounds: [7, 51, 9, 53], minZoom: 0, maxZoom: 15 },
    ...{ attribution: "© <b>Mappers</b>", layers: [] },
  },
  ...{ name: "valley.pmtiles", file: new Blob(["0123456789"]), keptAtMs: 0 },
};
const HERE = { latitude: 52, longitude: 8 };

function html(origin: typeof HERE | null, mayRule = true): string {
  return render(<MapGroundCard origin={origin} mayRule={mayRule} onOrigin={() => {}} />);
}

function words(origin: typeof HERE | null, mayRule?: boolean): string {
  return html(origin, mayRule).replace(/<svg.*?<\/svg>/gs, " ").replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");
}

Deno.test("MapGroundCard without a map says what to choose", () => {
  groundMap.value = null;
  assert.match(words(HERE), /needs no network\. Choose a \.pmtiles file.*Choose a map file/);
  assert.doesNotMatch(words(HERE), /Remove/);
});

Deno.test("MapGroundCard says what map is kept, how large, whose it is, and that names are left out", () => {
  groundMap.value = MAP;
  assert.match(words(HERE), /valley\.pmtiles , 10 bytes, on this device\./);
  assert.match(html(HERE), /© &lt;b(>|&gt;)Mappers/, "as text, not as HTML");
  assert.match(words(HERE), /Drawn without names.*Choose another map file.*Remove the map/);
});

Deno.test("MapGroundCard offers to put the site on the map, to those who may", () => {
  groundMap.value = MAP;
  assert.match(words(null), /no place on earth yet.*Put the site in the middle of this map/);
  assert.match(words(null, false), /once an admin of the crew has said/);
  assert.doesNotMatch(words(null, false), /Put the site/);
  assert.match(words({ latitude: 50, longitude: 8 }), /The site is not on this map/);
  assert.doesNotMatch(words(HERE), /The site is not|no place on earth/);
});

Deno.test("MapGroundCard says what it is doing, and what went wrong", () => {
  groundMap.value = MAP;
  groundStep.value = "keeping";
  assert.match(words(HERE), /Storing the map on this device/);
  assert.doesNotMatch(words(HERE), /Remove the map|Choose another/);
  groundStep.value = null;
  groundProblem.value = { title: "x.pmtiles was not taken as a map", what: "It is cut off." };
  drawProblem.value = "WebGL 2 is missing.";
  assert.match(words(HERE), /x\.pmtiles was not taken as a map It is cut off\./);
  assert.match(words(HERE), /not shown as it should be WebGL 2 is missing\./);
  groundProblem.value = drawProblem.value = null;
});
