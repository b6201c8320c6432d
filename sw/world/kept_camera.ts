import { FieldError } from "../../field/errors.ts";
import type { Store } from "../../field/store/store.ts";
import type { CameraPlacement } from "../../field/world/camera_placement.ts";
import { fitHomography } from "../../field/world/homography.ts";
import { parsePlacement } from "../../field/world/parse_placement.ts";
import type { Eye } from "./place_detections.ts";

const SETTING = "world.camera";

/** Where this device's camera stands, as its user said; kept. */
export class KeptCamera {
  readonly #store: Pick<Store, "commit">;
  #placement: CameraPlacement | null = null;
  #eye: Eye | null = null;

  private constructor(store: Pick<Store, "commit">) {
    this.#store = store;
  }

  static async open(store: Pick<Store, "setting" | "commit">): Promise<KeptCamera> {
    const camera = new KeptCamera(store);
    const placement = parsePlacement(await store.setting(SETTING));
    if (placement) camera.#take(placement, eyeOf(placement));
    return camera;
  }

  get placement(): CameraPlacement | null {
    return this.#placement;
  }

  /** Null: what it sees has no place. */
  get eye(): Eye | null {
    return this.#eye;
  }

  /**
   * Resolves when it is on disk. Throws `bad-message`, with what to do, for points that give no mapping, and what
   * the store throws.
   */
  async place(placement: CameraPlacement | null): Promise<void> {
    const eye = placement && eyeOf(placement);
    await this.#store.commit({ settings: { [SETTING]: placement }, strict: true });
    this.#take(placement, eye);
  }

  #take(placement: CameraPlacement | null, eye: Eye | null): void {
    [this.#placement, this.#eye] = [placement, eye];
  }
}

function eyeOf(placement: CameraPlacement): Eye {
  if (placement.kind === "pose") return placement;
  const mapping = fitHomography(placement.pairs);
  if (!("fault" in mapping)) {
    return { kind: "mapping", mapping, tiltDeg: placement.pose.tiltDeg };
  }
  throw new FieldError("bad-message", `The camera cannot be placed so. ${mapping.advice}.`);
}
