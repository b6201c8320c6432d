import assert from "node:assert/strict";
import fc from "fast-check";
import { PMTiles, TileType } from "pmtiles";
import { pictureMap, vectorMap } from "../../tests/fixtures/maps.ts";
import { pmtilesArchive } from "../../tests/fixtures/pmtiles_archive.ts";
import { mercator } from "./plan_camera.ts";
import { BlobSource, readArchive } from "./read_archive.ts";

const PLACE = { latitude: 52, longitude: 8 };
const good = pictureMap(PLACE).file;

function read(bytes: Uint8Array<ArrayBuffer>) {
  return readArchive(new Blob([bytes]));
}

/** The good archive with bytes at an offset in place of its own. */
function changed(offset: number, ...bytes: readonly number[]): Uint8Array<ArrayBuffer> {
  const copy = good.slice();
  copy.set(bytes, offset);
  return copy;
}

async function problemOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const answer = await read(bytes);
  return "problem" in answer ? answer.problem : "";
}

Deno.test("readArchive() tells what a picture map and a vector map say of themselves", async () => {
  const picture = await read(good);
  assert.ok("tiles" in picture);
  const { bounds: [west, south, east, north], ...rest } = picture;
  assert.deepEqual(rest, {
    ...{ tiles: "raster", minZoom: 15, maxZoom: 15, attribution: "© Test maps", layers: [] },
  });
  assert.ok(west < 8 && east > 8 && south < 52 && north > 52 && east - west < 0.04);
  const vector = await read(vectorMap(PLACE).file);
  assert.ok("tiles" in vector);
  assert.deepEqual([vector.tiles, vector.layers], ["vector", ["earth", "buildings"]]);
});

Deno.test("BlobSource gives PMTiles the tiles that were written", async () => {
  const archive = new PMTiles(new BlobSource(new Blob([good])));
  const { x, y } = mercator(PLACE);
  const tile = await archive.getZxy(15, Math.floor(x * 2 ** 15), Math.floor(y * 2 ** 15));
  assert.ok(tile);
  assert.deepEqual([...new Uint8Array(tile.data, 1, 3)], [0x50, 0x4e, 0x47]);
});

Deno.test("readArchive() says of what is no archive what to choose", async () => {
  for (const bytes of [new Uint8Array(), new Uint8Array(500), good.slice(0, 100)]) {
    assert.match(await problemOf(bytes), /does not begin as a PMTiles archive.*\.pmtiles/);
  }
});

Deno.test("readArchive() names the version that it does not read", async () => {
  assert.match(await problemOf(changed(7, 4)), /version 4.*reads version 3/);
  assert.match(await problemOf(changed(0, 0x50, 0x4d, 2, 0)), /version 2.*convert/);
});

Deno.test("readArchive() names tiles and packings that it does not draw", async () => {
  assert.match(await problemOf(changed(99, TileType.Avif)), /AVIF pictures.*PNG, JPEG and WebP/);
  assert.match(await problemOf(changed(99, TileType.Mlt)), /MLT/);
  assert.match(await problemOf(changed(99, 77)), /unknown kind \(77\)/);
  assert.match(await problemOf(changed(97, 3)), /Brotli.*gzip/);
  assert.match(await problemOf(changed(98, 4)), /Zstandard/);
});

Deno.test("readArchive() takes PNG, JPEG, WebP and vector tiles", async () => {
  for (const type of [TileType.Png, TileType.Jpeg, TileType.Webp]) {
    const archive = await read(changed(99, type));
    assert.ok("tiles" in archive && archive.tiles === "raster");
  }
});

Deno.test("readArchive() tells how much is missing of a file that was cut off", async () => {
  const whole = good.length;
  assert.match(
    await problemOf(good.slice(0, whole - 1)),
    new RegExp(`${whole - 1} of ${whole} bytes`),
  );
});

Deno.test("readArchive() refuses an archive without tiles", async () => {
  assert.match(await problemOf(changed(16, 0, 0, 0, 0, 0, 0, 0, 0)), /no tiles/);
});

Deno.test("readArchive() refuses zooms and bounds that are none", async () => {
  assert.match(await problemOf(changed(100, 9, 3)), /zooms 9 to 3/);
  assert.match(await problemOf(changed(101, 40)), /zooms 15 to 40/);
  const tiles = [{ z: 0, x: 0, y: 0, bytes: new Uint8Array([1]) }];
  for (const bounds of [[0, 0, 0, 0], [0, 5, 1, 4], [-181, 0, 1, 1], [0, 0, 1, 91]] as const) {
    const bytes = pmtilesArchive({ type: TileType.Png, tiles, bounds });
    assert.match(await problemOf(bytes), /does not say what part of the earth/);
  }
});

Deno.test("readArchive() takes a description with nothing known in it, and none that is broken", async () => {
  const tiles = [{ z: 0, x: 0, y: 0, bytes: new Uint8Array([1]) }];
  const of = { type: TileType.Mvt, tiles, bounds: [0, 0, 1, 1] } as const;
  for (const metadata of [null, [], "text", { vector_layers: [7, null, { id: 3 }] }]) {
    const archive = await read(pmtilesArchive({ ...of, metadata }));
    assert.ok("tiles" in archive);
    assert.deepEqual([archive.attribution, archive.layers], ["", []]);
  }
  const bytes = pmtilesArchive({ ...of, metadata: {} });
  const [offset, length] = [24, 32].map((at) => bytes[at]);
  bytes.fill(0, offset, offset + length);
  assert.match(await problemOf(bytes), /contents cannot be read/);
});

Deno.test("readArchive() answers whatever the bytes of the header are", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 7, max: 126 }), fc.integer({ min: 0, max: 255 }))),
      async (changes) => {
        const copy = good.slice();
        for (const [offset, byte] of changes) copy[offset] = byte;
        const answer = await read(copy);
        assert.ok("problem" in answer ? answer.problem.length > 20 : answer.maxZoom <= 31);
      },
    ),
    { seed: 82, numRuns: 500 },
  );
});
