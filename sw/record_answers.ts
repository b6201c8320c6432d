import type { Replica } from "../field/feed/replica.ts";
import type { Results } from "../field/messages.ts";
import type { AnswersTo } from "./answers_to.ts";
import type { IdbStore } from "./idb_store.ts";
import type { IndexKeeper } from "./index_keeper.ts";

export interface RecordAnswersPorts {
  readonly store: IdbStore;
  readonly replica: Replica;
  readonly index: IndexKeeper;
  readonly nameOf: (device: string) => string;
  /** Throws while a restored identity may write nothing. */
  readonly assertConfirmed: () => void;
  /** What a person said of observations is on disk. */
  readonly onNoted: () => void;
}

type Kind =
  | "observations"
  | "observation"
  | "facets"
  | "note"
  | "history"
  | "blob"
  | "media"
  | "verify"
  | "quarantine"
  | "rebuild";

/** What is recorded, and what people say of it. */
export function recordAnswers(ports: RecordAnswersPorts): AnswersTo<Kind> {
  const { store, replica, index, assertConfirmed, onNoted } = ports;
  return {
    observations: ({ query }) => store.observations(query),
    observation: ({ observation }) => store.observation(observation),
    facets: () => store.facets(),
    note: async ({ edits }) => {
      assertConfirmed();
      await replica.note(edits);
      onNoted();
      return null;
    },
    history: ({ observation }) => store.edits(observation).then((edits) => edits.toReversed()),
    blob: async ({ hash }) => {
      const blob = await store.blob(hash);
      return blob && { type: blob.type, bytes: blob.bytes.slice().buffer };
    },
    media: ({ hash }) => store.media(hash),
    verify: () => replica.verify(),
    quarantine: () => quarantined(ports),
    rebuild: () => {
      index.rebuild();
      return Promise.resolve(null);
    },
  };
}

async function quarantined(
  { store, nameOf }: RecordAnswersPorts,
): Promise<Results["quarantine"]> {
  const items = await store.quarantine();
  return items.map(({ at, device, seq, why, bytes }) => {
    const name = device && nameOf(device);
    return { at, device, name, seq, why, bytes: bytes.length };
  });
}
