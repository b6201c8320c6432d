import { session, status } from "./live.ts";
import { counted, formats } from "./format.ts";
import { figuresOf } from "./watch/session.ts";

/** Seen, saved, on another device: whether the records are safe, in three figures. */
export default function Figures() {
  const known = status.value;
  const figures = known && figuresOf(known, session.value);
  return (
    <section class="card figures" aria-labelledby="figures-title">
      <h2 id="figures-title">{session.value ? "This session" : "On this device"}</h2>
      <dl>
        <Figure value={figures?.seen} words="seen" />
        <Figure value={figures?.saved} words="saved" />
        <Figure value={figures?.elsewhere} words="on another device" />
      </dl>
      <p class="figures-truth">{known ? truth(known.pending, known.crew !== null) : "\u00a0"}</p>
    </section>
  );
}

function Figure({ value, words }: { readonly value?: number; readonly words: string }) {
  return (
    <div class="figure">
      <dt>{words}</dt>
      <dd>{value === undefined ? "–" : formats.count(value)}</dd>
    </div>
  );
}

function truth(pending: number, inCrew: boolean) {
  if (pending > 0) return `${counted(pending, "observation", formats)} on the way to disk.`;
  if (inCrew) return "What is saved is on this device's disk.";
  return (
    <>
      Only here so far. <a href="/crew">Start a crew</a> for a second copy.
    </>
  );
}
