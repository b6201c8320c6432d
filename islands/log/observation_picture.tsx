import { useSignal } from "@preact/signals";
import { classOf, type NotedObservation } from "../../field/observation.ts";
import { capitalised, twoDigits } from "../format.ts";
import { status } from "../live.ts";
import Icon from "../parts/icon.tsx";
import { usePicture } from "../parts/picture.ts";
import { pictureWords } from "../parts/picture_state_words.ts";
import Thumbnail from "../parts/thumbnail.tsx";
import { LabelledBox } from "../watch/boxes_view.tsx";

/** The object as it was cut out; where whole frames are kept, also the view that it stood in. */
export default function ObservationPicture(
  { observation }: { readonly observation: NotedObservation },
) {
  const whole = useSignal(false);
  const { thumb, frame } = observation;
  const label = classOf(observation);
  if (frame === undefined) return <Thumbnail hash={thumb} label={label} large />;
  return (
    <div class="picture-choice">
      {whole.value
        ? <WholeFrame hash={frame} observation={observation} />
        : <Thumbnail hash={thumb} label={label} large />}
      <button
        type="button"
        aria-pressed={whole.value}
        onClick={() => whole.value = !whole.value}
      >
        <Icon name="box" />Whole frame
      </button>
    </div>
  );
}

interface WholeFrameProps {
  readonly hash: string;
  readonly observation: NotedObservation;
}

/** The frame at the best score, with the box that the model drew then. */
function WholeFrame({ hash, observation }: WholeFrameProps) {
  const { value } = usePicture(hash);
  if (value.state !== "here") {
    return (
      <span class="thumb large">
        <Icon name="picture" />
        <span>{pictureWords(value, "whole frame", status.value)}</span>
      </span>
    );
  }
  return (
    <div class="whole-frame">
      <div class="whole-frame-picture">
        <img
          src={value.url}
          alt={`The whole frame, with a box around: ${classOf(observation)}`}
          width={observation.size?.width}
          height={observation.size?.height}
        />
        <div class="boxes" aria-hidden="true">
          <LabelledBox box={observation.box} words={boxLabel(observation)} />
        </div>
      </div>
    </div>
  );
}

/** The score is the model's word: it does not stand behind a class that a person gave. */
function boxLabel(observation: NotedObservation): string {
  const name = capitalised(classOf(observation));
  return observation.notes?.class === undefined ? `${name} ${twoDigits(observation.score)}` : name;
}
