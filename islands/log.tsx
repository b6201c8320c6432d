import { useEffect } from "preact/hooks";
import { batch, signal, useSignal } from "@preact/signals";
import { classOf, type NotedObservation } from "../field/observation.ts";
import { fieldmesh } from "../page/fieldmesh.ts";
import { coalesce } from "./coalesce.ts";
import { capitalised, counted, formats } from "./format.ts";
import { status } from "./live.ts";
import FilterBar from "./log/filter_bar.tsx";
import { type FilterQuery, foundWords, isAll, queryOf, SHOW_ALL } from "./log/log_filter.ts";
import { makeLogRows } from "./log/log_rows.ts";
import ObservationDetails from "./log/observation_details.tsx";
import ObservationSheet from "./log/observation_sheet.tsx";
import RowList from "./log/row_list.tsx";
import { shownFilter } from "./log/shown_filter.ts";
import { useFollowed } from "./parts/followed.ts";
import Mark from "./parts/mark.tsx";
import Message from "./parts/message.tsx";

// Kept across pages, so that coming back shows the list, at its place, at once.
const log = makeLogRows(fieldmesh);
const opened = signal<string | null>(null);
/** Stands beside the list while nothing was opened: what is new must not take its place while it is read. */
const beside = signal<string | null>(null);
/** What the rows answer; while the filter asks for something else, the answer is on its way. */
const shownQuery = signal(JSON.stringify(queryOf(SHOW_ALL)));
let askedQuery = shownQuery.value;

/** While words are being typed, not every letter is a query. */
const TYPING_MS = 200;
const TOP_GAP_MS = 700;
/** Older observations arrive by sync, in bulk; reading all again costs a call a page. */
const ALL_GAP_MS = 5_000;
/** From here on the details stand beside the list instead of over it. */
const WIDE = "(min-width: 1080px)";

/** All observations of the crew that are on this device, newest first. */
export default function LogView() {
  const wide = useSignal(false);
  useEffect(() => follow(), []);
  useEffect(() => followWide((matches) => wide.value = matches), []);
  useEffect(() => followFilter(), []);
  const rows = log.rows.value;
  const failure = log.failure.value;
  return (
    <>
      {failure && (
        <Message
          tone="problem"
          title="The log cannot be read just now"
          actions={<button type="button" onClick={() => void log.refreshTop()}>Try again</button>}
        >
          <p>{failure.message}</p>
        </Message>
      )}
      {rows === null && <Skeleton />}
      {rows !== null && (isEmptyLog() ? <EmptyLog /> : <FilledLog rows={rows} wide={wide.value} />)}
    </>
  );
}

/** Nothing is there at all, not only nothing that was looked for. */
function isEmptyLog(): boolean {
  return log.rows.value?.length === 0 && isAll(shownFilter.value);
}

interface FilledLogProps {
  readonly rows: readonly NotedObservation[];
  readonly wide: boolean;
}

function FilledLog({ rows, wide }: FilledLogProps) {
  const id = opened.value ?? (wide ? beside.value ?? rows[0]?.id ?? null : null);
  const chosen = useFollowed(id, rows.find((one) => one.id === id));
  useEffect(() => {
    if (wide && beside.value === null) beside.value = id;
  });
  return (
    <div class="log">
      <section class="log-column" aria-label="Observations">
        <FilterBar />
        <p class="log-summary" role="status">{summary(rows.length)}</p>
        {rows.length > 0 && (
          <RowList
            rows={rows}
            total={isAll(shownFilter.value) ? status.value?.total : undefined}
            selected={wide ? id : null}
            onOpen={(observation) => opened.value = observation.id}
            onNearEnd={() => void log.more()}
          />
        )}
        {rows.length > 0 && (
          <p class="log-end">{log.atEnd.value ? "That is all." : "Reading older ones …"}</p>
        )}
        {rows.length === 0 && <NothingFound />}
      </section>
      {wide
        ? chosen && (
          <aside class="log-beside card" aria-label="Details">
            <h2 class="details-title">
              <bdi>{capitalised(classOf(chosen))}</bdi>
            </h2>
            <ObservationDetails key={chosen.id} observation={chosen} />
          </aside>
        )
        : <ObservationSheet observation={chosen} onClose={() => opened.value = null} />}
    </div>
  );
}

function NothingFound() {
  return (
    <div class="stack">
      <p class="hint">
        Every word is looked for at the beginning of words: in the class, the labels, the comment
        and the source’s name. All conditions above must hold.
      </p>
      <button type="button" onClick={() => shownFilter.value = SHOW_ALL}>Show all</button>
    </div>
  );
}

function summary(count: number): string {
  const known = status.value;
  if (shownQuery.value !== JSON.stringify(queryOf(shownFilter.value))) return "Looking …";
  if (!isAll(shownFilter.value)) return foundWords(count, log.atEnd.value, formats);
  if (!known) return "\u00a0";
  const total = `${counted(known.total, "observation", formats)} on this device`;
  if (known.missingMedia === 0) return total;
  return `${total}, ${counted(known.missingMedia, "picture", formats)} still on the way`;
}

function EmptyLog() {
  return (
    <div class="empty-page">
      <Mark />
      <h2>Nothing has been seen yet</h2>
      <p>
        Each person, animal or thing that stays in view for a moment becomes one line here, with its
        picture, time and score. What your crew saw comes here too.
      </p>
      <a class="button primary" href="/">Go to Watch</a>
    </div>
  );
}

function Skeleton() {
  return (
    <div class="log-skeleton" aria-hidden="true">
      {Array.from({ length: 7 }, (_, index) => <span key={index} />)}
    </div>
  );
}

function follow(): () => void {
  const refreshTop = coalesce(log.refreshTop, TOP_GAP_MS);
  const refreshAll = coalesce(log.refreshAll, ALL_GAP_MS);
  refreshTop();
  return fieldmesh().on("observations", () => {
    refreshTop();
    refreshAll();
  });
}

/** Asks anew when the filter changes. */
function followFilter(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = shownFilter.subscribe((filter) => {
    const query = queryOf(filter);
    clearTimeout(timer);
    if (JSON.stringify(query) === askedQuery) return;
    timer = setTimeout(() => void showFound(query), TYPING_MS);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

/** What is found is read from its newest on. */
async function showFound(query: FilterQuery): Promise<void> {
  const asked = askedQuery = JSON.stringify(query);
  await log.show(query);
  if (asked !== askedQuery) return;
  batch(() => {
    shownQuery.value = asked;
    opened.value = null;
    beside.value = null;
  });
}

function followWide(show: (matches: boolean) => void): () => void {
  const query = matchMedia(WIDE);
  const tell = () => show(query.matches);
  tell();
  query.addEventListener("change", tell);
  return () => query.removeEventListener("change", tell);
}
