import { useSignal } from "@preact/signals";

interface TypedNumberProps {
  readonly id?: string;
  /** Absent where a `<label>` names it. */
  readonly label?: string;
  /** As it is shown; empty when there is none yet. */
  readonly shown: string;
  readonly step: number;
  readonly least?: number;
  readonly most?: number;
  /** What is no number is not taken: the field then shows again what it was. */
  readonly onNumber: (value: number) => void;
}

/**
 * A number that is taken when it is whole. What is half typed stays, though all around it is drawn anew with every
 * change of the world.
 */
export default function TypedNumber(props: TypedNumberProps) {
  const { id, label, shown, step, least, most, onNumber } = props;
  const typing = useSignal<string | null>(null);
  return (
    <input
      id={id}
      type="number"
      inputMode="decimal"
      aria-label={label}
      min={least}
      max={most}
      step={step}
      value={typing.value ?? shown}
      onInput={({ currentTarget }) => typing.value = currentTarget.value}
      onChange={({ currentTarget }) => {
        const typed = currentTarget.valueAsNumber;
        typing.value = null;
        if (Number.isFinite(typed)) onNumber(typed);
        else currentTarget.value = shown;
      }}
      onBlur={() => typing.value = null}
    />
  );
}
