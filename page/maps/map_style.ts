/** How a map looks: pictures as they are, vector tiles in the theme's colours. */
import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import { basemapLayers, ownLayers } from "./basemap_layers.ts";
import type { MapArchive, MapTheme } from "./map_archive.ts";
import { MAP_COLOURS } from "./map_colours.ts";

export const SOURCE = "map";
/** Layers of the basemap that hold names alone, or what its other layers show too. */
const LEFT_OUT: readonly string[] = ["places", "pois", "physical_point", "transit"];

/** `tiles` is the address of a tile, with {z}, {x} and {y} in it. */
export function mapStyle(archive: MapArchive, tiles: string, theme: MapTheme): StyleSpecification {
  const { bounds: [west, south, east, north], minZoom, maxZoom } = archive;
  const bounds: [number, number, number, number] = [west, south, east, north];
  // MapLibre takes none that go over the date line
  const within = west < east && { bounds };
  const source = { tiles: [tiles], minzoom: minZoom, maxzoom: maxZoom, ...within };
  return archive.tiles === "raster"
    ? {
      version: 8,
      sources: { [SOURCE]: { type: "raster", tileSize: 256, ...source } },
      layers: [pictures(theme)],
    }
    : {
      version: 8,
      sources: { [SOURCE]: { type: "vector", ...source } },
      layers: vectorLayers(archive.layers, theme),
    };
}

/** Dimmed at dusk: marks stay the brightest. */
function pictures(theme: MapTheme): LayerSpecification {
  const dimmed = theme === "dusk" && { "raster-brightness-max": 0.5, "raster-saturation": -0.3 };
  return {
    id: "pictures",
    type: "raster",
    source: SOURCE,
    paint: { "raster-fade-duration": 0, ...dimmed },
  };
}

function vectorLayers(names: readonly string[], theme: MapTheme): LayerSpecification[] {
  const colours = MAP_COLOURS[theme];
  const basemap = basemapLayers(SOURCE, colours);
  const known = new Set([...LEFT_OUT, ...basemap.map((layer) => layer["source-layer"])]);
  const others = names.filter((name) => !known.has(name));
  return [...basemap, ...others.flatMap((name) => ownLayers(SOURCE, name, colours))];
}
