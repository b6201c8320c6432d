import { classOf, type NotedObservation } from "../../field/observation.ts";
import { capitalised, formats, twoDigits } from "../format.ts";
import { status } from "../live.ts";
import Icon from "./icon.tsx";
import { deviceWords, whenLine } from "./observation_words.ts";
import Thumbnail from "./thumbnail.tsx";

interface ObservationRowProps {
  readonly observation: NotedObservation;
  /** Rows of other devices name them. */
  readonly ownDevice?: string;
  readonly selected?: boolean;
  readonly onOpen: () => void;
}

/** One observation in a line: picture, class, when, how sure. Opens its details. */
export default function ObservationRow(props: ObservationRowProps) {
  const { observation, ownDevice, selected, onOpen } = props;
  const { notes } = observation;
  const foreign = ownDevice !== undefined && observation.device !== ownDevice;
  return (
    <button type="button" class="row" aria-pressed={selected} onClick={onOpen}>
      <Thumbnail hash={observation.thumb} label={observation.label} />
      <span class="row-text">
        <span class="row-head">
          <strong class={notes?.wrong ? "wrong" : undefined}>
            {capitalised(classOf(observation))}
          </strong>
          {notes?.star && <Icon name="star" />}
          {notes?.star && <span class="hidden">with a star</span>}
          {notes?.wrong && <small>wrong</small>}
          {foreign && <small>{deviceWords(observation.device, status.value)}</small>}
        </span>
        <small>{notes?.comment ?? whenLine(observation, formats)}</small>
      </span>
      <span class={observation.open ? "score open" : "score"}>
        <span class="hidden">score</span>
        {twoDigits(observation.score)}
      </span>
    </button>
  );
}
