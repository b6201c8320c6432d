import type { Bytes } from "../bytes.ts";
import { classOf, type FrameSize, type Hex, type Observation } from "../observation.ts";
import { NOTHING, utf8, utf8Of } from "./chunks.ts";
import { isoTime } from "./columns.ts";
import { CompactMap, hashKey } from "./compact_map.ts";
import type { ExportSource } from "./export_as.ts";
import { FoundPictures } from "./found_pictures.ts";
import { jpegSize } from "./jpeg_size.ts";
import { type Kind, kindOf } from "./kinds.ts";
import type { Pass } from "./pass.ts";
import { boxIn, JPEG_CODE, mediaPath, picturesOf, whyMissing } from "./pictures.ts";

/** Images, annotations, missing media. */
const PASSES = 3;

/**
 * A data set in COCO's format for object detection: boxes in pixels of the pictures, whose paths are
 * those in the ZIP with media. What a person marked as wrong has no annotation, so that its picture
 * teaches what is not there; a picture that is missing is no image, but listed in `info.missing_media`.
 */
export async function* cocoFile(source: ExportSource, pass: Pass): AsyncGenerator<Bytes> {
  const set = new DataSet(source, pass);
  yield utf8Of('{"images":[');
  yield* set.images();
  yield utf8Of('\n],\n"annotations":[');
  yield* utf8(set.annotations());
  yield* utf8(set.rest());
}

class DataSet {
  readonly #source: ExportSource;
  readonly #pass: Pass;
  /** With their size: width · 2^16 + height. */
  readonly #found = new FoundPictures();
  /** From a picture to the id of its image. */
  readonly #imageIds = new CompactMap();
  readonly #kinds = new Map<string, Kind>();
  #wrong = 0;
  #withoutPicture = 0;

  constructor(source: ExportSource, pass: Pass) {
    this.#source = source;
    this.#pass = pass;
  }

  async *images(): AsyncGenerator<Bytes> {
    for await (const observation of this.#pass.first(PASSES)) {
      if (this.#pass.isDue) yield NOTHING;
      this.#pass.missingMedia += await this.#found.lookForBest(
        observation,
        (hash) => this.#sizeOf(hash),
      );
      const picture = this.#found.bestOf(observation);
      if (!picture) {
        if (picturesOf(observation).length === 0) this.#withoutPicture++;
        continue;
      }
      if (observation.notes?.wrong) this.#wrong++;
      else this.#kinds.set(classOf(observation), kindOf(observation));
      if (this.#imageIds.get(hashKey(picture.hash)) === 0) {
        yield utf8Of(this.#image(picture.hash, observation));
      }
    }
  }

  async *annotations(): AsyncGenerator<string> {
    const ids = new Map(this.#names().map((name, i) => [name, i + 1]));
    let count = 0;
    for await (const observation of this.#pass.again()) {
      if (this.#pass.isDue) yield "";
      const picture = this.#found.bestOf(observation);
      const category = ids.get(classOf(observation));
      if (!picture || observation.notes?.wrong || category === undefined) continue;
      const [x, y, width, height] = pixelBox(boxIn(picture, observation), this.#size(picture.hash));
      yield (count++ === 0 ? "\n" : ",\n") + JSON.stringify({
        id: count,
        image_id: this.#imageIds.get(hashKey(picture.hash)),
        category_id: category,
        bbox: [x, y, width, height],
        area: hundredths(width * height),
        iscrowd: 0,
        segmentation: [],
        score: observation.score,
        observation: observation.id,
        class_by: observation.notes?.class === undefined ? "model" : "person",
      });
    }
  }

  async *rest(): AsyncGenerator<string> {
    const categories = this.#names().map((name, i) => ({
      id: i + 1,
      name,
      supercategory: this.#kinds.get(name),
    }));
    yield `\n],\n"categories":${JSON.stringify(categories)},\n"licenses":[],\n"info":{`;
    yield `${JSON.stringify(this.#info()).slice(1, -1)},"missing_media":[`;
    yield* this.#missing();
    yield "]}}\n";
  }

  #names(): string[] {
    return [...this.#kinds.keys()].sort();
  }

  #image(hash: Hex, observation: Observation): string {
    const id = this.#imageIds.size + 1;
    this.#imageIds.set(hashKey(hash), id);
    const image = {
      id,
      file_name: mediaPath(hash, JPEG_CODE),
      ...this.#size(hash),
      date_captured: isoTime(observation.first),
    };
    return (id === 1 ? "\n" : ",\n") + JSON.stringify(image);
  }

  async #sizeOf(hash: Hex): Promise<number | null> {
    const blob = await this.#source.blob(hash);
    const size = blob && jpegSize(blob.bytes);
    return size && size.width * 2 ** 16 + size.height;
  }

  #size(hash: Hex): FrameSize {
    const packed = this.#found.of(hash) ?? 0;
    return { width: Math.floor(packed / 2 ** 16), height: packed % 2 ** 16 };
  }

  #info() {
    const { createdMs, version } = this.#source;
    const created = new Date(createdMs);
    return {
      description:
        "Observations of Fieldmesh. Paths are those in the ZIP with media. Boxes are of " +
        "the best view of each object; a picture may show more than is annotated.",
      version: "1.0",
      year: created.getUTCFullYear(),
      contributor: `Fieldmesh ${version}`,
      date_created: created.toISOString(),
      observations: this.#pass.seen,
      observations_marked_wrong: this.#wrong,
      observations_without_picture: this.#withoutPicture,
    };
  }

  async *#missing(): AsyncGenerator<string> {
    if (this.#pass.missingMedia === 0) return this.#pass.skip();
    let between = "\n";
    for await (const observation of this.#pass.again()) {
      if (this.#pass.isDue) yield "";
      for (const { kind, hash } of picturesOf(observation)) {
        if (!this.#found.isMissing(hash)) continue;
        const why = await this.#why(hash);
        const line = { sha256: hash, picture: kind, observation: observation.id, why };
        yield between + JSON.stringify(line);
        between = ",\n";
      }
    }
  }

  async #why(hash: Hex): Promise<string> {
    const media = await this.#source.media(hash);
    return media?.state === "here" ? "cannot be read as JPEG" : whyMissing(media);
  }
}

/** `[x, y, width, height]` in pixels: within the picture and at least one pixel wide and high. */
function pixelBox(
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  size: FrameSize,
): [number, number, number, number] {
  const [x, width] = pixelSide(box.x, box.width, size.width);
  const [y, height] = pixelSide(box.y, box.height, size.height);
  return [x, y, width, height];
}

function pixelSide(begin: number, length: number, pixels: number): [number, number] {
  const from = hundredths(Math.min(begin * pixels, pixels - 1));
  return [from, hundredths(Math.min(Math.max(length * pixels, 1), pixels - from))];
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
