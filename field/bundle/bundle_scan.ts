import { type Bytes, equalBytes } from "../bytes.ts";
import { assertNever } from "../errors.ts";
import type { DeviceId } from "../observation.ts";
import type { StoredBlob } from "../store/store.ts";
import { BlockDigest } from "./block_digest.ts";
import { BUNDLE_FORMAT, type BundleRecord, type MediaPart } from "./bundle_format.ts";
import { type BundleItem, BundleReader } from "./bundle_reader.ts";
import { damageWords } from "./fault_list.ts";
import { MediaAssembly } from "./media_assembly.ts";

/** Whoever wants what is in a bundle, in its order. Entries are not verified yet; media are what their hashes say. */
export interface BundleSink {
  header(founder: DeviceId | null): Promise<void> | void;
  feed(device: DeviceId, end: { readonly seq: number; readonly hash: Bytes }): void;
  entry(bytes: Bytes): Promise<void>;
  /** One or two entries that are to prove that their device forked. */
  contrary(entries: readonly Bytes[]): Promise<void>;
  medium(blob: StoredBlob): Promise<void> | void;
  /** Something cannot be read, or is not what it says; a sentence. */
  fault(line: string): void;
}

/** Reads a bundle part by part, puts media together, and knows in the end whether it was whole. */
export class BundleScan {
  readonly #sink: BundleSink;
  readonly #reader = new BundleReader();
  readonly #digest = new BlockDigest();
  readonly #assembly = new MediaAssembly();
  #records = 0;
  #entries = 0;
  #media = 0;
  #missing = 0;
  #hasHeader = false;
  #isWhole = false;
  /** A newer version wrote it: there may be records that this one does not know. */
  isNewer = false;

  constructor(sink: BundleSink) {
    this.#sink = sink;
  }

  /** Bytes read so far. */
  get bytes(): number {
    return this.#reader.bytes;
  }

  /** The end has come, says the same as what came before it, and nothing came behind it. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  async push(bytes: Uint8Array): Promise<void> {
    for (const item of this.#reader.push(bytes)) await this.#take(item);
  }

  /** The file has ended. What is wrong with it as a whole. */
  async end(): Promise<string[]> {
    for (const item of this.#reader.end()) await this.#take(item);
    this.#giveUpMedium();
    if (this.#records === 0) {
      return ["This is not a bundle of Fieldmesh, or nothing of it is left."];
    }
    const faults: string[] = [];
    if (!this.#hasHeader) {
      faults.push("The beginning is damaged or missing: it cannot be told whose crew this is.");
    }
    if (!this.#isWhole) {
      faults.push("The bundle is not whole: it was cut off, or changed after it was made.");
    }
    return faults;
  }

  async #take(item: BundleItem): Promise<void> {
    this.#isWhole = false; // unless this is the end, and nothing comes behind it
    switch (item.kind) {
      case "damage":
        return this.#sink.fault(damageWords(item));
      case "head":
        this.isNewer ||= item.format !== BUNDLE_FORMAT;
        return await this.#digest.update(item.frame);
      case "record":
        this.#records++;
        if (item.record.kind !== "end") await this.#digest.update(item.frame);
        return await this.#takeRecord(item.record);
      default:
        return assertNever(item);
    }
  }

  async #takeRecord(record: BundleRecord): Promise<void> {
    switch (record.kind) {
      case "header":
        this.#hasHeader = true;
        return await this.#sink.header(record.founder);
      case "feed":
        return this.#sink.feed(record.device, record);
      case "entry":
        this.#entries++;
        return await this.#sink.entry(record.bytes);
      case "contrary":
        return await this.#sink.contrary(record.entries);
      case "media":
        return await this.#takePart(record);
      case "missing":
        this.#missing += record.hashes.length;
        return;
      case "end":
        this.#giveUpMedium();
        this.#isWhole = await this.#isSame(record);
        return;
      case "unknown":
        this.isNewer = true;
        return;
      default:
        return assertNever(record);
    }
  }

  async #takePart(part: MediaPart): Promise<void> {
    this.#giveUpMedium(part);
    const assembled = await this.#assembly.add(part);
    // null: of a medium whose beginning is damaged, which was said there
    if (!assembled || assembled.kind === "more") return;
    this.#media++;
    if (assembled.kind === "whole") return await this.#sink.medium(assembled.blob);
    this.#sink.fault(`Picture ${assembled.hash.slice(0, 8)} is not what its hash says.`);
  }

  #giveUpMedium(next?: MediaPart): void {
    const hash = this.#assembly.giveUp(next);
    if (hash !== null) {
      this.#sink.fault(`Picture ${hash.slice(0, 8)} is damaged: a part of it is missing.`);
    }
  }

  async #isSame(end: BundleRecord & { readonly kind: "end" }): Promise<boolean> {
    const isAll = end.entries === this.#entries && end.media === this.#media &&
      end.missing === this.#missing;
    return isAll && equalBytes(end.digest, await this.#digest.finish());
  }
}
