import type { Battery } from "../field/schedule/engine_capacity.ts";
import { isBoolean, isFields, isNumber } from "./call_fields.ts";

/** A frame's field `battery`: nothing where the browser does not tell, null where it is none. */
export function parseBattery(value: unknown): { battery?: Battery } | null {
  if (value === undefined) return {};
  if (!isFields(value)) return null;
  const { level, charging } = value;
  if (!isNumber(level) || level < 0 || level > 1 || !isBoolean(charging)) return null;
  return { battery: { level, charging } };
}
