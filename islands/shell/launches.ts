/** Chromium's Launch Handler API (desktop), which TypeScript's library does not know. */
interface LaunchQueue {
  setConsumer(consumer: (launch: { readonly targetURL?: string }) => void): void;
}

function hasLaunchQueue(scope: object): scope is { readonly launchQueue: LaunchQueue } {
  return "launchQueue" in scope && typeof scope.launchQueue === "object";
}

/**
 * The manifest asks that a second launch focus the window that is open. A launch by a shortcut or an
 * invite then shows its page there, without ending the watch.
 */
export function onLaunch(show: (href: string) => void): void {
  const scope: object = globalThis;
  if (!hasLaunchQueue(scope)) return;
  scope.launchQueue.setConsumer(({ targetURL }) => {
    if (targetURL !== undefined && targetURL !== location.href) show(targetURL);
  });
}
