import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import type { Facets } from "../../field/messages.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";
import { capitalised, formats } from "../format.ts";
import { status } from "../live.ts";
import Message from "../parts/message.tsx";
import { deviceWords } from "../parts/observation_words.ts";
import Sheet from "../parts/sheet.tsx";
import Switch from "../parts/switch.tsx";
import { isAll, type LogFilter, SHOW_ALL, toggled } from "./log_filter.ts";
import { shownFilter } from "./shown_filter.ts";

interface FilterSheetProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** What the log shall show: every choice takes effect at once. */
export default function FilterSheet({ open, onClose }: FilterSheetProps) {
  return (
    <Sheet title="Show only" open={open} onClose={onClose}>
      <Choices />
      <div class="form-actions">
        <button
          type="button"
          disabled={isAll(shownFilter.value)}
          onClick={() => shownFilter.value = SHOW_ALL}
        >
          Show all
        </button>
        <button type="button" class="primary" onClick={onClose}>Done</button>
      </div>
    </Sheet>
  );
}

function choose(choice: Partial<LogFilter>): void {
  shownFilter.value = { ...shownFilter.value, ...choice };
}

function Choices() {
  const facets = useSignal<Facets | null>(null);
  const failure = useSignal<string | null>(null);
  useEffect(() => {
    fieldmesh().facets().then(
      (found) => facets.value = found,
      (thrown) => failure.value = toFailure(thrown).message,
    );
  }, []);
  const filter = shownFilter.value;
  return (
    <>
      {failure.value && (
        <Message tone="problem" title="Classes and devices cannot be listed just now">
          <p>{failure.value}</p>
        </Message>
      )}
      <Switch
        label="With a star"
        on={filter.starred}
        onChange={(starred) => choose({ starred })}
      />
      <Switch
        label="Without wrong ones"
        hint="Leaves out what somebody marked as wrong."
        on={filter.withoutWrong}
        onChange={(withoutWrong) => choose({ withoutWrong })}
      />
      <Days />
      {facets.value && <FacetChoices facets={facets.value} />}
    </>
  );
}

function Days() {
  const { from, to } = shownFilter.value;
  return (
    <fieldset>
      <legend>Days</legend>
      <div class="days">
        <label>
          <span>From</span>
          <input
            type="date"
            value={from}
            max={to || undefined}
            onInput={(event) => choose({ from: event.currentTarget.value })}
          />
        </label>
        <label>
          <span>To</span>
          <input
            type="date"
            value={to}
            min={from || undefined}
            onInput={(event) => choose({ to: event.currentTarget.value })}
          />
        </label>
      </div>
    </fieldset>
  );
}

function FacetChoices({ facets }: { readonly facets: Facets }) {
  const { classes, devices } = shownFilter.value;
  return (
    <>
      <ToggleSet
        legend="Classes"
        options={facets.classes.map(({ name, count }) => ({ value: name, words: name, count }))}
        chosen={classes}
        onToggle={(one) => choose({ classes: toggled(classes, one) })}
      />
      <ToggleSet
        legend="Devices"
        options={facets.devices.map(({ device, count }) => ({
          value: device,
          words: capitalised(deviceWords(device, status.value)),
          count,
        }))}
        chosen={devices}
        onToggle={(one) => choose({ devices: toggled(devices, one) })}
      />
    </>
  );
}

interface ToggleSetProps {
  readonly legend: string;
  readonly options: readonly {
    readonly value: string;
    readonly words: string;
    readonly count: number;
  }[];
  readonly chosen: readonly string[];
  readonly onToggle: (value: string) => void;
}

function ToggleSet({ legend, options, chosen, onToggle }: ToggleSetProps) {
  if (options.length < 2 && chosen.length === 0) return null;
  return (
    <fieldset>
      <legend>{legend}</legend>
      <div class="toggles">
        {options.map(({ value, words, count }) => (
          <button
            key={value}
            type="button"
            class="tag"
            aria-pressed={chosen.includes(value)}
            onClick={() => onToggle(value)}
          >
            <bdi>{words}</bdi> <small>{formats.count(count)}</small>
          </button>
        ))}
      </div>
    </fieldset>
  );
}
