import { signal } from "@preact/signals";
import { type LogFilter, SHOW_ALL } from "./log_filter.ts";

/** What the log shows: kept across pages, and what "as in the log" hands over. */
export const shownFilter = signal<LogFilter>(SHOW_ALL);
