import type { ComponentChildren } from "preact";
import Icon from "./icon.tsx";

interface MessageProps {
  readonly tone: "info" | "problem" | "good";
  readonly title: string;
  readonly children?: ComponentChildren;
  /** Ways on: buttons or links. */
  readonly actions?: ComponentChildren;
}

const ICONS = { info: "about", problem: "warning", good: "check" } as const;

/** What happened, what it means for the records, what to do. Problems are read out at once. */
export default function Message({ tone, title, children, actions }: MessageProps) {
  return (
    <div class={`message ${tone}`} role={tone === "problem" ? "alert" : undefined}>
      <Icon name={ICONS[tone]} />
      <div class="message-text">
        <strong>{title}</strong>
        {children}
      </div>
      {actions && <div class="message-actions">{actions}</div>}
    </div>
  );
}
