import { classOf, type NotedObservation } from "../observation.ts";
import { type Cell, csvLine, joined } from "./csv.ts";
import type { Deployment } from "./deployments.ts";
import type { ExportSource } from "./export_as.ts";
import { type Kind, kindOf, taxonOf } from "./kinds.ts";
import { boxIn, type Picture } from "./pictures.ts";

/**
 * A row of one of the tables of Camtrap DP 1.0.2: what is not in it is not known of a phone that watches.
 */
export type Row = Readonly<Record<string, Cell>>;

/** All fields in the schemas' order, since readers go by place. */
const DEPLOYMENT_FIELDS = fieldNames(`
  deploymentID locationID locationName latitude longitude coordinateUncertainty deploymentStart
  deploymentEnd setupBy cameraID cameraModel cameraDelay cameraHeight cameraDepth cameraTilt cameraHeading
  detectionDistance timestampIssues baitUse featureType habitat deploymentGroups deploymentTags
  deploymentComments`);
const MEDIA_FIELDS = fieldNames(`
  mediaID deploymentID captureMethod timestamp filePath filePublic fileName fileMediatype exifData favorite
  mediaComments`);
const OBSERVATION_FIELDS = fieldNames(`
  observationID deploymentID mediaID eventID eventStart eventEnd observationLevel observationType
  cameraSetupType scientificName count lifeStage sex behavior individualID individualPositionRadius
  individualPositionAngle individualSpeed bboxX bboxY bboxWidth bboxHeight classificationMethod classifiedBy
  classificationTimestamp classificationProbability observationTags observationComments`);

/** A table: its header, and lines for rows. */
export interface Table {
  readonly header: string;
  line(row: Row): string;
}

export const DEPLOYMENTS = table(DEPLOYMENT_FIELDS);
export const MEDIA = table(MEDIA_FIELDS);
export const OBSERVATIONS = table(OBSERVATION_FIELDS);

function fieldNames(names: string): readonly string[] {
  return names.trim().split(/\s+/);
}

function table(fields: readonly string[]): Table {
  return {
    header: csvLine(fields),
    line: (row) => csvLine(fields.map((field) => row[field] ?? null)),
  };
}

export function deploymentRow(deployment: Deployment, source: ExportSource): Row {
  const { place } = deployment;
  return {
    deploymentID: deployment.id,
    latitude: place.latitude,
    longitude: place.longitude,
    coordinateUncertainty: Math.max(1, Math.ceil(place.accuracyM)),
    deploymentStart: wholeSecond(deployment.oldest, Math.floor),
    deploymentEnd: wholeSecond(deployment.end, Math.ceil),
    cameraID: deployment.device,
    timestampIssues: deployment.clockIssue,
    deploymentTags: tags([
      `device:${source.nameOf(deployment.device)}`,
      `source:${deployment.source}`,
    ]),
  };
}

/** A picture in the package, in one deployment. */
export function mediaRow(
  deployment: Deployment,
  observation: NotedObservation,
  picture: Picture,
  file: { readonly path: string; readonly type: string },
): Row {
  return {
    mediaID: mediaId(deployment, picture),
    deploymentID: deployment.id,
    captureMethod: "activityDetection",
    timestamp: wholeSecond(observation.first, Math.floor),
    filePath: file.path,
    // who may be seen in it, nobody has looked yet
    filePublic: false,
    fileMediatype: file.type,
    favorite: observation.notes?.star ?? false,
    mediaComments: picture.kind === "thumbnail" ? "Cut out of the frame around the object" : null,
  };
}

export function mediaId(deployment: Deployment, { hash }: Picture): string {
  return `${deployment.id}-${hash.slice(0, 32)}`;
}

/** What came by, as an event. */
export function eventRow(
  deployment: Deployment,
  observation: NotedObservation,
  source: ExportSource,
): Row {
  const { notes } = observation;
  const type = observationType(observation);
  const isCounted = type === "animal" || type === "human";
  return {
    observationID: observation.id,
    deploymentID: deployment.id,
    eventID: observation.id,
    eventStart: wholeSecond(observation.first, Math.floor),
    eventEnd: wholeSecond(observation.last, Math.ceil),
    observationLevel: "event",
    observationType: type,
    scientificName: type === "blank" ? null : taxonOf(observation)?.scientificName ?? null,
    count: isCounted ? 1 : null,
    ...classification(observation, source),
    observationTags: tags([
      `class:${classOf(observation)}`,
      ...(notes?.class === undefined ? [] : [`classByModel:${observation.label}`]),
      ...(notes?.star ? ["starred"] : []),
      ...(notes?.wrong ? ["wrong"] : []),
      ...(notes?.labels ?? []),
    ]),
    observationComments: notes?.comment ?? null,
  };
}

/** The same as seen in one picture: what learning needs. */
export function mediaObservationRow(
  event: Row,
  deployment: Deployment,
  observation: NotedObservation,
  picture: Picture,
): Row {
  const box = boxIn(picture, observation);
  const [x, y, width, height] = [box.x, box.y, box.width, box.height].map(millionths);
  const hasBox = width > 0 && height > 0;
  return {
    ...event,
    observationID: `${observation.id}-media`,
    mediaID: mediaId(deployment, picture),
    observationLevel: "media",
    ...(hasBox ? { bboxX: x, bboxY: y, bboxWidth: width, bboxHeight: height } : {}),
    observationComments: null,
  };
}

function classification(observation: NotedObservation, source: ExportSource): Row {
  const { notes, model, score } = observation;
  if (notes?.wrong || notes?.class !== undefined) return { classificationMethod: "human" };
  return {
    classificationMethod: "machine",
    classifiedBy: `${source.modelName(model.id)} (sha256 ${model.sha256.slice(0, 12)})`,
    classificationProbability: score,
  };
}

function observationType(observation: NotedObservation): string {
  return observation.notes?.wrong ? "blank" : TYPE_OF[kindOf(observation)];
}

/** Things may be misread animals: "unclassified" tells people to look; "blank" would hide them. */
const TYPE_OF: Readonly<Record<Kind, string>> = {
  animal: "animal",
  person: "human",
  vehicle: "vehicle",
  other: "unclassified",
};

/** A list of tags: ` | ` parts them, so that a `|` within one is written as `\|`. */
function tags(texts: readonly string[]): string {
  return texts.map((text) => joined([text])).join(" | ");
}

/** `YYYY-MM-DDThh:mm:ssZ`: the standard knows no milliseconds. */
function wholeSecond(ms: number, round: (seconds: number) => number): string {
  return `${new Date(round(ms / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

function millionths(share: number): number {
  return Math.round(share * 1e6) / 1e6;
}
