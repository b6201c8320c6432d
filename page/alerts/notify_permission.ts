/** Asks the user for leave to notify, only from the tap that wants it. False: there is none. */
export async function askToNotify(): Promise<boolean> {
  if (!("Notification" in globalThis)) return false;
  if (Notification.permission === "granted") return true;
  return await Notification.requestPermission() === "granted";
}
