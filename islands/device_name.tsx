import { status } from "./live.ts";

/** Whose screen this is, under the page's title. */
export default function DeviceName() {
  return <span class="device-name">{status.value?.device.name ?? "\u00a0"}</span>;
}
