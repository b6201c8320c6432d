import type { Status } from "../../field/messages.ts";
import type { Incident } from "../../field/sync/incidents.ts";
import { counted, formats } from "../format.ts";
import { status } from "../live.ts";
import { useNow } from "../parts/use_now.ts";
import { whatHappened, whatToDo, whenOften } from "./incident_words.ts";

const SHOWN = 3;

/** What came from others and was refused: who, what, when, what to do. Not there while nothing was. */
export default function RefusedCard() {
  const known = status.value;
  const incidents = known?.incidents ?? [];
  if (!known || incidents.length === 0) return null;
  const older = incidents.slice(SHOWN);
  return (
    <section class="card" id="refused" aria-labelledby="refused-title">
      <h2 id="refused-title">What was refused</h2>
      <p class="hint">Nothing of it was taken. Your records are not affected.</p>
      <List incidents={incidents.slice(0, SHOWN)} known={known} />
      {older.length > 0 && (
        <details class="fold">
          <summary>{counted(older.length, "older one", formats)}</summary>
          <List incidents={older} known={known} />
        </details>
      )}
    </section>
  );
}

interface ListProps {
  readonly incidents: readonly Incident[];
  readonly known: Status;
}

function List({ incidents, known }: ListProps) {
  const now = useNow(60_000).value;
  return (
    <ul class="refused">
      {incidents.map((incident, index) => {
        const advice = whatToDo(incident, known);
        return (
          <li key={index}>
            <strong>{whatHappened(incident, known)}</strong>
            <small>{whenOften(incident, formats, now)}. {incident.message}</small>
            {advice && <p>{advice}</p>}
          </li>
        );
      })}
    </ul>
  );
}
