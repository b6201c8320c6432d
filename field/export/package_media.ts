import { classOf, type Hex, type NotedObservation } from "../observation.ts";
import { utf8 } from "./chunks.ts";
import { isoTime } from "./columns.ts";
import { type BYTE_ORDER_MARK, csvLine } from "./csv.ts";
import type { ExportSource } from "./export_as.ts";
import type { Pass } from "./pass.ts";
import { FoundPictures } from "./found_pictures.ts";
import { mediaPath, type Picture, picturesOf, typeCode, typeOf, whyMissing } from "./pictures.ts";
import type { ZipEntry } from "./zip.ts";

export const MISSING_FIELDS = ["sha256", "picture", "observation", "class", "first", "why"];

/** The pictures of a package: which are in it, and which could not be put there. */
export class PackageMedia {
  readonly #source: ExportSource;
  readonly #pass: Pass;
  /** With the code of their media type. */
  readonly #found = new FoundPictures();
  /** Files in the package. */
  files = 0;

  constructor(source: ExportSource, pass: Pass) {
    this.#source = source;
    this.#pass = pass;
  }

  /** All pictures of an observation that are not in the package yet. */
  async *putAll(observation: NotedObservation): AsyncGenerator<ZipEntry> {
    for (const picture of picturesOf(observation)) yield* this.#put(picture);
  }

  /** Its frame; where that is missing, its thumbnail. */
  async *putBest(observation: NotedObservation): AsyncGenerator<ZipEntry> {
    for (const picture of picturesOf(observation)) {
      yield* this.#put(picture);
      if (this.#found.of(picture.hash) !== null) return;
    }
  }

  /** Its frame, or else its thumbnail, if that is in the package. */
  bestOf(observation: NotedObservation): Picture | null {
    return this.#found.bestOf(observation);
  }

  /** Where it is, and its media type; null when it is not in the package. */
  fileOf(hash: Hex): { readonly path: string; readonly type: string } | null {
    const code = this.#found.of(hash);
    return code === null ? null : { path: mediaPath(hash, code), type: typeOf(code) };
  }

  /** `missing-media.csv`: what observations speak of and is not in here. `mark`: what it begins with. */
  list(mark: typeof BYTE_ORDER_MARK | ""): ZipEntry {
    return { name: "missing-media.csv", content: utf8(this.#missing(mark)) };
  }

  async *#put({ hash }: Picture): AsyncGenerator<ZipEntry> {
    if (!this.#found.isNew(hash)) return;
    const blob = await this.#source.blob(hash);
    const code = blob && typeCode(blob.type);
    this.#found.set(hash, code);
    if (blob !== null && code !== null) {
      this.files++;
      yield { name: mediaPath(hash, code), content: blob.bytes };
    } else this.#pass.missingMedia++;
  }

  async *#missing(mark: string): AsyncGenerator<string> {
    yield mark + csvLine(MISSING_FIELDS);
    if (this.#pass.missingMedia === 0) return this.#pass.skip();
    for await (const observation of this.#pass.again()) {
      if (this.#pass.isDue) yield "";
      for (const { kind, hash } of picturesOf(observation)) {
        if (!this.#found.isMissing(hash)) continue;
        const why = whyMissing(await this.#source.media(hash));
        const { id, first } = observation;
        yield csvLine([hash, kind, id, classOf(observation), isoTime(first), why]);
      }
    }
  }
}
