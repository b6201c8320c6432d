import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";

/** A listener is told at most this often; more would be noise. */
const TELL_EVERY_MS = 8_000;

interface PlacesAnnouncerProps {
  /** The world as it is. Same world, same words: what has not changed is not read again. */
  readonly words: string;
  /** A decision's sentence, of one that alerts nobody: alerts are told on every page, and once is enough. */
  readonly news: string;
}

export default function PlacesAnnouncer({ words, news }: PlacesAnnouncerProps) {
  const said = useSignal("");
  const newest = useRef(words);
  newest.current = words;
  useEffect(() => {
    const timer = setInterval(() => said.value = newest.current, TELL_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <p class="hidden" aria-live="polite">{said}</p>
      <p class="hidden" aria-live="polite">{news}</p>
    </>
  );
}
