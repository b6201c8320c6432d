/** Chromium's `beforeinstallprompt`, which TypeScript's library does not know. */
interface InstallPromptEvent extends Event {
  prompt(): Promise<unknown>;
}

function isInstallPrompt(event: Event): event is InstallPromptEvent {
  return "prompt" in event && typeof event.prompt === "function";
}

/** Tells when the browser offers installing: `install` shows its prompt, once, from a tap. */
export function onInstallable(
  target: EventTarget,
  tell: (install: () => Promise<void>) => void,
): void {
  target.addEventListener("beforeinstallprompt", (event) => {
    if (!isInstallPrompt(event)) return;
    // the browser's own banner would come at a moment of its choosing
    event.preventDefault();
    tell(async () => void await event.prompt());
  });
}
