import type { Battery } from "../field/schedule/engine_capacity.ts";
import { hasShape, isBoolean, isNumber, isRecord } from "./shape.ts";

interface TellsBattery {
  getBattery(): Promise<unknown>;
}

const isBattery = hasShape<Battery>({ level: isNumber, charging: isBoolean });

/**
 * How full the device's battery is at any moment (W3C Battery Status API). Undefined where the browser does not
 * tell: Firefox and Safari have no such call, and a site's policy may forbid it.
 */
export function watchBattery(navigator: object): () => Battery | undefined {
  let live: Battery | undefined;
  if (tellsBattery(navigator)) {
    navigator.getBattery().then((battery) => {
      if (isBattery(battery)) live = battery; // it goes on changing by itself
    }, () => {}); // forbidden: nothing is known of it, and nothing is spared
  }
  return () => live && { level: live.level, charging: live.charging };
}

function tellsBattery(navigator: object): navigator is TellsBattery {
  return isRecord(navigator) && typeof navigator.getBattery === "function";
}
