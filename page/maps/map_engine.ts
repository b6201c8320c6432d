/** What a page loads when it has a map to draw or to take in: MapLibre and PMTiles come with it. */
export { MapPicture } from "./map_picture.ts";
export { readArchive } from "./read_archive.ts";
