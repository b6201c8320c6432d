/** The service worker's entry: event wiring, and nothing else. */
import { initializeWasm } from "@automerge/automerge/slim";
import { clientsClaim } from "workbox-core";
import { precacheAndRoute } from "workbox-precaching";
import { type Failure, toFailure } from "../field/errors.ts";
import type { Call, CallKind } from "../field/messages.ts";
import { detectors } from "../models/catalogue.ts";
import { Answers } from "./answers.ts";
import { AppFiles } from "./app_files.ts";
import { enginesOf, type RuntimeFiles } from "./engines.ts";
import { FieldWorker } from "./field_worker.ts";
import { IdbStore } from "./idb_store.ts";
import { Pages } from "./pages.ts";
import { callId, parseCall } from "./parse_call.ts";
import { badReply, goodReply, postReply, type Reply } from "./reply.ts";
import { isShare, receiveShare } from "./share_target.ts";
import { type Client, type ExtendableMessageEvent, scope } from "./scope.ts";
import { systemNotifier } from "./world/notifier.ts";
import { showPlaces } from "./world/show_places.ts";

/** Put in by the build. */
declare const __PRECACHE__: { url: string; revision: string | null }[];
declare const __VERSION__: string;
declare const __RUNTIMES__: RuntimeFiles;
declare const __AUTOMERGE__: string;
declare const __MAP_SCRIPTS__: readonly string[];

/** What only reads is done again when it is asked for again: its answers are not kept. */
const READS: ReadonlySet<CallKind> = new Set([
  "ping",
  "status",
  "observations",
  "observation",
  "facets",
  "history",
  "blob",
  "media",
  "models",
  "quarantine",
  "storage",
  "radio",
  "world",
  "world-past",
]);

/** Changes whenever the browser starts the worker anew: pages then send again what was under way. */
let boot = crypto.randomUUID();
let pages = new Pages(boot);
const answers = new Answers<Reply>();
const files = new AppFiles();
const store = new IdbStore();
let opening: Promise<FieldWorker> | undefined;
let automergeReady: Promise<void> | undefined;

precacheAndRoute(__PRECACHE__, { ignoreURLParametersMatching: [/.*/] });
clientsClaim();

scope.addEventListener("message", (event) => {
  if (isSkipWaiting(event.data)) return event.waitUntil(scope.skipWaiting());
  event.waitUntil(handle(event));
});
scope.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (__MAP_SCRIPTS__.includes(pathname)) event.respondWith(files.respond(pathname));
});
scope.addEventListener("fetch", (event) => {
  if (!isShare(new URL(event.request.url))) return;
  event.respondWith(receiveShare(event.request, {
    caches,
    newId: () => crypto.randomUUID(),
    nowMs: () => Date.now(),
    onFailure: (cause) => console.error("Cannot keep a file that was shared", cause),
  }));
});
scope.addEventListener("install", (event) => event.waitUntil(files.renew(__MAP_SCRIPTS__)));
scope.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(showPlaces(scope.clients));
});
scope.addEventListener("activate", (event) => {
  const known = [__RUNTIMES__.onnxruntime, ...detectors].map(({ url }) => url);
  event.waitUntil(files.prune([...known, ...__MAP_SCRIPTS__]));
});
tellBoot();

async function handle(event: ExtendableMessageEvent): Promise<void> {
  const page = event.source;
  const id = callId(event.data);
  if (!page || id === null) return;
  const call = parsed(event.data);
  const answer = () => answerTo(call, id, page);
  postReply(
    page,
    await ("kind" in call && READS.has(call.kind) ? answer() : answers.once(id, answer)),
  );
}

/** The call, or what is wrong with it. */
function parsed(data: unknown): Call | Failure {
  const message = "The app sent something this worker does not understand. Reload the page.";
  try {
    return parseCall(data) ?? { code: "bad-message", message };
  } catch (thrown) {
    return toFailure(thrown);
  }
}

async function answerTo(call: Call | Failure, id: string, page: Client): Promise<Reply> {
  const from = { id, boot };
  if ("code" in call) return badReply(from, call);
  try {
    const worker = await fieldWorker();
    const value = await worker.answer(call, page);
    if (call.kind === "identity-restore") openAnew(worker);
    return goodReply(from, value);
  } catch (thrown) {
    return badReply(from, toFailure(thrown));
  }
}

/** This device is another one from now on. To the pages it is as if the browser had started the worker anew. */
function openAnew(former: FieldWorker): void {
  former.close();
  opening = undefined;
  boot = crypto.randomUUID();
  pages = new Pages(boot);
  tellBoot();
}

function tellBoot(): void {
  pages.tell({ notice: "boot" }).catch((cause) => console.error("Cannot tell the pages", cause));
}

function fieldWorker(): Promise<FieldWorker> {
  opening ??= FieldWorker.open({
    boot,
    version: __VERSION__,
    store,
    pages,
    engine: { ...enginesOf(__RUNTIMES__, files, store), detectors, store },
    notifier: systemNotifier,
    automerge,
  }).catch((thrown) => {
    opening = undefined; // the next call tries again
    throw thrown;
  });
  return opening;
}

function automerge(): Promise<void> {
  automergeReady ??= files.read(__AUTOMERGE__)
    .then((wasm) => initializeWasm(new Uint8Array(wasm)))
    .then(() => {}, (thrown) => {
      automergeReady = undefined;
      throw thrown;
    });
  return automergeReady;
}

/** What workbox-window sends when the user chose to update. */
function isSkipWaiting(data: unknown): boolean {
  return typeof data === "object" && data !== null && "type" in data &&
    data.type === "SKIP_WAITING";
}
