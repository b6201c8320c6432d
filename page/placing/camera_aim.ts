/**
 * Where the rear camera looks, by the device's own sensors. The angles are those of Device Orientation and
 * Motion (W3C): the device is turned by R = Rz(alpha) Rx(beta) Ry(gamma) from lying with its top to the north,
 * and its rear camera looks along its −z.
 */
import { FieldError } from "../../field/errors.ts";
import type { Timing } from "../timing.ts";

export interface OrientationReading {
  readonly alpha: number | null;
  readonly beta: number | null;
  readonly gamma: number | null;
  /** `alpha` is counted from north, not from where the device was when it began. */
  readonly absolute: boolean;
  /** iOS: clockwise from north, and within how many degrees; below 0 it is not to be trusted. */
  readonly webkitCompassHeading?: number;
  readonly webkitCompassAccuracy?: number;
}

/** Degrees, with standard deviations. */
export interface Reckoned {
  readonly deg: number;
  readonly errorDeg: number;
}

export interface CameraAim {
  /** Clockwise from north; null when the device has no compass, or looks straight down or up. */
  readonly heading: Reckoned | null;
  /** Below the horizon. */
  readonly tilt: Reckoned | null;
}

/** Magnetic north is off by some degrees, and iron nearby by more. */
const COMPASS_ERROR_DEG = 10;
const TILT_ERROR_DEG = 1;
/** Nearer to the vertical it has no heading to speak of. */
const LEAST_LEVEL = 0.1;
const RADIANS = Math.PI / 180;

/** Null when the reading says nothing. */
export function aimOf(reading: OrientationReading): CameraAim | null {
  const { beta, gamma } = reading;
  if (beta === null || gamma === null) return null;
  const compass = compassOf(reading);
  const [sinA, cosA] = sinCos(compass?.deg ?? 0);
  const [sinB, cosB] = sinCos(beta);
  const [sinC, cosC] = sinCos(gamma);
  const east = -(cosA * sinC + sinA * sinB * cosC);
  const north = -(sinA * sinC - cosA * sinB * cosC);
  const up = -cosB * cosC;
  const tilt = { deg: -Math.asin(up) / RADIANS, errorDeg: TILT_ERROR_DEG };
  const isLevel = Math.hypot(east, north) >= LEAST_LEVEL;
  const heading = compass && isLevel
    ? { deg: (Math.atan2(east, north) / RADIANS + 360) % 360, errorDeg: compass.errorDeg }
    : null;
  return { heading, tilt };
}

/** `alpha` from north; null when nobody knows where that is. */
function compassOf(reading: OrientationReading): Reckoned | null {
  const { alpha, absolute, webkitCompassHeading: heading, webkitCompassAccuracy } = reading;
  if (heading !== undefined && (webkitCompassAccuracy ?? -1) >= 0) {
    const errorDeg = Math.max(COMPASS_ERROR_DEG, webkitCompassAccuracy ?? 0);
    return { deg: 360 - heading, errorDeg };
  }
  return absolute && alpha !== null ? { deg: alpha, errorDeg: COMPASS_ERROR_DEG } : null;
}

function sinCos(degrees: number): readonly [number, number] {
  return [Math.sin(degrees * RADIANS), Math.cos(degrees * RADIANS)];
}

export interface AimPorts {
  readonly timing: Timing;
  /** iOS asks its user; null where nothing has to be asked. */
  readonly ask: (() => Promise<"granted" | "denied">) | null;
  /** Calls with each reading until it is undone. */
  readonly listen: (take: (reading: OrientationReading) => void) => () => void;
}

/** Sensors report sixty times a second; a device without any never does. */
const WITHIN_MS = 2_000;
/** After the first reading, for one with a compass. */
const BETTER_WITHIN_MS = 700;

/**
 * Reads the sensors once. Rejects with `place-denied` or `place-missing`, each with what to do. Only from a tap:
 * iOS asks no user otherwise.
 */
export async function readCameraAim({ timing, ask, listen }: AimPorts): Promise<CameraAim> {
  if (ask && await ask() !== "granted") {
    throw new FieldError(
      "place-denied",
      "This site may not read the motion sensors. Allow it in the browser's settings for this site, or set heading and tilt by hand.",
    );
  }
  const found = Promise.withResolvers<CameraAim | null>();
  let best: CameraAim | null = null;
  let cancel = timing.after(WITHIN_MS, () => found.resolve(null));
  const stop = listen((reading) => {
    const aim = aimOf(reading);
    if (!aim) return;
    if (!best) {
      cancel();
      cancel = timing.after(BETTER_WITHIN_MS, () => found.resolve(best));
    }
    if (!best || aim.heading) best = aim;
    if (aim.heading) found.resolve(aim);
  });
  const aim = await found.promise.finally(() => {
    stop();
    cancel();
  });
  if (aim) return aim;
  throw new FieldError(
    "place-missing",
    "This device's sensors do not say how it is held. Set heading and tilt by hand.",
  );
}

/** The browser's own. */
export function browserAimPorts(timing: Timing): AimPorts {
  return { timing, ask: permissionAsker(), listen: listenToOrientation };
}

/** Safari's alone: no standard names it. */
function permissionAsker(): AimPorts["ask"] {
  const event: unknown = Reflect.get(globalThis, "DeviceOrientationEvent");
  if (typeof event !== "function") return null;
  const ask: unknown = Reflect.get(event, "requestPermission");
  if (typeof ask !== "function") return null;
  return async () => await ask.call(event) === "granted" ? "granted" : "denied";
}

function listenToOrientation(take: (reading: OrientationReading) => void): () => void {
  const over = new AbortController();
  const hear = (event: Event) => {
    if (event instanceof DeviceOrientationEvent) take(event);
  };
  // Chromium gives angles from north in an event of its own
  for (const name of ["deviceorientationabsolute", "deviceorientation"]) {
    addEventListener(name, hear, { signal: over.signal });
  }
  return () => over.abort();
}
