import { useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import Icon from "./icon.tsx";

interface CopyFieldProps {
  readonly label: string;
  readonly value: string;
}

/** A text to take elsewhere: copied by a tap, selected for copying by hand where that is forbidden. */
export default function CopyField({ label, value }: CopyFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const outcome = useSignal<"" | "Copied" | "Selected: copy it by hand">("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      outcome.value = "Copied";
    } catch (_forbidden) {
      input.current?.select();
      outcome.value = "Selected: copy it by hand";
    }
  };
  return (
    <div class="copy-field">
      <input
        ref={input}
        type="text"
        readOnly
        aria-label={label}
        value={value}
        onFocus={(event) => event.currentTarget.select()}
      />
      <button type="button" onClick={copy}>
        <Icon name="copy" />Copy
      </button>
      <span class="copy-outcome" role="status">{outcome}</span>
    </div>
  );
}
