import PlacesAnnouncer from "../places/places_announcer.tsx";
import type { Headline } from "./headline.ts";

/** What is going on now, in one sentence. */
export default function HeadlineBar(
  { headline: { tone, words } }: { readonly headline: Headline },
) {
  return (
    <div class={`swarm-headline ${tone}`}>
      <Sign tone={tone} />
      <p>{words}</p>
      <PlacesAnnouncer words={words} news="" />
    </div>
  );
}

/** A joined ring, a broken one, or dots: its shape says it too. */
function Sign({ tone }: Pick<Headline, "tone">) {
  return (
    <svg class="swarm-sign" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      {tone === "good" && <path d="M6 16.5l7 7L26 9" />}
      {tone === "bad" && <path d="M13 6a10.5 10.5 0 0 0 0 20M19 6a10.5 10.5 0 0 1 0 20M16 2v28" />}
      {tone === "info" && <path d="M7 16h.01M16 16h.01M25 16h.01" />}
    </svg>
  );
}
