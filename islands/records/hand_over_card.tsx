import { useSignal } from "@preact/signals";
import type { ReadonlySignal, Signal } from "@preact/signals";
import { formats } from "../format.ts";
import { status } from "../live.ts";
import { partsOf } from "../log/log_filter.ts";
import { shownFilter } from "../log/shown_filter.ts";
import Icon from "../parts/icon.tsx";
import { deviceWords } from "../parts/observation_words.ts";
import { useNow } from "../parts/use_now.ts";
import { isComplete, PURPOSES, selections } from "./hand_over.ts";
import type { Purpose, Selection, Which } from "./hand_over.ts";
import { lastHandOver } from "./last_occasions.ts";
import { sinceLine } from "./occasions.ts";
import { recordsWork } from "./records_work.ts";
import { isUnderWay } from "./work.ts";

const MINUTE_MS = 60_000;

/** Files for others, by what they are for. */
export default function HandOverCard() {
  const now = useNow(MINUTE_MS);
  const which = useSignal<Which>("all");
  const choices = selectionsNow(now);
  const chosen = choices.find((choice) => choice.which === which.value) ?? choices[0];
  const total = status.value?.total ?? null;
  const last = lastHandOver.value;
  return (
    <section class="card" id="hand-over" aria-labelledby="hand-over-title">
      <h2 id="hand-over-title">Hand over</h2>
      {total === 0
        ? (
          <p class="empty">
            Nothing to hand over yet. <a href="/">Watch</a>{" "}
            something: each person, animal or thing becomes a row in these files.
          </p>
        )
        : <SelectionField choices={choices} chosen={chosen} which={which} />}
      <div class="purposes">
        {PURPOSES.map((purpose) => (
          <PurposeButton key={purpose.format} purpose={purpose} selection={chosen} />
        ))}
      </div>
      <p class="hint">
        {last
          ? sinceLine(last, { what: "hand-over", total, now: now.value }, formats)
          : "Nothing was handed over from here yet."}
      </p>
    </section>
  );
}

function selectionsNow(now: ReadonlySignal<number>): readonly Selection[] {
  const shown = shownFilter.value;
  return selections({
    now: now.value,
    total: status.value?.total ?? null,
    lastHandOver: lastHandOver.value,
    shown,
    shownWords: partsOf(shown, (device) => deviceWords(device, status.value))
      .map(({ words }) => words),
  }, formats);
}

interface SelectionFieldProps {
  readonly choices: readonly Selection[];
  readonly chosen: Selection;
  readonly which: Signal<Which>;
}

function SelectionField({ choices, chosen, which }: SelectionFieldProps) {
  return (
    <div class="field">
      <label for="hand-over-which">Which observations</label>
      <select
        id="hand-over-which"
        aria-describedby="hand-over-which-hint"
        value={chosen.which}
        onChange={(event) => which.value = choices[event.currentTarget.selectedIndex].which}
      >
        {choices.map((choice) => (
          <option key={choice.which} value={choice.which} selected={choice === chosen}>
            {choice.name}
          </option>
        ))}
      </select>
      <p id="hand-over-which-hint" class="hint">{chosen.hint}</p>
    </div>
  );
}

interface PurposeButtonProps {
  readonly purpose: Purpose;
  readonly selection: Selection;
}

function PurposeButton({ purpose, selection }: PurposeButtonProps) {
  const { format, icon, name, contents } = purpose;
  const total = status.value?.total ?? 0;
  const make = () =>
    void recordsWork.make({
      format,
      query: selection.query,
      counts: isComplete(selection.which) ? "handed-over" : null,
      begun: { at: Date.now(), total },
    });
  return (
    <button
      type="button"
      class="option purpose"
      data-format={format}
      disabled={total === 0 || isUnderWay(recordsWork.work.value)}
      onClick={make}
    >
      <Icon name={icon} />
      <span>
        <strong>{name}</strong>
        <small>{contents}</small>
      </span>
    </button>
  );
}
