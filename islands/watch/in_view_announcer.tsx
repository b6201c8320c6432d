import { useEffect, useRef } from "preact/hooks";
import { useSignal, useSignalEffect } from "@preact/signals";
import { capture, detections } from "../live.ts";
import { inViewWords } from "./boxes.ts";

/** A listener is told at most this often what is in view; more would be noise. */
const TELL_EVERY_MS = 6_000;

/** Says what is in view, when that changed, now and then. */
export default function InViewAnnouncer() {
  const said = useSignal("");
  const newest = useRef("");
  useSignalEffect(() => {
    newest.current = capture.value ? inViewWords(detections.value) : "";
  });
  useEffect(() => {
    const timer = setInterval(() => said.value = newest.current, TELL_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return <p class="hidden" aria-live="polite">{said}</p>;
}
