import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";

/** The time, ms since the epoch, renewed every `everyMs` while the component is shown. */
export function useNow(everyMs: number): ReadonlySignal<number> {
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => now.value = Date.now(), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
