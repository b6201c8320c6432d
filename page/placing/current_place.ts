import { FieldError } from "../../field/errors.ts";
import type { LatLon } from "../../field/world/plan_frame.ts";

/** Where the device is. */
export interface CurrentPlace {
  readonly at: LatLon;
  /** Standard deviation east and north, m. */
  readonly errorM: number;
}

const OPTIONS: PositionOptions = { enableHighAccuracy: true, maximumAge: 10_000, timeout: 30_000 };
/** The browser's accuracy is a radius that holds 95 % (Geolocation, W3C); of a circular normal, 2.45 σ. */
const RADIUS_PER_DEVIATION = 2.45;
const LEAST_ERROR_M = 0.5;

/** Asks once, from a tap: the browser asks its user. Rejects with `place-denied` or `place-missing`. */
export function currentPlace(
  geolocation: Pick<Geolocation, "getCurrentPosition"> | undefined,
): Promise<CurrentPlace> {
  if (!geolocation) {
    return Promise.reject(
      new FieldError("place-missing", "This browser cannot tell where the device is. Type it in."),
    );
  }
  return new Promise((resolve, reject) => {
    geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude, accuracy } }) =>
        resolve({
          at: { latitude, longitude },
          errorM: Math.max(LEAST_ERROR_M, accuracy / RADIUS_PER_DEVIATION),
        }),
      (error) => reject(failureOf(error)),
      OPTIONS,
    );
  });
}

function failureOf(cause: GeolocationPositionError): FieldError {
  return cause.code === cause.PERMISSION_DENIED
    ? new FieldError(
      "place-denied",
      "This site may not know where the device is. Allow location in the browser's site settings, or type it in.",
      { cause },
    )
    : new FieldError(
      "place-missing",
      "The device does not know where it is just now. A free view of the sky helps; or type it in.",
      { cause },
    );
}
