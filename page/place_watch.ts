import { type Failure, FieldError, toFailure } from "../field/errors.ts";
import type { Place } from "../field/observation.ts";

/** An older fix says where the device was, not where it stands. */
const OLDEST_FIX_MS = 5 * 60_000;
const OPTIONS: PositionOptions = { enableHighAccuracy: true, maximumAge: 30_000, timeout: 60_000 };

export interface PlacePorts {
  /** Null where the browser has none. */
  readonly geolocation: Pick<Geolocation, "watchPosition" | "clearWatch"> | null;
  /** ms since the epoch. */
  readonly wallMs: () => number;
  readonly onFailure: (failure: Failure) => void;
  /** The user or the browser said no: place has turned itself off. */
  readonly onDenied: () => void;
}

interface Fix {
  readonly place: Place;
  readonly atMs: number;
}

/** Where the device stands, while somebody wants to know. */
export class PlaceWatch {
  readonly #ports: PlacePorts;
  #watch: number | undefined;
  #fix: Fix | undefined;
  #toldMissing = false;

  constructor(ports: PlacePorts) {
    this.#ports = ports;
  }

  /** The browser asks its user at the first time. Does nothing while it runs already. */
  start(): void {
    if (this.#watch !== undefined) return;
    const { geolocation } = this.#ports;
    if (!geolocation) return this.#deny("This browser cannot tell where the device is.");
    this.#watch = geolocation.watchPosition(
      (position) => this.#take(position),
      (error) => this.#fail(error),
      OPTIONS,
    );
  }

  stop(): void {
    if (this.#watch !== undefined) this.#ports.geolocation?.clearWatch(this.#watch);
    this.#watch = undefined;
    this.#fix = undefined;
  }

  /** The latest fix, unless it is too old to be true. */
  place(): Place | undefined {
    if (!this.#fix || this.#ports.wallMs() - this.#fix.atMs > OLDEST_FIX_MS) return undefined;
    return this.#fix.place;
  }

  #take({ coords, timestamp }: GeolocationPosition): void {
    const { latitude, longitude, accuracy } = coords;
    this.#fix = { place: { latitude, longitude, accuracyM: accuracy }, atMs: timestamp };
    this.#toldMissing = false;
  }

  #fail(error: GeolocationPositionError): void {
    if (error.code === error.PERMISSION_DENIED) {
      return this.#deny(
        "This site may not know where the device is, so place was turned off. Allow location in the browser's site settings, then turn it on again.",
        error,
      );
    }
    // the watch goes on: say it once until there is a fix again
    if (this.#toldMissing) return;
    this.#toldMissing = true;
    this.#tell(
      "place-missing",
      "No position yet. Observations are saved without a place until the device knows where it is; a free view of the sky helps.",
      error,
    );
  }

  #deny(message: string, error?: GeolocationPositionError): void {
    this.stop();
    this.#ports.onDenied();
    this.#tell("place-denied", message, error);
  }

  #tell(
    code: "place-denied" | "place-missing",
    message: string,
    error?: GeolocationPositionError,
  ): void {
    const cause = error && `position error ${error.code}: ${error.message}`;
    this.#ports.onFailure(toFailure(new FieldError(code, message, { cause })));
  }
}
