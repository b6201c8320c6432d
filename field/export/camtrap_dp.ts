import type { Bytes } from "../bytes.ts";
import { classOf, type NotedObservation } from "../observation.ts";
import {
  deploymentRow,
  DEPLOYMENTS,
  eventRow,
  MEDIA,
  mediaObservationRow,
  mediaRow,
  OBSERVATIONS,
} from "./camtrap_tables.ts";
import { utf8, utf8Of } from "./chunks.ts";
import { isoTime } from "./columns.ts";
import { CompactMap, hashKey } from "./compact_map.ts";
import { csvLine } from "./csv.ts";
import { dataPackage, LEFT_OUT_FIELDS } from "./data_package.ts";
import { type Deployment, Deployments } from "./deployments.ts";
import type { ExportSource } from "./export_as.ts";
import { type Taxon, taxonOf } from "./kinds.ts";
import { PackageMedia } from "./package_media.ts";
import type { Pass } from "./pass.ts";
import type { Picture } from "./pictures.ts";
import { zip, type ZipEntry } from "./zip.ts";

/** Deployments, media, the table of media, observations, what is left out, missing media. */
const PASSES = 6;

/**
 * A Camtrap DP 1.0.2 package. Each observation is an event, and once more a media observation with its
 * box where a picture is in the package: its frame, or else its thumbnail. The standard requires a
 * place: observations of which none is known are listed in `left-out.csv` instead.
 */
export function camtrapDp(source: ExportSource, pass: Pass): AsyncGenerator<Bytes> {
  return zip(new CamtrapPackage(source, pass).entries(), source.createdMs);
}

class CamtrapPackage {
  readonly #source: ExportSource;
  readonly #pass: Pass;
  readonly #media: PackageMedia;
  readonly #deployments = new Deployments();
  readonly #taxa = new Map<string, Taxon & { readonly className: string }>();
  #leftOut = 0;

  constructor(source: ExportSource, pass: Pass) {
    this.#source = source;
    this.#pass = pass;
    this.#media = new PackageMedia(source, pass);
  }

  async *entries(): AsyncGenerator<ZipEntry | null> {
    for await (const observation of this.#pass.first(PASSES)) {
      this.#deployments.add(observation);
      if (this.#pass.isDue) yield null;
    }
    for await (const observation of this.#pass.again()) {
      if (this.#deployments.of(observation)) yield* this.#media.putBest(observation);
      if (this.#pass.isDue) yield null;
    }
    yield { name: "media.csv", content: utf8(this.#mediaTable()) };
    yield { name: "observations.csv", content: utf8(this.#observationTable()) };
    yield { name: "deployments.csv", content: utf8(this.#deploymentTable()) };
    yield { name: "left-out.csv", content: utf8(this.#leftOutTable()) };
    yield this.#media.list("");
    yield { name: "datapackage.json", content: utf8Of(this.#dataPackage()) };
  }

  async *#mediaTable(): AsyncGenerator<string> {
    const listed = new CompactMap();
    yield MEDIA.header;
    for await (const [observation, deployment] of this.#deployed()) {
      const picture = this.#media.bestOf(observation);
      const file = picture && this.#media.fileOf(picture.hash);
      if (!picture || !file) continue;
      const key = hashKey(picture.hash, deployment.ordinal);
      if (listed.get(key) !== 0) continue;
      listed.set(key, 1);
      yield MEDIA.line(mediaRow(deployment, observation, picture, file));
    }
  }

  async *#observationTable(): AsyncGenerator<string> {
    yield OBSERVATIONS.header;
    for await (const [observation, deployment] of this.#deployed()) {
      this.#deployments.widen(deployment, observation);
      this.#meet(observation);
      const event = eventRow(deployment, observation, this.#source);
      yield OBSERVATIONS.line(event);
      const picture: Picture | null = this.#media.bestOf(observation);
      if (!picture) continue;
      yield OBSERVATIONS.line(mediaObservationRow(event, deployment, observation, picture));
    }
  }

  async *#deploymentTable(): AsyncGenerator<string> {
    yield DEPLOYMENTS.header;
    for (const deployment of this.#deployments.all) {
      yield DEPLOYMENTS.line(deploymentRow(deployment, this.#source));
    }
  }

  async *#leftOutTable(): AsyncGenerator<string> {
    yield csvLine(LEFT_OUT_FIELDS);
    for await (const observation of this.#pass.again()) {
      if (this.#pass.isDue) yield "";
      if (this.#deployments.of(observation)) continue;
      this.#leftOut++;
      const { id, device, source, first, last } = observation;
      const times = [isoTime(first), isoTime(last)];
      yield csvLine([id, device, source, classOf(observation), ...times, "no place is known"]);
    }
  }

  async *#deployed(): AsyncGenerator<[NotedObservation, Deployment]> {
    for await (const observation of this.#pass.again()) {
      const deployment = this.#deployments.of(observation);
      if (deployment) yield [observation, deployment];
    }
  }

  #meet(observation: NotedObservation): void {
    const taxon = observation.notes?.wrong ? null : taxonOf(observation);
    if (!taxon) return;
    this.#taxa.set(taxon.scientificName, { ...taxon, className: classOf(observation) });
  }

  #dataPackage(): string {
    return dataPackage(this.#source, {
      deployments: this.#deployments.all,
      taxa: [...this.#taxa.values()],
      hasMedia: this.#media.files > 0,
      observations: this.#pass.seen,
      leftOut: this.#leftOut,
      missingMedia: this.#pass.missingMedia,
    });
  }
}
