/** The last hand-over and backup, as what the cards show: read once a page, renewed when a file is taken. */
import { signal } from "@preact/signals";
import { keepOccasion, lastOccasion } from "./occasions.ts";
import type { Occasion } from "./occasions.ts";
import type { Task } from "./work.ts";

export const lastHandOver = signal<Occasion | null>(null);
export const lastBackup = signal<Occasion | null>(null);

/** Reads both; only in the browser. */
export function readOccasions(): void {
  lastHandOver.value = lastOccasion("handed-over");
  lastBackup.value = lastOccasion("backed-up");
}

/** The file was taken along: from here on "since" begins when it was begun. */
export function noteOccasion({ counts, begun }: Task): void {
  if (counts === null) return;
  keepOccasion(counts, begun);
  if (counts === "handed-over") lastHandOver.value = begun;
  else lastBackup.value = begun;
}
