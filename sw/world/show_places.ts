import type { WindowClient, WorkerScope } from "../scope.ts";
import { PLACES } from "./notifier.ts";

/** Where a tap on an alert leads: a window of the app that is open, or a new one. */
export async function showPlaces(
  clients: Pick<WorkerScope["clients"], "matchAll" | "openWindow">,
): Promise<void> {
  const windows = await clients.matchAll({ includeUncontrolled: true, type: "window" });
  const isThere = ({ url }: WindowClient) => new URL(url).pathname === PLACES;
  const there = windows.find(isThere);
  if (there) return void await there.focus();
  // what is being watched goes on in its own window: it is not led away from there
  await clients.openWindow(PLACES);
}
