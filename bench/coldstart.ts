/**
 * From a killed worker to the first detections, in the built app: Chromium stops the service worker as it does
 * after 30 idle seconds, then a page sends a picture. Ours and onnxruntime-web, the same network and steps.
 */
import { fileURLToPath } from "node:url";
import type { BrowserContext } from "puppeteer-core";
import { openApp, untilStored } from "../tests/e2e/app.ts";
import { openChromium, type RunningBrowser } from "../tests/e2e/browser.ts";
import { RunningHub } from "../tests/e2e/hub.ts";
import { openPage, stopAllWorkers, type WatchedPage } from "../tests/e2e/watched_page.ts";
import { ROOT } from "../tests/source_files.ts";
import { interleave } from "./interleave.ts";
import { median, type Row, row } from "./row.ts";

const OURS = "nanodet-g";
const PEER = "nanodet-g-fp32";
const PEER_NAME = "onnxruntime-fp32";
const ROUNDS = 9;
/** Part of the app, but no page of it: nothing there starts the worker before we do. */
const PICTURE = "media/chelsea.png";
/** Chromium styles a bare picture, and looks for its icon, against the app's own policy. */
const ABOUT_PICTURES = [/inline style violates/, /favicon\.ico/];

/** ms */
interface ColdStart {
  /** Of the worker that answered: another one each time. */
  readonly boot: string;
  /** From the page's message to the answer in the page. */
  readonly total: number;
  /** Of it, reading the model, loading it, and its first run; the rest is the worker's own start. */
  readonly read: number;
  readonly load: number;
  readonly first: number;
}

export async function coldstart(): Promise<Row[]> {
  await buildApp();
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using ours = await appWith(OURS, browser, hub.url);
  await using peer = await appWith(PEER, browser, hub.url);
  const pages = new Map([[OURS, ours], [PEER, peer]]);
  const starts = await interleave(
    [...pages.keys()],
    ROUNDS,
    async (model) => [await startCold(pages.get(model) ?? ours)],
  );
  const [own, other] = [starts.get(OURS) ?? [], starts.get(PEER) ?? []];
  assertCold([...own, ...other]);
  return rows(own, other);
}

function assertCold(starts: readonly ColdStart[]): void {
  if (new Set(starts.map(({ boot }) => boot)).size === starts.length) return;
  throw new Error("Cannot start cold: a worker was not stopped");
}

async function buildApp(): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "build.ts", "--if-needed"],
    cwd: fileURLToPath(ROOT),
    stdout: "null", // what we print is rows
  }).spawn().status;
  if (!success) throw new Error("Cannot start cold: the app does not build");
}

function rows(ours: readonly ColdStart[], peer: readonly ColdStart[]): Row[] {
  const rowOf = (name: string, part: (start: ColdStart) => number) =>
    row("coldstart", name, median(ours.map(part)), "ms", {
      name: PEER_NAME,
      value: median(peer.map(part)),
    });
  return [
    rowOf("killed-worker-to-first-detection", ({ total }) => total),
    rowOf("boot-and-messages", ({ total, read, load, first }) => total - read - load - first),
    rowOf("model-read", ({ read }) => read),
    rowOf("kernels-and-model-loaded", ({ load }) => load),
    rowOf("first-run", ({ first }) => first),
  ];
}

/** A device of its own that watches with this model; the page returned is not one of the app's. */
async function appWith(
  model: string,
  browser: RunningBrowser,
  url: string,
): Promise<WatchedPage> {
  const context: BrowserContext = await browser.newContext();
  await using app = await openApp(context, url);
  await untilStored(app);
  await app.page.evaluate((model) => globalThis.fieldmesh.chooseModel(model), model);
  return await openPage(context, new URL(PICTURE, url).href, { expect: ABOUT_PICTURES });
}

async function startCold(picture: WatchedPage): Promise<ColdStart> {
  await stopAllWorkers(picture);
  return await picture.page.evaluate(firstDetections);
}

/** Runs in the page, so it can use nothing from around it. */
async function firstDetections(): Promise<ColdStart> {
  const worker = navigator.serviceWorker.controller;
  const image = document.images[0];
  if (!worker || !image) throw new Error("Cannot start cold: the page shows no picture of the app");
  const { naturalWidth: width, naturalHeight: height } = image;
  const canvas = new OffscreenCanvas(width, height).getContext("2d");
  if (!canvas) throw new Error("Cannot start cold: no 2D canvas");
  canvas.drawImage(image, 0, 0);
  const rgba = canvas.getImageData(0, 0, width, height).data.buffer;

  interface Answered {
    readonly boot: string;
    readonly value: {
      readonly detections: readonly unknown[];
      readonly engine: {
        readonly coldStart?: { readMs: number; loadMs: number; firstMs: number } | null;
      };
    };
  }
  const ask = (call: object, transfer: Transferable[] = []) => {
    const id = crypto.randomUUID();
    const { promise, resolve, reject } = Promise.withResolvers<Answered>();
    const hear = ({ data }: MessageEvent) => {
      if (data?.id !== id) return;
      navigator.serviceWorker.removeEventListener("message", hear);
      if (data.ok) resolve(data);
      else reject(new Error(data.failure.message));
    };
    navigator.serviceWorker.addEventListener("message", hear);
    worker.postMessage({ ...call, id }, transfer);
    return promise;
  };
  navigator.serviceWorker.startMessages();
  const start = performance.now();
  const { value, boot } = await ask({ kind: "infer", width, height, rgba }, [rgba]);
  const total = performance.now() - start;
  if (value.detections.length === 0) throw new Error("Cannot start cold: nothing was detected");
  const { coldStart } = (await ask({ kind: "status" })).value.engine;
  if (!coldStart) throw new Error("Cannot tell the parts: the worker does not say");
  const { readMs: read, loadMs: load, firstMs: first } = coldStart;
  return { boot, total, read, load, first };
}
