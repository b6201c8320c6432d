import { hubReachable } from "../live.ts";

const ASK_EVERY_MS = 30_000;
const ANSWER_WITHIN_MS = 4_000;

/**
 * Keeps `hubReachable` true to life while the page is visible. The browser's own "online" only tells of
 * a network, not whether the hub on it answers.
 */
export function watchHub(): void {
  addEventListener("online", () => void ask());
  addEventListener("offline", () => void ask());
  document.addEventListener("visibilitychange", () => void askIfVisible());
  setInterval(() => void askIfVisible(), ASK_EVERY_MS);
  void ask();
}

async function askIfVisible(): Promise<void> {
  if (document.visibilityState === "visible") await ask();
}

async function ask(): Promise<void> {
  hubReachable.value = navigator.onLine && await hubAnswers();
}

async function hubAnswers(): Promise<boolean> {
  try {
    const response = await fetch("/healthz", {
      cache: "no-store",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return response.ok;
  } catch (_unreachable) {
    return false;
  }
}
