import type { Observation } from "../../field/observation.ts";
import { capitalised, formats, twoDigits } from "../format.ts";
import { status } from "../live.ts";
import { deviceWords, whenLine } from "./observation_words.ts";
import Thumbnail from "./thumbnail.tsx";

interface ObservationRowProps {
  readonly observation: Observation;
  /** Rows of other devices name them. */
  readonly ownDevice?: string;
  readonly selected?: boolean;
  readonly onOpen: () => void;
}

/** One observation in a line: picture, class, when, how sure. Opens its details. */
export default function ObservationRow(props: ObservationRowProps) {
  const { observation, ownDevice, selected, onOpen } = props;
  const foreign = ownDevice !== undefined && observation.device !== ownDevice;
  return (
    <button type="button" class="row" aria-pressed={selected} onClick={onOpen}>
      <Thumbnail hash={observation.thumb} label={observation.label} />
      <span class="row-text">
        <span class="row-head">
          <strong>{capitalised(observation.label)}</strong>
          {foreign && <small>{deviceWords(observation.device, status.value)}</small>}
        </span>
        <small>{whenLine(observation, formats)}</small>
      </span>
      <span class={observation.open ? "score open" : "score"}>
        <span class="hidden">score</span>
        {twoDigits(observation.score)}
      </span>
    </button>
  );
}
