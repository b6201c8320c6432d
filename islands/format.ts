/** Figures, times and names as the user reads them. Pure but for the locale, which can be given. */

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

export interface FormatOptions {
  /** BCP 47; the browser's own when left out. */
  readonly locale?: string;
  /** IANA name; the device's own when left out. */
  readonly timeZone?: string;
}

export interface Formats {
  /** 1,204 */
  count(value: number): string;
  /** 14.2 MB; decimal units, as storage is sold. */
  bytes(value: number): string;
  /** 14:02:11 */
  time(at: number): string;
  /** 14:02 */
  minute(at: number): string;
  /** Today, Yesterday, Friday 21 November; with the year in another one. */
  day(at: number, now: number): string;
  /** 21 Nov 2026, 14:02:11 */
  moment(at: number): string;
  /** 14:02 today, "Nov 20, 14:02" on another day. */
  recently(at: number, now: number): string;
  /** Midnight at or before `at`, ms since the epoch: two moments of one day share it. */
  dayStart(at: number): number;
}

/** Makes formatters once; building an `Intl` object costs more than using it. */
export function makeFormats(options: FormatOptions = {}): Formats {
  const { locale, timeZone } = options;
  const dated = (parts: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...parts, timeZone });
  const number = new Intl.NumberFormat(locale);
  const time = dated({ timeStyle: "medium" });
  const minute = dated({ timeStyle: "short" });
  const day = { weekday: "long", day: "numeric", month: "long" } as const;
  const dayOfYear = dated(day);
  const dayOfOtherYear = dated({ ...day, year: "numeric" });
  const year = dated({ year: "numeric" });
  const moment = dated({ dateStyle: "medium", timeStyle: "medium" });
  const shortMoment = dated({ day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });
  const dayStart = (at: number) => startOfDay(at, timeZone);
  return {
    count: (value) => number.format(value),
    bytes: (value) => bytes(value, locale),
    time: (at) => time.format(at),
    minute: (at) => minute.format(at),
    moment: (at) => moment.format(at),
    dayStart,
    day(at, now) {
      const daysAgo = Math.round((dayStart(now) - dayStart(at)) / (24 * HOUR_MS));
      if (daysAgo === 0) return "Today";
      if (daysAgo === 1) return "Yesterday";
      const sameYear = year.format(at) === year.format(now);
      return (sameYear ? dayOfYear : dayOfOtherYear).format(at);
    },
    recently: (at, now) =>
      dayStart(at) === dayStart(now) ? minute.format(at) : shortMoment.format(at),
  };
}

function startOfDay(at: number, timeZone: string | undefined): number {
  if (timeZone === undefined) return new Date(at).setHours(0, 0, 0, 0);
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "medium" }).format(at);
  const [hours, minutes, seconds] = clock.split(":").map(Number);
  return at - (at % 1000) - ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

function bytes(value: number, locale: string | undefined): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
  const power = value < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** power;
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: units[power],
    // "byte" has no short form, and with it no plural
    unitDisplay: power === 0 ? "long" : "short",
    maximumFractionDigits: power > 1 && scaled < 100 ? 1 : 0,
  }).format(scaled);
}

/** A score as two digits: 0.814 is "81". Never "100": no detector is certain. */
export function twoDigits(score: number): string {
  const percent = Math.min(99, Math.max(0, Math.round(score * 100)));
  return String(percent).padStart(2, "0");
}

/** Elapsed time as a running clock: 04:12, and 1:04:12 from an hour on. */
export function runningClock(elapsedMs: number): string {
  const seconds = Math.max(0, Math.floor(elapsedMs / 1000));
  const pad = (value: number) => String(value).padStart(2, "0");
  const rest = `${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  const hours = Math.floor(seconds / 3600);
  return hours === 0 ? rest : `${hours}:${rest}`;
}

/** A length of time in its two largest units: "9 s", "3 min", "3 min 20 s", "1 h 5 min". */
export function duration(lengthMs: number): string {
  const seconds = Math.max(1, Math.round(lengthMs / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joinUnits(`${minutes} min`, seconds % 60, "s");
  return joinUnits(`${Math.floor(minutes / 60)} h`, minutes % 60, "min");
}

function joinUnits(large: string, small: number, unit: string): string {
  return small === 0 ? large : `${large} ${small} ${unit}`;
}

/** How long until then, rounded to what matters: "in 14 min", "in 3 h"; "now" when it has passed. */
export function until(at: number, now: number): string {
  const leftMs = at - now;
  if (leftMs <= 0) return "now";
  if (leftMs < MINUTE_MS) return `in ${Math.ceil(leftMs / 1000)} s`;
  if (leftMs < HOUR_MS) return `in ${Math.round(leftMs / MINUTE_MS)} min`;
  return `in ${Math.round(leftMs / HOUR_MS)} h`;
}

/** The first eight digits of a key in two groups: "7f3a 91c2". */
export function shortKey(key: string): string {
  return `${key.slice(0, 4)} ${key.slice(4, 8)}`;
}

/** One or two letters that stand for a name: "GP" for "Gate phone", "D1" for "Device 1e9d". */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).slice(0, 2);
  return words.map((word) => (Array.from(word)[0] ?? "").toUpperCase()).join("");
}

/** "person" as a heading: "Person". */
export function capitalised(label: string): string {
  return label.charAt(0).toUpperCase() + label.slice(1);
}

/** "1 device", "4 devices", "0 devices". */
export function counted(value: number, noun: string, formats: Formats): string {
  return `${formats.count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** "a", "a and b", "a, b and c". */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** The user's own formats. */
export const formats = makeFormats();
