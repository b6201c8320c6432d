import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { capture } from "../live.ts";

/** Said where it matters: a dark screen ends the watch. */
export default function ScreenHint() {
  const keepsOn = useSignal(true);
  useEffect(() => void (keepsOn.value = "wakeLock" in navigator), []);
  if (!capture.value) return null;
  return (
    <p class="hint screen-hint">
      {keepsOn.value
        ? "Keep this page in front: hidden, it cannot watch. The screen stays on."
        : "This browser lets the screen go dark, and that stops the watch: set the screen's timeout to never."}
    </p>
  );
}
