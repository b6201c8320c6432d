import type { Bytes } from "../bytes.ts";
import { classOf, type Hex, type NotedObservation } from "../observation.ts";
import { NOTHING, utf8 } from "./chunks.ts";
import { CompactMap, hashKey } from "./compact_map.ts";
import type { ExportSource } from "./export_as.ts";
import { FoundPictures } from "./found_pictures.ts";
import { kindOf } from "./kinds.ts";
import type { Pass } from "./pass.ts";
import { boxIn, JPEG_CODE, mediaPath, picturesOf, typeCode, whyMissing } from "./pictures.ts";

/**
 * MegaDetector's results (agentmorris/MegaDetector, format 1.6): an entry a picture, whose `file` is its
 * path in the ZIP with media. A picture of which only things are known that are not in MegaDetector's
 * categories, or that a person marked as wrong, has no detections: as its detector would say.
 */
const FORMAT_VERSION = "1.6";
const CATEGORIES = { animal: "1", person: "2", vehicle: "3" } as const;

interface Survey {
  readonly found: FoundPictures;
  /** How many observations are shown in a picture. */
  readonly shown: CompactMap;
  readonly classes: Map<string, number>;
  readonly models: Set<string>;
  withoutPicture: number;
  wrong: number;
}

interface Image {
  /** Observations still to come. */
  left: number;
  readonly detections: string[];
}

/** Two passes: which pictures there are and how many observations each shows, then the entries. */
export async function* megadetectorFile(source: ExportSource, pass: Pass): AsyncGenerator<Bytes> {
  const survey: Survey = {
    found: new FoundPictures(),
    shown: new CompactMap(),
    classes: new Map(),
    models: new Set(),
    withoutPicture: 0,
    wrong: 0,
  };
  for await (const observation of pass.first(2)) {
    await look(observation, survey, source, pass);
    if (pass.isDue) yield NOTHING;
  }
  yield* utf8(texts(source, pass, survey));
}

async function look(
  observation: NotedObservation,
  survey: Survey,
  source: ExportSource,
  pass: Pass,
): Promise<void> {
  pass.missingMedia += await survey.found.lookForBest(observation, async (hash) => {
    const media = await source.media(hash);
    return media?.state === "here" && media.type.startsWith("image/") ? typeCode(media.type) : null;
  });
  const hash = entryOf(observation, survey.found);
  if (hash === null) survey.withoutPicture++;
  else survey.shown.set(hashKey(hash), survey.shown.get(hashKey(hash)) + 1);
  if (observation.notes?.wrong) survey.wrong++;
  const name = classOf(observation);
  survey.classes.set(name, (survey.classes.get(name) ?? 0) + 1);
  survey.models.add(observation.model.id);
}

/** The picture whose entry an observation belongs to, be it there or missing; null when it has none. */
function entryOf(observation: NotedObservation, found: FoundPictures): Hex | null {
  return (found.bestOf(observation) ?? picturesOf(observation)[0])?.hash ?? null;
}

async function* texts(source: ExportSource, pass: Pass, survey: Survey): AsyncGenerator<string> {
  const names = [...survey.classes.keys()].sort();
  const idOf = new Map(names.map((name, i) => [name, String(i)]));
  yield `{"info":${JSON.stringify(info(source, pass, survey))},\n`;
  yield `"detection_categories":{"1":"animal","2":"person","3":"vehicle"},\n`;
  yield `"classification_categories":${JSON.stringify({ ...names })},\n"images":[`;
  let between = "\n";
  for await (const entry of entries(source, pass, survey, idOf)) {
    yield between + entry;
    between = ",\n";
  }
  yield "\n]}\n";
}

function info(source: ExportSource, pass: Pass, survey: Survey) {
  const time = new Date(source.createdMs).toISOString().slice(0, 19).replace("T", " ");
  return {
    format_version: FORMAT_VERSION,
    detector: `Fieldmesh ${source.version}`,
    detection_completion_time: time,
    fieldmesh: {
      about: "Paths are those in the ZIP with media. Boxes are of the best view of each object. " +
        "conf is the model's for its own word; where a person corrected the class, the " +
        "classification has 1.",
      models: [...survey.models].map((id) => source.modelName(id)).sort(),
      observations: pass.seen,
      observations_without_picture: survey.withoutPicture,
      observations_marked_wrong: survey.wrong,
      observations_by_class: Object.fromEntries(survey.classes),
      missing_media: pass.missingMedia,
    },
  };
}

/** An entry is written when all observations that its picture shows have come by. */
async function* entries(
  source: ExportSource,
  pass: Pass,
  { found, shown }: Survey,
  idOf: ReadonlyMap<string, string>,
): AsyncGenerator<string> {
  const open = new Map<Hex, Image>();
  for await (const observation of pass.again()) {
    const hash = entryOf(observation, found);
    if (hash === null) continue;
    const image = open.get(hash) ?? { left: shown.get(hashKey(hash)), detections: [] };
    image.left--;
    image.detections.push(...detection(observation, found, idOf));
    if (image.left > 0) {
      open.set(hash, image);
      continue;
    }
    open.delete(hash);
    yield await entry(hash, image, found, source);
  }
  for (const [hash, image] of open) yield await entry(hash, image, found, source);
}

async function entry(
  hash: Hex,
  { detections }: Image,
  found: FoundPictures,
  source: ExportSource,
): Promise<string> {
  const code = found.of(hash);
  const file = JSON.stringify(mediaPath(hash, code ?? JPEG_CODE));
  if (code !== null) return `{"file":${file},"detections":[${detections.join(",")}]}`;
  const why = JSON.stringify(whyMissing(await source.media(hash)));
  return `{"file":${file},"failure":${why},"detections":null}`;
}

/** One detection, or none. */
function detection(
  observation: NotedObservation,
  found: FoundPictures,
  idOf: ReadonlyMap<string, string>,
): string[] {
  const picture = found.bestOf(observation);
  const kind = kindOf(observation);
  const id = idOf.get(classOf(observation));
  if (!picture || kind === "other" || observation.notes?.wrong || id === undefined) return [];
  const { x, y, width, height } = boxIn(picture, observation);
  const box = [x, y, width, height].map((share) => Number(share.toFixed(6))).join(",");
  const sure = observation.notes?.class === undefined ? observation.score : 1;
  return [
    `{"category":"${CATEGORIES[kind]}","conf":${float(observation.score)},"bbox":[${box}],` +
    `"classifications":[["${id}",${float(sure)}]]}`,
  ];
}

/** With a decimal point always: the format's validator takes 1 for an integer and refuses it. */
function float(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
