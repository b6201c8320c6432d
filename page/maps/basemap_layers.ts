/**
 * Layers of vector maps. Their names and kinds are those of the Protomaps basemap, versions 3 and 4
 * (docs.protomaps.com/basemaps/layers). No names are written: letters would have to come from a network.
 */
import type {
  CircleLayerSpecification,
  ExpressionSpecification,
  FillLayerSpecification,
  LineLayerSpecification,
} from "maplibre-gl";
import type { MapColours } from "./map_colours.ts";

type Shape = FillLayerSpecification | LineLayerSpecification | CircleLayerSpecification;
type LinePaint = NonNullable<LineLayerSpecification["paint"]>;
interface Of {
  readonly id: string;
  readonly source: string;
  readonly layer: string;
}

/** Version 3 wrote its own properties with a prefix. */
const KIND: ExpressionSpecification = ["coalesce", ["get", "kind"], ["get", "pmap:kind"], ""];
const GREEN = [
  ...["park", "forest", "wood", "grass", "grassland", "meadow", "scrub", "nature_reserve"],
  ...["orchard", "cemetery", "golf_course", "garden", "recreation_ground", "village_green"],
  ...["national_park", "protected_area", "allotments", "pitch", "playground", "zoo", "farm"],
  ...["farmland", "wetland"],
];
/** Widths at zoom 20, px: about 12, 8, 6 and 5 m at 45° of latitude. */
const HIGHWAY_PX = 227;
const MAJOR_PX = 150;
const MEDIUM_PX = 115;
const MINOR_PX = 95;
const PATH_PX = 30;
const RIVER_PX = 60;
const EDGE_PX = 2;

/** The basemap's, the lowest first. */
export function basemapLayers(source: string, colours: MapColours): readonly Shape[] {
  const { land, green, used, water, building, buildingEdge, boundary } = colours;
  const of = (layer: string) => ({ id: layer, source, layer });
  const either = (other: string): ExpressionSpecification => ["match", KIND, GREEN, green, other];
  const river = { "line-color": water, "line-width": growing(1, RIVER_PX) };
  return [
    area(of("earth"), land),
    area(of("landcover"), either(land)),
    area(of("landuse"), either(used)),
    area(of("natural"), either(land)),
    area(of("water"), water),
    { ...line({ ...of("water"), id: "river" }, river), filter: isA("LineString") },
    line(of("physical_line"), river),
    ...roads(source, colours),
    area(of("buildings"), building, buildingEdge),
    line(of("boundaries"), {
      "line-color": boundary,
      "line-width": 1.5,
      "line-dasharray": [4, 3],
    }),
  ];
}

/** Of a layer that is none of the basemap's, such as a drawing of the site: all of it, as outlines. */
export function ownLayers(source: string, layer: string, { own }: MapColours): readonly Shape[] {
  const of = (part: string) => ({ id: `own-${part}-${layer}`, source, layer });
  return [
    {
      ...area(of("area"), own),
      paint: { "fill-color": own, "fill-opacity": 0.12 },
    },
    line(of("line"), { "line-color": own, "line-width": 1.5 }),
    {
      ...base(of("point")),
      type: "circle",
      filter: isA("Point"),
      paint: { "circle-color": own, "circle-radius": 4 },
    },
  ];
}

function roads(source: string, { road, roadEdge, path }: MapColours): readonly Shape[] {
  const isThin: ExpressionSpecification = ["in", KIND, ["literal", ["path", "rail"]]];
  const of = (part: string) => ({ id: `roads-${part}`, source, layer: "roads" });
  const wide = (part: string, colour: string, morePx: number): Shape => ({
    ...line(of(part), { "line-color": colour, "line-width": growing(1 + morePx, width(morePx)) }),
    filter: ["!", isThin],
    layout: { "line-cap": "round", "line-join": "round" },
  });
  return [
    wide("edge", roadEdge, EDGE_PX),
    wide("bed", road, 0),
    {
      ...line(of("thin"), {
        "line-color": path,
        "line-width": growing(0.8, PATH_PX),
        "line-dasharray": [3, 1.5],
      }),
      filter: isThin,
    },
  ];
}

function width(morePx: number): ExpressionSpecification {
  return [
    "match",
    KIND,
    "highway",
    HIGHWAY_PX + morePx,
    "major_road",
    MAJOR_PX + morePx,
    "medium_road",
    MEDIUM_PX + morePx,
    MINOR_PX + morePx,
  ];
}

/** As what is on the ground does: twice as wide with each zoom. */
function growing(
  atTenPx: number,
  atTwentyPx: number | ExpressionSpecification,
): ExpressionSpecification {
  return ["interpolate", ["exponential", 2], ["zoom"], 10, atTenPx, 20, atTwentyPx];
}

function area(
  of: Of,
  colour: string | ExpressionSpecification,
  edge?: string,
): FillLayerSpecification {
  const paint = { "fill-color": colour, ...edge && { "fill-outline-color": edge } };
  return { ...base(of), type: "fill", filter: isA("Polygon"), paint };
}

function line(of: Of, paint: LinePaint): LineLayerSpecification {
  return { ...base(of), type: "line", paint };
}

function base({ id, source, layer }: Of) {
  return { id, source, "source-layer": layer };
}

function isA(type: "Polygon" | "LineString" | "Point"): ExpressionSpecification {
  return ["==", ["geometry-type"], type];
}
