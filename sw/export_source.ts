import type { ExportSource } from "../field/export/export_as.ts";
import type { NotedObservation } from "../field/observation.ts";
import type { Store } from "../field/store/store.ts";
import type { Filter } from "./parse_query.ts";

/** Observations read from disk at a time: some 200 KB. */
const PAGE = 500;

export interface ExportSourcePorts
  extends Omit<ExportSource, "observations" | "count" | "blob" | "media"> {
  readonly store: Store;
}

/** What an export reads: the observations that the filter lets through, a page of them at a time. */
export async function exportSource(
  { store, ...about }: ExportSourcePorts,
  filter: Filter | undefined,
): Promise<ExportSource> {
  return {
    ...about,
    count: filter ? await countOf(store, filter) : await store.countObservations(),
    observations: () => observationsOf(store, filter ?? {}),
    blob: (hash) => store.blob(hash),
    media: (hash) => store.media(hash),
  };
}

async function* observationsOf(store: Store, filter: Filter): AsyncGenerator<NotedObservation> {
  let page = await store.observations({ ...filter, limit: PAGE });
  yield* page;
  while (page.length === PAGE) {
    page = await store.observations({ ...filter, before: page[PAGE - 1].id, limit: PAGE });
    yield* page;
  }
}

async function countOf(store: Store, filter: Filter): Promise<number> {
  if (Object.keys(filter).length === 0) return await store.countObservations();
  let count = 0;
  for await (const _ of observationsOf(store, filter)) count++;
  return count;
}
