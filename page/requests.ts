import type {
  ExportFormat,
  Facets,
  ModelInfo,
  ObservationQuery,
  QuarantineItem,
  RestoreReport,
  Status,
  StorageReport,
  VerifyResult,
} from "../field/messages.ts";
import type { Media, Retention } from "../field/media.ts";
import type { Edit, StoredEdit } from "../field/notes.ts";
import type { DeviceId, NotedObservation } from "../field/observation.ts";
import { exportFile } from "./exporting.ts";
import type { ExportedFile, ExportOptions, Fieldmesh, RestoreOptions } from "./fieldmesh.ts";
import { restoreBundle } from "./restoring.ts";
import type { WorkerCalls } from "./worker_connection.ts";

const OBSERVATIONS_BY_DEFAULT = 50;
/** Some 10,000 signatures a second on a laptop, a tenth of that on an old phone. */
const VERIFY_WITHIN_MS = 600_000;
/** Tens of thousands of pictures, a few hundred a transaction. */
const THIN_WITHIN_MS = 600_000;

/** What a page asks of the worker and nothing else is needed for: the plain half of {@link Fieldmesh}. */
export class Requests implements
  Pick<
    Fieldmesh,
    | "status"
    | "observations"
    | "observation"
    | "facets"
    | "note"
    | "history"
    | "media"
    | "blob"
    | "models"
    | "rename"
    | "verify"
    | "exportAs"
    | "restore"
    | "backUpIdentity"
    | "confirmIdentity"
    | "storage"
    | "setRetention"
    | "thin"
    | "setKeepFrames"
    | "quarantine"
    | "removeMember"
    | "rebuild"
  > {
  readonly #worker: WorkerCalls;

  constructor(worker: WorkerCalls) {
    this.#worker = worker;
  }

  status(): Promise<Status> {
    return this.#worker.call("status", {});
  }

  observations(
    query: Partial<ObservationQuery> = {},
  ): Promise<readonly NotedObservation[]> {
    return this.#worker.call("observations", {
      query: { limit: OBSERVATIONS_BY_DEFAULT, ...query },
    });
  }

  observation(id: string): Promise<NotedObservation | null> {
    return this.#worker.call("observation", { observation: id });
  }

  facets(): Promise<Facets> {
    return this.#worker.call("facets", {});
  }

  async note(...edits: readonly Edit[]): Promise<void> {
    if (edits.length > 0) await this.#worker.call("note", { edits });
  }

  history(observation: string): Promise<readonly StoredEdit[]> {
    return this.#worker.call("history", { observation });
  }

  media(hash: string): Promise<Media | null> {
    return this.#worker.call("media", { hash });
  }

  async blob(hash: string): Promise<Blob | null> {
    const blob = await this.#worker.call("blob", { hash });
    return blob && new Blob([blob.bytes], { type: blob.type });
  }

  models(): Promise<readonly ModelInfo[]> {
    return this.#worker.call("models", {});
  }

  async rename(name: string): Promise<void> {
    await this.#worker.call("rename", { name });
  }

  verify(): Promise<VerifyResult> {
    return this.#worker.call("verify", {}, { deadlineMs: VERIFY_WITHIN_MS });
  }

  exportAs(format: ExportFormat, options?: ExportOptions): Promise<ExportedFile> {
    return exportFile(this.#worker, format, options);
  }

  restore(bundle: Blob, options?: RestoreOptions): Promise<RestoreReport> {
    return restoreBundle(this.#worker, bundle, options);
  }

  async backUpIdentity(passphrase: string): Promise<File> {
    const { name, bytes } = await this.#worker.call("identity-backup", { passphrase });
    return new File([bytes], name, { type: "text/plain" });
  }

  async confirmIdentity(): Promise<void> {
    await this.#worker.call("identity-confirm", {});
  }

  storage(): Promise<StorageReport> {
    return this.#worker.call("storage", {});
  }

  async setRetention(retention: Retention): Promise<void> {
    await this.#worker.call("set-retention", { retention });
  }

  thin(retention: Retention): Promise<{ readonly removed: number; readonly bytes: number }> {
    return this.#worker.call("thin", { retention }, { deadlineMs: THIN_WITHIN_MS });
  }

  async setKeepFrames(on: boolean): Promise<void> {
    await this.#worker.call("keep-frames", { on });
  }

  quarantine(): Promise<readonly QuarantineItem[]> {
    return this.#worker.call("quarantine", {});
  }

  async removeMember(device: DeviceId): Promise<void> {
    await this.#worker.call("remove-member", { device });
  }

  async rebuild(): Promise<void> {
    await this.#worker.call("rebuild", {});
  }
}
