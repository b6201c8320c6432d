import type { ComponentChildren } from "preact";
import type { Fact } from "./storage_words.ts";

interface CheckProps {
  readonly fact: Fact;
  readonly action?: ComponentChildren;
  /** Below it, over the whole width. */
  readonly children?: ComponentChildren;
}

const DOTS = { good: "dot good", bad: "dot bad", open: "dot hollow" } as const;

/** One thing that is true of the records, with what to do about it. */
export default function Check({ fact, action, children }: CheckProps) {
  return (
    <li class="check">
      <i class={DOTS[fact.tone]} />
      <div class="check-text">
        <strong>{fact.line}</strong>
        <small>{fact.meaning}</small>
      </div>
      {action && <div class="check-action">{action}</div>}
      {children && <div class="check-more">{children}</div>}
    </li>
  );
}
