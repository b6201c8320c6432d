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
import type { RuleSet } from "../field/decide/rule.ts";
import type { CameraPlacement } from "../field/world/camera_placement.ts";
import type { LatLon } from "../field/world/plan_frame.ts";
import type { BatchResult, WorldAct, WorldMoment, WorldReport } from "../field/world_messages.ts";
import { exportFile } from "./exporting.ts";
import type {
  ExportedFile,
  ExportOptions,
  Fieldmesh,
  Picture,
  RestoreOptions,
} from "./fieldmesh.ts";
import { copyPicture } from "./infer_picture.ts";
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
    | "inferBatch"
    | "world"
    | "worldPast"
    | "placeCamera"
    | "keepRules"
    | "worldAct"
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

  async inferBatch(pictures: readonly Picture[]): Promise<BatchResult> {
    // copied, not transferred, so that a restarted worker can be asked again
    return await this.#worker.call("infer-batch", {
      pictures: pictures.map(({ rgba, width, height }) => copyPicture(rgba, { width, height })),
    });
  }

  world(): Promise<WorldReport> {
    return this.#worker.call("world", {});
  }

  worldPast(fromMs: number): Promise<readonly WorldMoment[]> {
    return this.#worker.call("world-past", { fromMs });
  }

  async placeCamera(camera: CameraPlacement | null): Promise<void> {
    await this.#worker.call("place-camera", { camera });
  }

  async keepRules(rules: RuleSet, origin: LatLon | null): Promise<void> {
    await this.#worker.call("keep-rules", { rules, origin });
  }

  async worldAct(act: WorldAct): Promise<void> {
    await this.#worker.call("world-act", { act });
  }
}
