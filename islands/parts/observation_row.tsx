import { classOf, type NotedObservation } from "../../field/observation.ts";
import { capitalised, formats, twoDigits } from "../format.ts";
import { status } from "../live.ts";
import { hasDraft } from "../log/drafts.ts";
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
            <bdi>{capitalised(classOf(observation))}</bdi>
          </strong>
          {notes?.star && <Icon name="star" />}
          {notes?.star && <span class="hidden">with a star</span>}
          {notes?.wrong && <small>wrong</small>}
          {foreign && <small>{deviceWords(observation.device, status.value)}</small>}
        </span>
        <SecondLine observation={observation} />
      </span>
      <span class={observation.open ? "score open" : "score"}>
        <span class="hidden">score</span>
        {twoDigits(observation.score)}
      </span>
    </button>
  );
}

/** When, and what people say of it, or how long it was in view. */
function SecondLine({ observation }: { readonly observation: NotedObservation }) {
  const { comment, labels = [] } = observation.notes ?? {};
  const said = [...labels, ...(comment === undefined ? [] : [comment])];
  const isDraft = hasDraft(observation.id);
  if (said.length === 0 && !isDraft) return <small>{whenLine(observation, formats)}</small>;
  return (
    <small>
      {formats.time(observation.first)}
      {isDraft && ", comment not saved yet"}
      {said.map((words, index) => (
        <span key={index}>
          , <bdi>{words}</bdi>
        </span>
      ))}
    </small>
  );
}
