/** The controls of a rule's form. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import TypedNumber from "./typed_number.tsx";

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [value: T, words: string])[];
  readonly onChange: (value: T) => void;
}

/** One of several, by the browser's own list. */
export function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  const id = useId();
  return (
    <div class="rule-field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        onChange={({ currentTarget }) => {
          const chosen = options.find(([one]) => one === currentTarget.value);
          if (chosen) onChange(chosen[0]);
        }}
      >
        {options.map(([one, words]) => <option key={one} value={one}>{words}</option>)}
      </select>
    </div>
  );
}

interface AmountProps {
  readonly label: string;
  readonly unit: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly onChange: (value: number) => void;
}

/** A whole number; what is none is not taken. */
export function Amount({ label, unit, value, least, most, onChange }: AmountProps) {
  const id = useId();
  return (
    <div class="rule-field">
      <label for={id}>{label}</label>
      <span class="figure-typed">
        <TypedNumber
          {...{ id, least, most }}
          step={1}
          shown={String(value)}
          onNumber={(typed) => onChange(Math.min(most, Math.max(least, Math.round(typed))))}
        />
        <span>{unit}</span>
      </span>
    </div>
  );
}

interface SegmentsProps<T extends string> extends ChoiceProps<T> {
  readonly children?: ComponentChildren;
}

/** One of a few, all in sight. */
export function Segments<T extends string>({ label, value, options, onChange }: SegmentsProps<T>) {
  return (
    <div class="rule-field">
      <span class="rule-label" aria-hidden="true">{label}</span>
      <div class="pad-steps" role="group" aria-label={label} data-count={options.length}>
        {options.map(([one, words]) => (
          <button
            key={one}
            type="button"
            aria-pressed={value === one}
            onClick={() => onChange(one)}
          >
            {words}
          </button>
        ))}
      </div>
    </div>
  );
}
