import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { formats } from "../format.ts";

const LOOK_EVERY_MS = 1_000;

/**
 * The first visit stores the whole app before the worker answers: says so, and how far it is. Shown only
 * after a second, since every later visit is answered at once.
 */
export default function Storing() {
  const stored = useSignal<string | null>(null);
  useEffect(() => {
    const timer = setInterval(async () => stored.value = await storedSoFar(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  if (stored.value === null) return null;
  return (
    <p class="storing">
      <span class="busy" aria-hidden="true" />
      Storing the app for use with no network{stored.value}. Once only.
    </p>
  );
}

async function storedSoFar(): Promise<string> {
  try {
    const { usage = 0 } = await navigator.storage.estimate();
    return usage > 0 ? `: ${formats.bytes(usage)} so far` : "";
  } catch {
    return ""; // a browser that does not tell; that it goes on is what matters
  }
}
