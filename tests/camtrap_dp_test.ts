import assert from "node:assert/strict";
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { unzipSync } from "fflate";
import { exportAs } from "../field/export/export_as.ts";
import type { NotedObservation } from "../field/observation.ts";
import { album, NOON_MS, someObservations, TrialSource } from "./fixtures/export_source.ts";
import { linesOf, readCsv } from "./fixtures/read_csv.ts";
import { faultsOf, type Rows, type TableSchema } from "./fixtures/table_schema.ts";
import { ROOT } from "./source_files.ts";

/** Published by tdwg/camtrap-dp under its own licence: read where they lie beside a checkout. */
const SCHEMAS = new URL("../shared/schemas/camtrap-dp-1.0.2/", ROOT);
const TABLES = ["deployments", "media", "observations"] as const;
type TableName = typeof TABLES[number];

const pictures = await album();
const observations = someObservations(pictures.hashes);
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

interface Package {
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly about: Readonly<Record<string, unknown>>;
  readonly tables: Readonly<Record<TableName | "left-out" | "missing-media", Rows>>;
}

async function packageOf(made: readonly NotedObservation[]): Promise<Package> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const { parts: chunks } = exportAs("camtrap-dp", new TrialSource(made, pictures));
  for await (const { bytes } of chunks) parts.push(bytes);
  const files = unzipSync(await new Blob(parts).bytes());
  const rows = (name: string) => readCsv(utf8.decode(files[`${name}.csv`]));
  return {
    files,
    about: JSON.parse(utf8.decode(files["datapackage.json"])),
    tables: {
      deployments: rows("deployments"),
      media: rows("media"),
      observations: rows("observations"),
      "left-out": rows("left-out"),
      "missing-media": rows("missing-media"),
    },
  };
}

/** The published ones; null where this checkout stands alone. */
async function publishedSchemas() {
  const read = async (name: string) =>
    JSON.parse(await Deno.readTextFile(new URL(`${name}.json`, SCHEMAS)));
  try {
    const [profile, deployments, media, observations] = await Promise.all([
      read("camtrap-dp-profile"),
      ...TABLES.map((name) => read(`${name}-table-schema`)),
    ]);
    const tables: Record<TableName, TableSchema> = { deployments, media, observations };
    return { profile, tables };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log("skipped: no schemas");
    return null;
  }
}

Deno.test("exportAs(camtrap-dp) holds to the published profile and table schemas", async () => {
  const schemas = await publishedSchemas();
  if (!schemas) return;
  const isPackage = profileCheck(schemas.profile);
  await fc.assert(
    fc.asyncProperty(observations, async (made) => {
      const { files, about, tables } = await packageOf(made);
      assert.ok(isPackage(about), JSON.stringify(isPackage.errors));
      for (const name of TABLES) {
        const [header] = linesOf(utf8.decode(files[`${name}.csv`]));
        assert.deepEqual(faultsOf(schemas.tables[name], header, tables[name], tables), []);
      }
    }),
    { numRuns: 100 },
  );
});

Deno.test("the profile and schemas refuse what is not right", async () => {
  const schemas = await publishedSchemas();
  if (!schemas) return;
  const isPackage = profileCheck(schemas.profile);
  const { about, tables, files } = await packageOf([walked(1, 47, 8)]);
  assert.ok(isPackage(about));
  assert.ok(!isPackage({ ...about, temporal: { start: "yesterday", end: "2026-11-21" } }));
  assert.ok(!isPackage({ ...about, resources: [] }));
  assert.ok(!isPackage({ ...about, contributors: [{ title: "x", role: "friend" }] }));
  assert.ok(!isPackage({ ...about, spatial: { type: "MultiPoint", coordinates: ["x"] } }));
  const [header] = linesOf(utf8.decode(files["observations.csv"]));
  const [row] = tables.observations;
  const bad: readonly Record<string, string>[] = [
    { observationType: "cup" },
    { deploymentID: "elsewhere" },
    { observationID: "" },
    { eventStart: "2026-11-21T08:15:00.000Z" },
    { bboxWidth: "0" },
  ];
  for (const cell of bad) {
    const rows = [{ ...row, ...cell }];
    assert.equal(faultsOf(schemas.tables.observations, header, rows, tables).length, 1);
  }
});

/** The profile builds on two schemas that are not beside it: here in our words. */
function profileCheck(profile: Record<string, unknown>) {
  const ajv = new Ajv.default({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const text = { type: "string", minLength: 1 };
  ajv.addSchema({
    type: "object",
    required: ["resources"],
    properties: {
      name: { type: "string", pattern: "^[-a-z0-9._/]+$" },
      created: { type: "string", format: "date-time" },
      title: text,
      description: text,
      resources: {
        type: "array",
        minItems: 1,
        items: {
          type: "object",
          required: ["name", "path"],
          properties: { name: { type: "string", pattern: "^[-a-z0-9._/]+$" }, path: text },
        },
      },
      contributors: {
        type: "array",
        minItems: 1,
        items: { type: "object", required: ["title"], properties: { title: text } },
      },
      sources: {
        type: "array",
        items: { type: "object", required: ["title"], properties: { title: text } },
      },
    },
  }, "https://specs.frictionlessdata.io/schemas/data-package.json");
  ajv.addSchema({
    type: "object",
    required: ["type", "coordinates"],
    properties: {
      type: { enum: ["MultiPoint"] },
      coordinates: {
        type: "array",
        items: { type: "array", minItems: 2, maxItems: 2, items: { type: "number" } },
      },
    },
  }, "http://json.schemastore.org/geojson.json");
  return ajv.compile(profile);
}

Deno.test("exportAs(camtrap-dp) has each observation as an event, or says why it is left out", () =>
  fc.assert(
    fc.asyncProperty(observations, async (made) => {
      const { tables } = await packageOf(made);
      const events = tables.observations.filter((row) => row.observationLevel === "event");
      const leftOut = tables["left-out"].map((row) => row.observationID);
      const ids = events.map((row) => row.observationID);
      assert.deepEqual([...ids, ...leftOut].sort(), made.map(({ id }) => id).sort());
      const byId = new Map(made.map((one) => [one.id, one]));
      for (const id of leftOut) assert.equal(byId.get(id)?.place, undefined);
      for (const event of events) checkEvent(event, byId.get(event.observationID), tables);
    }),
  ));

function checkEvent(
  event: Rows[number],
  one: NotedObservation | undefined,
  tables: Package["tables"],
): void {
  assert.ok(one);
  const isBy = (row: Rows[number]) => row.deploymentID === event.deploymentID;
  const deployment = tables.deployments.find(isBy);
  assert.ok(deployment);
  assert.equal(deployment.cameraID, one.device);
  assert.ok(Date.parse(deployment.deploymentStart) <= Date.parse(event.eventStart));
  assert.ok(Date.parse(deployment.deploymentEnd) >= Date.parse(event.eventEnd));
  assert.equal(Date.parse(event.eventStart), Math.floor(one.first / 1000) * 1000);
  assert.equal(Date.parse(event.eventEnd), Math.ceil(one.last / 1000) * 1000);
  const isHuman = one.notes?.wrong === true || one.notes?.class !== undefined;
  assert.equal(event.classificationMethod, isHuman ? "human" : "machine");
  assert.equal(event.classificationProbability, isHuman ? "" : String(one.score));
  assert.equal(event.observationType === "blank", one.notes?.wrong ?? false);
  assert.equal(event.count, /animal|human/.test(event.observationType) ? "1" : "");
}

Deno.test("exportAs(camtrap-dp) has a media row for each file, and a box for each object in it", () =>
  fc.assert(
    fc.asyncProperty(observations, async (made) => {
      const { files, tables } = await packageOf(made);
      const inZip = Object.keys(files).filter((name) => name.startsWith("media/"));
      assert.deepEqual(new Set(tables.media.map((row) => row.filePath)), new Set(inZip));
      const mediaOf = new Map(tables.media.map((row) => [row.mediaID, row]));
      const eventOf = new Map(tables.observations.map((row) => [row.observationID, row]));
      const rows = tables.observations.filter((row) => row.observationLevel === "media");
      for (const row of rows) {
        const media = mediaOf.get(row.mediaID);
        const one = made.find(({ id }) => id === row.eventID);
        assert.ok(media && one);
        assert.equal(media.deploymentID, row.deploymentID);
        assert.equal(row.deploymentID, eventOf.get(row.eventID)?.deploymentID);
        const isFrame = one.frame !== undefined && media.filePath.includes(one.frame.slice(0, 32));
        if (!isFrame) assert.ok(media.filePath.includes(one.thumb?.slice(0, 32) ?? "none"));
        if (isFrame && row.bboxX !== "") assert.equal(Number(row.bboxX), one.box.x);
      }
      const shown = new Set(rows.map((row) => row.mediaID));
      assert.deepEqual(shown, new Set(mediaOf.keys()));
    }),
  ));

Deno.test("exportAs(camtrap-dp) knows what kind a class is, and its taxon where that is sure", async () => {
  const cases: [string, Partial<NotedObservation>, string, string][] = [
    ["dog", {}, "animal", "Canis familiaris"],
    ["bird", {}, "animal", "Aves"],
    ["person", {}, "human", "Homo sapiens"],
    ["truck", {}, "vehicle", ""],
    ["cup", {}, "unclassified", ""],
    ["dog", { notes: notesWith({ class: "Roe deer" }) }, "animal", ""],
    ["dog", { notes: notesWith({ class: "Fuchs" }) }, "animal", ""],
    ["bench", { notes: notesWith({ class: "Cat" }) }, "animal", "Felis catus"],
    ["dog", { notes: notesWith({ wrong: true }) }, "blank", ""],
  ];
  for (const [label, rest, type, name] of cases) {
    const { tables, about } = await packageOf([{ ...walked(1, 47, 8), label, ...rest }]);
    const [row] = tables.observations;
    assert.equal(row.observationType, type, label);
    assert.equal(row.scientificName, name, label);
    const taxa = about.taxonomic as { scientificName: string }[];
    assert.deepEqual(taxa.map((taxon) => taxon.scientificName), name === "" ? [] : [name]);
  }
});

Deno.test("exportAs(camtrap-dp) makes one deployment of a phone that stands, and two of one that moves", async () => {
  const standing = [1, 2, 3].map((i) => walked(i, 47 + i / 1e5, 8));
  assert.equal((await packageOf(standing)).tables.deployments.length, 1);
  const moved = [...standing, walked(4, 47.01, 8), walked(5, 47.01, 8)];
  const { tables } = await packageOf(moved);
  assert.deepEqual(tables.deployments.map((row) => row.deploymentID), [
    `deployment-${walked(4, 0, 0).id}`,
    `deployment-${walked(1, 0, 0).id}`,
  ]);
  const across = [walked(1, 10, 179.99999), walked(2, 10, -179.99999)];
  assert.equal((await packageOf(across)).tables.deployments.length, 1);
});

Deno.test("exportAs(camtrap-dp) takes a missing place from a stay around it, and from nothing else", async () => {
  const { place: _, ...lost } = walked(3, 47, 8);
  const around = await packageOf([walked(2, 47, 8), lost, walked(4, 47, 8)]);
  assert.equal(around.tables["left-out"].length, 0);
  const onTheWay = await packageOf([walked(2, 47, 8), lost, walked(4, 48, 8)]);
  assert.deepEqual(onTheWay.tables["left-out"].map((row) => row.observationID), [lost.id]);
  const later = await packageOf([walked(1, 47, 8), walked(2, 47, 8), lost]);
  assert.deepEqual(later.tables["left-out"].map((row) => row.observationID), [lost.id]);
});

Deno.test("exportAs(camtrap-dp) marks deployments whose clock was off", async () => {
  const issueOf = async (clockAheadMs?: number) => {
    const clock = clockAheadMs === undefined ? {} : { clockAheadMs };
    const { tables } = await packageOf([{ ...walked(1, 47, 8), ...clock }]);
    return tables.deployments[0].timestampIssues;
  };
  assert.deepEqual([await issueOf(), await issueOf(-60_000), await issueOf(-60_001)], [
    "",
    "false",
    "true",
  ]);
});

function notesWith(some: Partial<NonNullable<NotedObservation["notes"]>>) {
  return { star: false, wrong: false, labels: [], ...some };
}

/** The `i`th observation of one phone, a second after the one before. */
function walked(i: number, latitude: number, longitude: number): NotedObservation {
  return {
    id: `a1a1a1a1a1a1-${i.toString(36)}`,
    device: "a1".repeat(32),
    label: "dog",
    score: 0.5,
    box: { x: 0.1, y: 0.2, width: 0.3, height: 0.4 },
    first: NOON_MS + i * 1000,
    last: NOON_MS + i * 1000 + 500,
    open: false,
    frames: 3,
    source: "Back camera",
    model: { id: "nanodet_g", sha256: "6d".repeat(32) },
    place: { latitude, longitude, accuracyM: 5 },
  };
}
