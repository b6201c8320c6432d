import { useEffect } from "preact/hooks";
import { signal } from "@preact/signals";
import type { NotedObservation } from "../field/observation.ts";
import { fieldmesh } from "../page/fieldmesh.ts";
import type { Fieldmesh } from "../page/fieldmesh.ts";
import { toFailure } from "../field/errors.ts";
import { coalesce } from "./coalesce.ts";
import { status } from "./live.ts";
import ObservationSheet from "./log/observation_sheet.tsx";
import { useFollowed } from "./parts/followed.ts";
import ObservationRow from "./parts/observation_row.tsx";

const SHOWN = 5;
const ASK_GAP_MS = 700;

// Kept across pages, so that coming back shows the list at once.
const newest = signal<readonly NotedObservation[] | null>(null);
const failed = signal("");
const opened = signal<NotedObservation | null>(null);

/** The newest observations of the whole crew. */
export default function JustNow() {
  useEffect(() => follow(fieldmesh()), []);
  const shown = useFollowed(opened.value?.id ?? null, opened.value ?? undefined);
  return (
    <section class="card just-now" aria-labelledby="just-now-title">
      <header class="card-head">
        <h2 id="just-now-title">Just now</h2>
        <a class="more" href="/log">All in the log</a>
      </header>
      <List />
      <ObservationSheet observation={shown} onClose={() => opened.value = null} />
    </section>
  );
}

function List() {
  if (failed.value) return <p class="empty">{failed.value}</p>;
  if (newest.value === null) return <p class="empty">&nbsp;</p>;
  if (newest.value.length === 0) {
    return (
      <p class="empty">
        Nothing yet. What stays in view for a moment becomes an observation and appears here.
      </p>
    );
  }
  return (
    <ul class="rows">
      {newest.value.map((observation) => (
        <li key={observation.id}>
          <ObservationRow
            observation={observation}
            ownDevice={status.value?.device.id}
            onOpen={() => opened.value = observation}
          />
        </li>
      ))}
    </ul>
  );
}

function follow(source: Fieldmesh): () => void {
  const ask = coalesce(async () => {
    try {
      newest.value = await source.observations({ limit: SHOWN });
      failed.value = "";
    } catch (thrown) {
      failed.value = toFailure(thrown).message;
    }
  }, ASK_GAP_MS);
  ask();
  return source.on("observations", ask);
}
