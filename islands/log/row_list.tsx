import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import type { NotedObservation } from "../../field/observation.ts";
import { counted, formats } from "../format.ts";
import { status } from "../live.ts";
import Icon from "../parts/icon.tsx";
import ObservationRow from "../parts/observation_row.tsx";
import { anchorAt, anchorShift, dayAt, itemsWithin, layOutRows } from "./row_layout.ts";
import type { DayItem, Item, RowLayout } from "./row_layout.ts";

/** As in log.css, in rem: rows grow with the user's type size. */
const DAY_REM = 3;
const ROW_REM = 4.5;
/** Rows beyond the screen that exist already, so that a scroll or a Tab finds them. */
const OVERSCAN_PX = 600;
/** So far before the end of what is loaded the next page is asked for. */
const MORE_WITHIN_PX = 2_000;

/** The part of the list on the screen, in pixels from the list's top. */
interface View {
  readonly from: number;
  readonly to: number;
}

interface RowListProps {
  /** How many there are in all, if that is known. */
  readonly total?: number;
  readonly rows: readonly NotedObservation[];
  readonly selected: string | null;
  readonly onOpen: (observation: NotedObservation) => void;
  /** The end of what is loaded comes near. */
  readonly onNearEnd: () => void;
}

/** Thousands of rows, of which only those near the screen exist. Scrolls with the page. */
export default function RowList({ rows, total, selected, onOpen, onNearEnd }: RowListProps) {
  const list = useRef<HTMLOListElement>(null);
  const view = useView(list);
  const newAbove = useSignal(0);
  const focused = useSignal<string | null>(null);
  const layout = useMemo(() => layOutRows(rows, rowHeights(), formats.dayStart), [rows]);
  useHeldPlace(layout, list, newAbove);
  useEffect(() => {
    if (view.value.to + MORE_WITHIN_PX > layout.height) onNearEnd();
  }, [view.value, layout]);
  if (view.value.from <= 0) newAbove.value = 0;
  const day = view.value.from > 0 ? dayAt(layout, view.value.from + rowHeights().row) : null;
  return (
    <>
      <div class="log-top">
        {day && <DayNow day={day} />}
        {newAbove.value > 0 && (
          <button
            type="button"
            class="log-new"
            onClick={() => scrollTo({ top: 0 })}
          >
            <Icon name="up" />
            {formats.count(newAbove.value)} new
          </button>
        )}
      </div>
      <ol
        class="log-list"
        ref={list}
        style={{ height: `${layout.height}px` }}
        onFocusCapture={(event) => focused.value = keyOf(event.target)}
        onBlurCapture={() => focused.value = null}
      >
        {shownItems(layout, view.value, focused.value).map((item) => (
          <ListItem key={item.key} item={item} total={total} selected={selected} onOpen={onOpen} />
        ))}
      </ol>
    </>
  );
}

/** The day being read stays at the top; a listener hears it at its own place in the list. */
function DayNow({ day }: { readonly day: DayItem }) {
  return (
    <p class="log-day-now" aria-hidden="true">
      <b>{dayWords(day.at)}</b>
      <span>{counted(day.count, "observation", formats)}</span>
    </p>
  );
}

interface ListItemProps {
  readonly item: Item;
  readonly total?: number;
  readonly selected: string | null;
  readonly onOpen: (observation: NotedObservation) => void;
}

function ListItem({ item, total, selected, onOpen }: ListItemProps) {
  const style = { top: `${item.top}px` };
  if (item.kind === "day") {
    return (
      <li class="log-day" style={style}>
        <h2>{dayWords(item.at)}</h2>
        <span>{counted(item.count, "observation", formats)}</span>
      </li>
    );
  }
  const { observation } = item;
  return (
    <li
      class="log-row"
      style={style}
      data-key={item.key}
      aria-setsize={total ?? -1}
      aria-posinset={item.position}
    >
      <ObservationRow
        observation={observation}
        ownDevice={status.value?.device.id}
        selected={selected === null ? undefined : selected === observation.id}
        onOpen={() => onOpen(observation)}
      />
    </li>
  );
}

/** Those near the screen, and the one with the focus wherever it is: focus must not vanish. */
function shownItems(layout: RowLayout, view: View, focused: string | null): readonly Item[] {
  const { start, end } = itemsWithin(layout, view.from - OVERSCAN_PX, view.to + OVERSCAN_PX);
  const shown = layout.items.slice(start, end);
  if (focused === null || shown.some(({ key }) => key === focused)) return shown;
  const kept = layout.items.find(({ key }) => key === focused);
  if (!kept) return shown;
  // In document order: moving a focused element would cost it the focus.
  return kept.top < view.from ? [kept, ...shown] : [...shown, kept];
}

function useView(list: { readonly current: HTMLElement | null }): Signal<View> {
  const view = useSignal<View>({ from: 0, to: 0 });
  useLayoutEffect(() => {
    const look = () => {
      const next = viewOf(list.current);
      if (next.from !== view.value.from || next.to !== view.value.to) view.value = next;
    };
    look();
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    };
  }, []);
  return view;
}

/** In whole rows, so that not every scrolled pixel draws the list anew. */
function viewOf(list: HTMLElement | null): View {
  const step = rowHeights().row;
  const from = list ? -list.getBoundingClientRect().top : 0;
  return {
    from: Math.floor(from / step) * step,
    to: Math.ceil((from + innerHeight) / step) * step,
  };
}

/** When rows come in above what is being read, moves the page so that it stays where it was. */
function useHeldPlace(
  layout: RowLayout,
  list: { readonly current: HTMLElement | null },
  newAbove: Signal<number>,
): void {
  const before = useRef(layout);
  useLayoutEffect(() => {
    const from = list.current ? -list.current.getBoundingClientRect().top : 0;
    const anchor = from > 0 ? anchorAt(before.current, from) : null;
    const shift = anchorShift(anchor, layout);
    if (anchor && shift !== 0) {
      scrollBy({ top: shift, behavior: "instant" });
      const came = rowsAbove(layout, anchor.key) - rowsAbove(before.current, anchor.key);
      newAbove.value = Math.max(0, newAbove.value + came);
    }
    before.current = layout;
  }, [layout]);
}

function rowsAbove(layout: RowLayout, key: string): number {
  const found = layout.items.find((item) => item.key === key);
  return found?.kind === "row" ? found.position - 1 : 0;
}

function rowHeights() {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  return { day: DAY_REM * rem, row: ROW_REM * rem };
}

function dayWords(at: number): string {
  return formats.day(at, Date.now());
}

function keyOf(target: EventTarget | null): string | null {
  if (!(target instanceof Element)) return null;
  return target.closest<HTMLElement>("[data-key]")?.dataset.key ?? null;
}
