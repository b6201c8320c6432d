import type { AlertAction } from "../../field/decide/rule.ts";
import type { Decision } from "../../field/decide/decision.ts";
import { scope } from "../scope.ts";

/** The system's notifications. */
export interface Notifier {
  readonly isAllowed: () => boolean;
  /** Is one with this tag on the screen? */
  readonly isShown: (tag: string) => Promise<boolean>;
  readonly show: (title: string, options: NotificationOptions) => Promise<void>;
}

/** Where a tap on one leads. */
export const PLACES = "/places";
/** ms on, off, on. */
const VIBRATIONS: Readonly<Record<AlertAction["vibration"], readonly number[]>> = {
  none: [],
  short: [200],
  long: [500, 200, 500, 200, 500],
};

export const systemNotifier: Notifier = {
  isAllowed: () => "Notification" in globalThis && Notification.permission === "granted",
  isShown: async (tag) => (await scope.registration.getNotifications({ tag })).length > 0,
  show: (title, options) => scope.registration.showNotification(title, options),
};

/**
 * Shows an alert, once: one with the decision's id on the screen already, of a worker that was stopped before it
 * could note it, stays as it is. Without the user's permission the pages alone tell of it.
 */
export async function notify(
  notifier: Notifier,
  decision: Decision,
  words: string,
): Promise<void> {
  const alert = decision.asks.find((ask) => ask.kind === "alert");
  if (!alert?.notification || !notifier.isAllowed()) return;
  if (await notifier.isShown(decision.id)) return;
  const vibrate = VIBRATIONS[alert.vibration];
  // `vibrate` is in no browser's types, and left out by those that do not know it
  const options: NotificationOptions & { readonly vibrate?: readonly number[] } = {
    ...{ body: words, tag: decision.id, icon: "/icons/icon-192.png", data: PLACES },
    ...vibrate.length > 0 && { vibrate },
    silent: alert.sound === "none" && vibrate.length === 0,
    requireInteraction: decision.urgency === "alarm",
  };
  await notifier.show(decision.rule ?? "Fieldmesh", options);
}
