import type { DecisionLine } from "./decision_lines.ts";

interface DecisionLogProps {
  /** Newest first. */
  readonly lines: readonly DecisionLine[];
  readonly timeWords: (atMs: number) => string;
}

/** What was decided; what sends a drone somewhere stands out. */
export default function DecisionLog({ lines, timeWords }: DecisionLogProps) {
  return (
    <section class="card swarm-log" aria-labelledby="swarm-log-title">
      <h2 id="swarm-log-title">What they decided</h2>
      {lines.length === 0 && <p class="empty">Nothing yet: they decide on what they find.</p>}
      <ol class="plain swarm-lines" tabIndex={0} aria-labelledby="swarm-log-title">
        {lines.map(({ id, atMs, words, isErrand }) => (
          <li key={id}>
            <time>{timeWords(atMs)}</time>
            {isErrand ? <b>{words}</b> : <span>{words}</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}
