/** Comments being written. They outlive the sheet they are written in, not the page's document. */
import { computed, effect, signal } from "@preact/signals";

export interface Draft {
  readonly text: string;
  /** What was saved when the writing began. */
  readonly base: string;
}

/** By observation id. */
const drafts = signal<ReadonlyMap<string, Draft>>(new Map());

// one text, so that not every letter tells who asks for it
const unsaved = computed(() => [...drafts.value.keys()].join(" "));

export function draftOf(observation: string): Draft | undefined {
  return drafts.value.get(observation);
}

/** Whether a comment was begun and neither saved nor taken back. */
export function hasDraft(observation: string): boolean {
  return unsaved.value.split(" ").includes(observation);
}

/** Keeps what is typed; the same as what is saved is no draft. */
export function keepDraft(observation: string, text: string, saved: string): void {
  if (text === saved) return dropDraft(observation);
  const base = drafts.value.get(observation)?.base ?? saved;
  drafts.value = new Map(drafts.value).set(observation, { text, base });
}

export function dropDraft(observation: string): void {
  if (!drafts.value.has(observation)) return;
  const left = new Map(drafts.value);
  left.delete(observation);
  drafts.value = left;
}

// A comment half written must not go with the document without a question.
effect(() => {
  if (unsaved.value === "") return;
  const ask = (event: BeforeUnloadEvent) => event.preventDefault();
  addEventListener("beforeunload", ask);
  return () => removeEventListener("beforeunload", ask);
});
