interface SwitchProps {
  readonly label: string;
  readonly hint?: string;
  readonly on: boolean;
  readonly disabled?: boolean;
  readonly onChange: (on: boolean) => void;
}

/** An on/off switch over the whole width of its row. */
export default function Switch({ label, hint, on, disabled, onChange }: SwitchProps) {
  return (
    <button
      type="button"
      class="switch"
      role="switch"
      aria-checked={on}
      disabled={disabled}
      onClick={() => onChange(!on)}
    >
      <span class="switch-text">
        <strong>{label}</strong>
        {hint && <small>{hint}</small>}
      </span>
      <span class="switch-state" aria-hidden="true">{on ? "On" : "Off"}</span>
      <span class="switch-track" aria-hidden="true">
        <i />
      </span>
    </button>
  );
}
