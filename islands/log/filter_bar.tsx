import { useSignal } from "@preact/signals";
import { status } from "../live.ts";
import Icon from "../parts/icon.tsx";
import { deviceWords } from "../parts/observation_words.ts";
import FilterSheet from "./filter_sheet.tsx";
import { type FilterPart, partsOf } from "./log_filter.ts";
import { shownFilter } from "./shown_filter.ts";

/** Finding in the log: words, and what else was chosen, each with a way to take it back. */
export default function FilterBar() {
  const choosing = useSignal(false);
  const parts = partsOf(shownFilter.value, (device) => deviceWords(device, status.value));
  return (
    <search class="filter">
      <div class="filter-line">
        <Words />
        <button type="button" class="filter-open" onClick={() => choosing.value = true}>
          <Icon name="filter" />Filter
        </button>
      </div>
      {parts.length > 0 && (
        <ul class="tags" aria-label="Shown are only">
          {parts.map((part) => <Chip key={part.key} part={part} />)}
        </ul>
      )}
      <FilterSheet open={choosing.value} onClose={() => choosing.value = false} />
    </search>
  );
}

function Words() {
  const type = (event: { currentTarget: HTMLInputElement }) => {
    shownFilter.value = { ...shownFilter.value, text: event.currentTarget.value };
  };
  return (
    <label class="filter-words">
      <span class="hidden">Find in class, labels, comments and source</span>
      <Icon name="search" />
      <input
        type="search"
        placeholder="Find"
        maxLength={200}
        autocomplete="off"
        enterkeyhint="search"
        value={shownFilter.value.text}
        onInput={type}
      />
    </label>
  );
}

function Chip({ part }: { readonly part: FilterPart }) {
  return (
    <li>
      <button
        type="button"
        class="tag"
        aria-label={`${part.words}: take away`}
        onClick={() => shownFilter.value = part.without}
      >
        <bdi>{part.words}</bdi>
        <Icon name="close" />
      </button>
    </li>
  );
}
