import assert from "node:assert/strict";
import fc from "fast-check";
import { unzipSync } from "fflate";
import {
  exportAs,
  type ExportChunk,
  type ExportFile,
  type ExportSource,
} from "../field/export/export_as.ts";
import type { NotedObservation } from "../field/observation.ts";
import {
  type Album,
  album,
  NOON_MS,
  someObservations,
  TrialSource,
} from "./fixtures/export_source.ts";
import { readCsv } from "./fixtures/read_csv.ts";

const FORMATS = ["zip", "camtrap-dp", "megadetector", "coco", "csv", "geojson"] as const;
const RUNS = { numRuns: 60 };

const pictures = await album();
const observations = someObservations(pictures.hashes);
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

async function read(file: ExportFile): Promise<{ bytes: Uint8Array; last: ExportChunk }> {
  const chunks: ExportChunk[] = [];
  for await (const chunk of file.parts) chunks.push(chunk);
  const bytes = await new Blob(chunks.map((chunk) => chunk.bytes)).bytes();
  return { bytes, last: chunks[chunks.length - 1] };
}

async function textOf(file: ExportFile): Promise<string> {
  return utf8.decode((await read(file)).bytes);
}

/** What an export says must be so; `check` gets the source and the records behind it. */
async function forAll(
  check: (source: TrialSource, made: readonly NotedObservation[]) => Promise<void>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(observations, (made) => check(new TrialSource(made, pictures), made)),
    RUNS,
  );
}

Deno.test("exportAs(csv) says of every observation what is known, whatever is in its texts", () =>
  forAll(async (source, made) => {
    const text = await textOf(exportAs("csv", source));
    checkRows(text, made, source, () => "");
  }));

Deno.test("exportAs(csv) leaves nothing that a spreadsheet takes for a formula, in any locale", () =>
  forAll(async (source) => {
    const text = await textOf(exportAs("csv", source));
    for (const row of readCsv(text.slice(1))) {
      for (const cell of Object.values(row)) {
        assert.ok(!/^[=+\-@\t\r＝＋－＠]/.test(cell) || /^-[\d.]+$/.test(cell), cell);
      }
    }
    for (const piece of text.split(/[;\t\r\n]/)) {
      assert.ok(!/^"*[=+\-@＝＋－＠]/.test(piece), piece);
    }
  }));

Deno.test("exportAs(geojson) is a FeatureCollection of all observations, with null for no place", () =>
  forAll(async (source, made) => {
    checkFeatures(JSON.parse(await textOf(exportAs("geojson", source))), made, () => null);
  }));

Deno.test("exportAs(zip) holds tables, the pictures that are here, and a list of the others", () =>
  forAll(async (source, made) => {
    const { bytes, last } = await read(exportAs("zip", source));
    const files = unzipSync(bytes);
    const pathOf = (hash: string) => pathIn(files, hash);
    checkRows(utf8.decode(files["observations.csv"]), made, source, (hash) => pathOf(hash) ?? "");
    checkFeatures(JSON.parse(utf8.decode(files["observations.geojson"])), made, pathOf);
    const spoken = new Set(made.flatMap(({ thumb, frame }) => [thumb ?? [], frame ?? []].flat()));
    const here = [...spoken].filter((hash) => pathOf(hash) !== null);
    for (const hash of here) {
      assert.deepEqual(files[pathOf(hash) ?? ""], pictures.blobs.get(hash)?.bytes);
      assert.match(pictures.blobs.get(hash)?.type ?? "", /^image\//);
    }
    assert.equal(
      Object.keys(files).filter((name) => name.startsWith("media/")).length,
      here.length,
    );
    const missing = readCsv(utf8.decode(files["missing-media.csv"]).slice(1));
    assert.equal(last.missingMedia, spoken.size - here.length);
    assert.deepEqual(
      new Set(missing.map(({ sha256 }) => sha256)),
      spoken.difference(new Set(here)),
    );
    assert.deepEqual(
      missing.map(({ observation, picture }) => `${observation} ${picture}`).sort(),
      made.flatMap((one) => [
        ...(one.thumb && !pathOf(one.thumb) ? [`${one.id} thumbnail`] : []),
        ...(one.frame && !pathOf(one.frame) ? [`${one.id} frame`] : []),
      ]).sort(),
    );
    for (const { why } of missing) {
      assert.match(why, /^(unknown|on the way|removed .* on 2026-11-21|not a)/);
    }
    const readme = utf8.decode(files["README.txt"]);
    for (
      const column of Object.keys(readCsv(utf8.decode(files["observations.csv"]).slice(1))[0] ?? {})
    ) {
      assert.ok(readme.includes(`\n${column} `) || readme.includes(`\n${column}\r`), column);
    }
  }));

Deno.test("exportAs(megadetector) follows the format, an entry a picture", () =>
  forAll(async (source, made) => {
    const { bytes, last } = await read(exportAs("megadetector", source));
    const text = utf8.decode(bytes);
    const results = JSON.parse(text);
    checkMegadetector(results, text);
    const entries = new Map(results.images.map((image: MdImage) => [image.file, image]));
    assert.equal(entries.size, results.images.length);
    const files = new Set<string>();
    let detections = 0;
    for (const one of made) {
      const isHere = (hash: string) => pictures.blobs.get(hash)?.type === "image/jpeg";
      const shown = [one.frame ?? [], one.thumb ?? []].flat();
      const hash = shown.find(isHere) ?? shown[0];
      if (hash === undefined) continue;
      files.add(`media/${hash.slice(0, 32)}.jpg`);
      const image = entries.get(`media/${hash.slice(0, 32)}.jpg`) as MdImage;
      assert.equal(image.failure === undefined, isHere(hash));
      checkDetection(image, results, one, hash === one.frame);
      if (isHere(hash) && categoryOf(one) !== undefined) detections++;
    }
    assert.equal(
      results.images.flatMap((image: MdImage) => image.detections ?? []).length,
      detections,
    );
    assert.deepEqual(new Set(entries.keys()), files);
    const isJpeg = (hash: string) => pictures.blobs.get(hash)?.type === "image/jpeg";
    assert.equal(last.missingMedia, soughtInVain(made, isJpeg).size);
    assert.equal(results.info.fieldmesh.missing_media, last.missingMedia);
  }));

Deno.test("exportAs(coco) has images with their true sizes and boxes within them", () =>
  forAll(async (source, made) => {
    const { bytes, last } = await read(exportAs("coco", source));
    const set = JSON.parse(utf8.decode(bytes));
    checkCoco(set);
    const isHere = (hash: string) => pictures.sizes.has(hash);
    const bestOf = ({ frame, thumb }: NotedObservation) =>
      [frame ?? [], thumb ?? []].flat().find(isHere);
    const expected = made.filter((one) => bestOf(one) !== undefined);
    assert.deepEqual(
      new Set(set.images.map(({ file_name }: CocoImage) => file_name)),
      new Set(expected.map((one) => `media/${bestOf(one)?.slice(0, 32)}.jpg`)),
    );
    for (const image of set.images as CocoImage[]) {
      const hash = [...pictures.sizes.keys()].find((hash) =>
        image.file_name.includes(hash.slice(0, 32))
      );
      const { width, height } = image;
      assert.deepEqual({ width, height }, pictures.sizes.get(hash ?? ""));
    }
    const annotated = new Map<string, CocoAnnotation>(
      set.annotations.map((one: CocoAnnotation) => [one.observation, one]),
    );
    assert.deepEqual(
      [...annotated.keys()].sort(),
      expected.filter(({ notes }) => !notes?.wrong).map(({ id }) => id).sort(),
    );
    for (const one of expected.filter(({ notes }) => !notes?.wrong)) {
      checkAnnotation(annotated.get(one.id), set, one);
    }
    const missing = set.info.missing_media as { sha256: string; observation: string }[];
    const sought = soughtInVain(made, isHere);
    assert.equal(last.missingMedia, sought.size);
    assert.deepEqual(new Set(missing.map(({ sha256 }) => sha256)), sought);
  }));

Deno.test("exportAs() makes the same bytes of the same records, and goes from 0 to all steps", () =>
  forAll(async (source) => {
    for (const format of FORMATS) {
      const [one, other] = [
        await read(exportAs(format, source)),
        await read(exportAs(format, source)),
      ];
      assert.deepEqual(one.bytes, other.bytes);
      assert.equal(one.last.done, one.last.total);
      assert.equal(source.open, 0);
    }
  }));

Deno.test("exportAs() names its file after the day and the format", () => {
  const source = new TrialSource([], pictures);
  assert.deepEqual(FORMATS.map((format) => exportAs(format, source).name), [
    "fieldmesh-2026-11-21.zip",
    "fieldmesh-2026-11-21-camtrap-dp.zip",
    "fieldmesh-2026-11-21-megadetector.json",
    "fieldmesh-2026-11-21-coco.json",
    "fieldmesh-2026-11-21.csv",
    "fieldmesh-2026-11-21.geojson",
  ]);
  assert.equal(source.passes, 0);
});

Deno.test("exportAs() hands out chunks of 64 to 512 KB, each in a buffer of its own", async () => {
  for (const format of FORMATS) {
    const chunks: ExportChunk[] = [];
    for await (const chunk of exportAs(format, manyOf(5000)).parts) chunks.push(chunk);
    const full = chunks.slice(0, -1).filter(({ bytes }) => bytes.length > 0);
    assert.ok(full.length > 1, format);
    for (const { bytes } of full) {
      assert.ok(
        bytes.length >= 64 * 1024 && bytes.length <= 512 * 1024,
        `${format} ${bytes.length}`,
      );
    }
    for (const { bytes } of chunks) assert.equal(bytes.length, bytes.buffer.byteLength);
    assert.equal(new Set(chunks.map(({ bytes }) => bytes.buffer)).size, chunks.length);
    const steps = chunks.map(({ done }) => done);
    assert.deepEqual(steps, steps.toSorted((a, b) => a - b));
    assert.ok(chunks.every(({ done, total }) => done <= total));
  }
});

Deno.test("exportAs() tells how far it is at least every 2,500 steps, also where it writes nothing", async () => {
  for (const format of FORMATS) {
    let before = 0;
    for await (const { done, total } of exportAs(format, manyOf(5000)).parts) {
      assert.ok(done - before <= 2500, `${format}: ${before} to ${done} of ${total}`);
      before = done;
    }
  }
});

Deno.test("exportAs() leaves nothing open when it is cancelled, wherever that is", async () => {
  for (const format of FORMATS) {
    for (let chunks = 0; chunks < 8; chunks++) {
      const source = manyOf(5000);
      const { parts } = exportAs(format, source);
      for (let i = 0; i < chunks; i++) await parts.next();
      await parts.return();
      assert.equal(source.open, 0, `${format} after ${chunks} chunks`);
      assert.deepEqual(await parts.next(), { value: undefined, done: true });
    }
  }
});

Deno.test("exportAs() ends with the source's failure, and nothing stays open", async () => {
  for (const format of FORMATS) {
    const source = new (class extends TrialSource {
      override async *observations(): AsyncGenerator<NotedObservation> {
        yield* super.observations();
        throw new Error("the disk is gone");
      }
    })([observation(1)], pictures);
    await assert.rejects(read(exportAs(format, source)), /the disk is gone/);
    assert.equal(source.open, 0);
  }
});

Deno.test("exportAs() agrees with itself while records come in and pictures are thinned", async () => {
  const { bytes } = await read(exportAs("zip", livingSource()));
  const files = unzipSync(bytes);
  const rows = readCsv(utf8.decode(files["observations.csv"]).slice(1));
  const { features } = JSON.parse(utf8.decode(files["observations.geojson"]));
  assert.deepEqual(rows.map(({ id }) => id), [3, 2, 1].map((i) => observation(i).id));
  assert.deepEqual(features.map(({ id }: Feature) => id), rows.map(({ id }) => id));
  for (const { thumbnail_file } of rows) assert.ok(thumbnail_file in files, thumbnail_file);
  const [megadetector, coco] = [
    JSON.parse(await textOf(exportAs("megadetector", livingSource()))),
    JSON.parse(await textOf(exportAs("coco", livingSource()))),
  ];
  checkCoco(coco);
  assert.equal(coco.annotations.length, 3);
  assert.equal(megadetector.images.length, 2);
});

Deno.test("exportAs() comes to its end also when observations go while it reads", async () => {
  for (const format of FORMATS) {
    const source = new (class extends TrialSource {
      override async *observations(): AsyncGenerator<NotedObservation> {
        const isFirst = this.passes === 0;
        for await (const one of super.observations()) {
          if (isFirst || one.id !== observation(2).id) yield one;
        }
      }
    })([observation(3), observation(2), observation(1)], pictures);
    const { last } = await read(exportAs(format, source));
    assert.equal(last.done, last.total, format);
  }
});

/** In each pass but the first, a new observation has come; each picture can be read once. */
function livingSource(): TrialSource {
  const given = new Set<string>();
  return new (class extends TrialSource {
    override async *observations(): AsyncGenerator<NotedObservation> {
      const isFirst = this.passes === 0;
      if (!isFirst) yield observation(1000 + this.passes);
      yield* super.observations();
      if (!isFirst) yield { ...observation(0), id: "b2b2b2b2b2b2-1" };
    }
    override blob(hash: string) {
      const isThinned = given.has(hash);
      given.add(hash);
      return isThinned ? Promise.resolve(null) : super.blob(hash);
    }
  })([observation(3), observation(2), observation(1)], pictures);
}

/** A device stands in a garden; every tenth observation has no place, every seventh no picture. */
function observation(i: number): NotedObservation {
  const [jpeg, , , , missing] = [...pictures.sizes.keys()];
  return {
    id: `a1a1a1a1a1a1-${(i * 1024).toString(36)}`,
    device: "a1".repeat(32),
    label: ["dog", "person", "cup"][i % 3],
    score: (i % 1000) / 1000,
    box: { x: 0.1, y: 0.2, width: 0.3, height: 0.4 },
    first: NOON_MS + i * 1000,
    last: NOON_MS + i * 1000 + 500,
    open: false,
    frames: 3,
    source: "Back camera",
    model: { id: "nanodet_g", sha256: "6d".repeat(32) },
    ...(i % 10 ? { place: { latitude: 47, longitude: 8, accuracyM: 5 } } : {}),
    ...(i % 7 ? { thumb: i % 2 ? jpeg : missing } : {}),
    size: { width: 1280, height: 720 },
  };
}

/** Each with a picture of its own, so that formats with a line a picture grow too. */
function manyOf(count: number): TrialSource {
  const [jpeg] = pictures.blobs.values();
  const media = new Map(pictures.media);
  const blobs = new Map(pictures.blobs);
  const made = Array.from({ length: count }, (_, i) => {
    const hash = i.toString(16).padStart(8, "0").padEnd(64, "5");
    media.set(hash, { hash, type: jpeg.type, size: 1, at: 1, state: "here", copies: [] });
    blobs.set(hash, { ...jpeg, hash });
    // so that no format may leave out its list of missing pictures
    const lost = i === 1 ? { frame: "0".repeat(64) } : {};
    return { ...observation(i), thumb: hash, ...lost };
  });
  return new TrialSource(made, { ...pictures, media, blobs } satisfies Album);
}

// ------------------------------------------------------------------ independent readers

/** A thumbnail is sought only where the frame is not there. */
function soughtInVain(
  made: readonly NotedObservation[],
  isHere: (hash: string) => boolean,
): Set<string> {
  return new Set(made.flatMap(({ frame, thumb }) => {
    const sought = [frame ?? [], thumb ?? []].flat();
    const found = sought.findIndex(isHere);
    return found === -1 ? sought : sought.slice(0, found);
  }));
}

function pathIn(files: Readonly<Record<string, unknown>>, hash: string): string | null {
  return Object.keys(files).find((name) => name.startsWith(`media/${hash.slice(0, 32)}.`)) ?? null;
}

/** README's rule: one ' is taken away at the beginning and after what a program may split at. */
function asWritten(cell: string): string {
  return cell.replace(/(^|[;"\t\r\n])'/g, "$1");
}

/** What a table can hold of a text: halves of characters and control characters are replaced. */
function asText(text: string): string {
  const isControl = (char: string) => char < " " && !"\t\r\n".includes(char) || char === "\x7f";
  return [...text.toWellFormed()].map((char) => isControl(char) ? "\ufffd" : char).join("");
}

function checkRows(
  text: string,
  made: readonly NotedObservation[],
  source: ExportSource,
  fileOf: (hash: string) => string,
): void {
  assert.equal(text[0], "\ufeff");
  const rows = readCsv(text.slice(1));
  assert.equal(rows.length, made.length);
  const byId = new Map(made.map((one) => [one.id, one]));
  for (const row of rows) {
    const one = byId.get(row.id);
    assert.ok(one);
    const texts = {
      class: one.notes?.class ?? one.label,
      class_by: one.notes?.class === undefined ? "model" : "person",
      class_by_model: one.label,
      class_by_person: one.notes?.class ?? "",
      comment: one.notes?.comment ?? "",
      source: one.source,
      device: one.device,
      device_name: source.nameOf(one.device),
      model: one.model.id,
      model_name: source.modelName(one.model.id),
      model_sha256: one.model.sha256,
      starred: String(one.notes?.star ?? false),
      wrong: String(one.notes?.wrong ?? false),
      still_in_view: String(one.open),
      thumbnail_sha256: one.thumb ?? "",
      frame_sha256: one.frame ?? "",
      thumbnail_file: one.thumb ? fileOf(one.thumb) : "",
      frame_file: one.frame ? fileOf(one.frame) : "",
    };
    for (const [name, value] of Object.entries(texts)) {
      assert.equal(asWritten(row[name]), asText(value), name);
    }
    checkNumbers(row, one);
    assert.deepEqual(
      (asWritten(row.labels).match(/(?:\\[^]|[^|\\])+/g) ?? []).map((label) =>
        label.replace(/\\([^])/g, "$1")
      ),
      (one.notes?.labels ?? []).map(asText),
    );
  }
}

function checkNumbers(row: Record<string, string>, one: NotedObservation): void {
  const numbers = {
    score: one.score,
    duration_s: (one.last - one.first) / 1000,
    latitude: one.place?.latitude,
    longitude: one.place?.longitude,
    accuracy_m: one.place?.accuracyM,
    frames: one.frames,
    box_x: one.box.x,
    box_y: one.box.y,
    box_width: one.box.width,
    box_height: one.box.height,
    frame_width: one.size?.width,
    frame_height: one.size?.height,
    clock_ahead_s: one.clockAheadMs === undefined ? undefined : one.clockAheadMs / 1000,
  };
  for (const [name, value] of Object.entries(numbers)) {
    assert.match(row[name], /^(-?\d+(\.\d+)?)?$/, name);
    assert.equal(row[name] === "" ? undefined : Number(row[name]) + 0, value && value + 0, name);
  }
  assert.equal(Date.parse(row.first), one.first);
  assert.equal(Date.parse(row.last), one.last);
  for (const name of ["first", "last"] as const) {
    const corrected = one.clockAheadMs === undefined ? NaN : one[name] - one.clockAheadMs;
    const isInRange = corrected >= -62_135_596_800_000 && corrected <= 253_402_300_799_999;
    assert.equal(Date.parse(row[`${name}_corrected`]), isInRange ? corrected : NaN);
  }
}

interface Feature {
  readonly type: string;
  readonly id: string;
  readonly geometry: { readonly type: string; readonly coordinates: number[] } | null;
  readonly properties: Record<string, unknown>;
}

function checkFeatures(
  collection: { readonly type: string; readonly features: readonly Feature[] },
  made: readonly NotedObservation[],
  fileOf: (hash: string) => string | null,
): void {
  assert.equal(collection.type, "FeatureCollection");
  assert.equal(collection.features.length, made.length);
  const byId = new Map(made.map((one) => [one.id, one]));
  for (const { type, id, geometry, properties } of collection.features) {
    const one = byId.get(id);
    assert.ok(one);
    assert.equal(type, "Feature");
    assert.deepEqual(
      geometry,
      one.place
        ? { type: "Point", coordinates: [one.place.longitude + 0, one.place.latitude + 0] }
        : null,
    );
    assert.equal(properties.accuracy_m, one.place?.accuracyM ?? null);
    assert.equal(properties.class, one.notes?.class ?? one.label);
    assert.equal(properties.comment, one.notes?.comment ?? null);
    assert.deepEqual(properties.labels, one.notes?.labels ?? []);
    assert.equal(properties.score, one.score);
    assert.equal(properties.starred, one.notes?.star ?? false);
    assert.equal(properties.thumbnail_file, one.thumb ? fileOf(one.thumb) : null);
    assert.equal(Date.parse(String(properties.first)), one.first);
  }
}

interface MdImage {
  readonly file: string;
  readonly failure?: string;
  readonly detections:
    | readonly {
      readonly category: string;
      readonly conf: number;
      readonly bbox: readonly number[];
      readonly classifications: readonly (readonly [string, number])[];
    }[]
    | null;
}

interface MdResults {
  readonly info: { readonly format_version: string };
  readonly detection_categories: Record<string, string>;
  readonly classification_categories: Record<string, string>;
  readonly images: readonly MdImage[];
}

/** The rules of format 1.6, in the words of its page. */
function checkMegadetector(results: MdResults, text: string): void {
  assert.equal(results.info.format_version, "1.6");
  assert.deepEqual(results.detection_categories, { 1: "animal", 2: "person", 3: "vehicle" });
  for (const [id, name] of Object.entries(results.classification_categories)) {
    assert.match(id, /^\d+$/);
    assert.ok(name.length > 0);
  }
  for (const image of results.images) {
    assert.ok(!image.file.startsWith("/") && !image.file.includes("\\"));
    if (image.failure !== undefined) assert.equal(image.detections, null);
    else assert.ok(Array.isArray(image.detections));
    for (const { category, conf, bbox, classifications } of image.detections ?? []) {
      assert.ok(category in results.detection_categories);
      assert.ok(conf >= 0 && conf <= 1);
      const [x, y, width, height] = bbox;
      assert.ok([x, y, width, height].every((share) => share >= 0 && share <= 1));
      assert.ok(x + width <= 1 + 2e-6 && y + height <= 1 + 2e-6);
      for (const [id, sure] of classifications) {
        assert.ok(id in results.classification_categories && sure >= 0 && sure <= 1);
      }
    }
  }
  // its validator asks for floats, and Python reads 1 as an integer
  assert.ok(!/"conf":\d+[,}]/.test(text), "conf without a decimal point");
}

const MD_CATEGORY: Readonly<Record<string, string>> = {
  dog: "1",
  bird: "1",
  fox: "1",
  person: "2",
  car: "3",
};

/** What a person calls by a word that is not known stays an animal. */
function categoryOf({ label, notes }: NotedObservation): string | undefined {
  if (notes?.wrong) return undefined;
  const isUnknown = notes?.class !== undefined && /Rehe|=cmd/.test(notes.class);
  if (isUnknown) return MD_CATEGORY[label] === "1" ? "1" : undefined;
  if (notes?.class === "mouse") return "1";
  return MD_CATEGORY[notes?.class ?? label];
}

function checkDetection(
  image: MdImage,
  results: MdResults,
  one: NotedObservation,
  isFrame: boolean,
): void {
  const category = categoryOf(one);
  if (!image.detections || category === undefined) return;
  const found = image.detections.find(({ conf, bbox, classifications: [[id, sure]], ...rest }) =>
    rest.category === category && conf === one.score &&
    results.classification_categories[id] === (one.notes?.class ?? one.label) &&
    sure === (one.notes?.class === undefined ? one.score : 1) &&
    (!isFrame || bbox.join() === [one.box.x, one.box.y, one.box.width, one.box.height].join())
  );
  assert.ok(found, `${one.id} in ${JSON.stringify(image)}`);
}

interface CocoImage {
  readonly id: number;
  readonly file_name: string;
  readonly width: number;
  readonly height: number;
}
interface CocoAnnotation {
  readonly id: number;
  readonly image_id: number;
  readonly category_id: number;
  readonly bbox: readonly number[];
  readonly area: number;
  readonly iscrowd: number;
  readonly score: number;
  readonly observation: string;
}
interface CocoSet {
  readonly images: readonly CocoImage[];
  readonly annotations: readonly CocoAnnotation[];
  readonly categories: readonly { readonly id: number; readonly name: string }[];
}

function checkCoco(set: CocoSet): void {
  for (const list of [set.images, set.annotations, set.categories]) {
    const ids = list.map(({ id }) => id);
    assert.ok(ids.every((id) => Number.isInteger(id) && id > 0));
    assert.equal(new Set(ids).size, ids.length);
  }
  const names = set.categories.map(({ name }) => name);
  assert.deepEqual(names, [...new Set(names)].sort());
  const imageOf = new Map(set.images.map((image) => [image.id, image]));
  for (const { image_id, category_id, bbox, area, iscrowd } of set.annotations) {
    const image = imageOf.get(image_id);
    assert.ok(image);
    assert.ok(set.categories.some(({ id }) => id === category_id));
    const [x, y, width, height] = bbox;
    assert.ok(x >= 0 && y >= 0 && width > 0 && height > 0);
    assert.ok(x + width <= image.width + 0.011 && y + height <= image.height + 0.011);
    assert.ok(Math.abs(area - width * height) <= 0.01);
    assert.equal(iscrowd, 0);
  }
}

function checkAnnotation(
  annotation: CocoAnnotation | undefined,
  set: CocoSet,
  one: NotedObservation,
): void {
  assert.ok(annotation);
  assert.equal(annotation.score, one.score);
  const category = set.categories.find(({ id }) => id === annotation.category_id);
  assert.equal(category?.name, one.notes?.class ?? one.label);
  const image = set.images.find(({ id }) => id === annotation.image_id);
  if (!image || !one.frame || !image.file_name.includes(one.frame.slice(0, 32))) return;
  const [x, y, width, height] = annotation.bbox;
  const { box } = one;
  const isClose = (a: number, b: number) => Math.abs(a - b) <= 1;
  assert.ok(isClose(x, box.x * image.width) && isClose(y, box.y * image.height));
  assert.ok(isClose(width, box.width * image.width) && isClose(height, box.height * image.height));
}
