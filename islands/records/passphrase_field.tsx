import { useSignal } from "@preact/signals";
import type { Signal } from "@preact/signals";

interface PassphraseFieldProps {
  readonly id: string;
  readonly label: string;
  readonly value: Signal<string>;
  /** Being chosen, not asked for: password managers offer one. */
  readonly isNew?: boolean;
  readonly hint?: string;
}

/** The worker takes 1,024. */
const MOST_LENGTH = 500;

/** What is typed is hidden unless asked for: long passphrases are mistyped unseen. */
export default function PassphraseField(props: PassphraseFieldProps) {
  const { id, label, value, isNew = false, hint } = props;
  const shown = useSignal(false);
  const attributes = {
    id,
    autoComplete: isNew ? "new-password" : "current-password",
    autoCapitalize: "off",
    spellcheck: false,
    required: true,
    maxLength: MOST_LENGTH,
    "aria-describedby": hint === undefined ? undefined : `${id}-hint`,
    value: value.value,
    onInput: (event: { readonly currentTarget: HTMLInputElement }) => {
      value.value = event.currentTarget.value;
    },
  } as const;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="passphrase">
        {/* One element to the browser: focus and caret stay when what is typed is shown. */}
        {shown.value
          ? <input type="text" {...attributes} />
          : <input type="password" {...attributes} />}
        <button
          type="button"
          aria-pressed={shown.value}
          aria-label={`Show: ${label}`}
          onClick={() => shown.value = !shown.value}
        >
          {shown.value ? "Hide" : "Show"}
        </button>
      </div>
      {hint !== undefined && <p id={`${id}-hint`} class="hint">{hint}</p>}
    </div>
  );
}
