import type { ComponentChildren } from "preact";
import type { NotedObservation, Place } from "../../field/observation.ts";
import { offsetWords } from "../crew/clock_words.ts";
import { capitalised, counted, duration, formats, twoDigits } from "../format.ts";
import { status } from "../live.ts";
import { deviceWords } from "../parts/observation_words.ts";
import NotesEditor from "./notes_editor.tsx";
import ObservationPicture from "./observation_picture.tsx";

/** Everything that is known of one observation. */
export default function ObservationDetails(
  { observation }: { readonly observation: NotedObservation },
) {
  const lengthMs = observation.last - observation.first;
  return (
    <div class="details">
      <ObservationPicture key={`picture ${observation.id}`} observation={observation} />
      <NotesEditor observation={observation} />
      <dl class="facts">
        <Fact name="Model’s class">{capitalised(observation.label)}</Fact>
        <Fact name="Best score">{twoDigits(observation.score)} of 100</Fact>
        <Fact name="First seen">{formats.moment(observation.first)}</Fact>
        <Fact name="Last seen">
          {observation.open ? "still in view" : formats.moment(observation.last)}
        </Fact>
        <Fact name="In view">
          {duration(lengthMs)}, {counted(observation.frames, "frame", formats)}
        </Fact>
        <Fact name="Device">{capitalised(deviceWords(observation.device, status.value))}</Fact>
        <Fact name="Source">{observation.source}</Fact>
        {observation.clockAheadMs !== undefined && (
          <Fact name="Its clock">{offsetWords(observation.clockAheadMs)}</Fact>
        )}
        <Fact name="Place">{placeWords(observation.place)}</Fact>
        <Fact name="Model">
          {observation.model.id} <code>{observation.model.sha256.slice(0, 12)}</code>
        </Fact>
        <Fact name="Id">
          <code>{observation.id}</code>
        </Fact>
      </dl>
    </div>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Five decimals of a degree are a metre: more would only look exact. */
function placeWords(place: Place | undefined): string {
  if (!place) return "not recorded";
  const { latitude, longitude, accuracyM } = place;
  const within = formats.count(Math.max(1, Math.round(accuracyM)));
  return `${latitude.toFixed(5)}, ${longitude.toFixed(5)} (within ${within} m)`;
}
