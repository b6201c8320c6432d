/** What vector maps are painted with: behind the plan's marks, so none of them is as strong as a mark. */
import type { MapTheme } from "./map_archive.ts";

export interface MapColours {
  readonly land: string;
  readonly green: string;
  /** Land that is used: works, schools, airfields. */
  readonly used: string;
  readonly water: string;
  readonly building: string;
  readonly buildingEdge: string;
  readonly road: string;
  readonly roadEdge: string;
  readonly path: string;
  readonly boundary: string;
  /** Of layers that are not the basemap's: a site's own drawing. */
  readonly own: string;
}

export const MAP_COLOURS: Readonly<Record<MapTheme, MapColours>> = {
  dusk: {
    land: "#18211e",
    green: "#1b2d22",
    used: "#1f2623",
    water: "#14303f",
    building: "#323e39",
    buildingEdge: "#4a5952",
    road: "#3a4742",
    roadEdge: "#0e1412",
    path: "#5a6b63",
    boundary: "#71857a",
    own: "#a3b3aa",
  },
  day: {
    land: "#f7f5ee",
    green: "#dde9d2",
    used: "#eeebe1",
    water: "#bcdcec",
    building: "#dcd8cc",
    buildingEdge: "#bdb8a9",
    road: "#ffffff",
    roadEdge: "#c9c5b8",
    path: "#a39d8c",
    boundary: "#8b8f86",
    own: "#55615a",
  },
  sun: {
    land: "#ffffff",
    green: "#e3f2dc",
    used: "#f2f2f2",
    water: "#b5defa",
    building: "#d9d9d9",
    buildingEdge: "#6f6f6f",
    road: "#ffffff",
    roadEdge: "#5c5c5c",
    path: "#5c5c5c",
    boundary: "#3d3d3d",
    own: "#1f1f1f",
  },
};
