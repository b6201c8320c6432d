import { readyAutomerge } from "../tests/fixtures/automerge.ts";
import { feedTimes } from "./journal/feed_times.ts";
import { peerDocuments } from "./journal/peer_documents.ts";
import { sizes } from "./journal/sizes.ts";
import { workerTimes } from "./journal/worker_times.ts";
import { installPeers } from "./peers.ts";
import type { Row } from "./row.ts";

/** What it costs to keep observations: time and memory in Chromium's service worker, bytes, and the same in others' documents. */
export async function journal(): Promise<Row[]> {
  await readyAutomerge();
  const peers = peerDocuments(await installPeers());
  const inWorker = await workerTimes();
  return [...inWorker, ...await sizes(peers), ...await feedTimes(peers)];
}
