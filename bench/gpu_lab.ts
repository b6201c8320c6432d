/** A Chromium whose service worker has WebGPU, with the suite's worker in it. */
import type { Page } from "puppeteer-core";
import { readKernels } from "../models/kernels_wasm.ts";
import { readShaders } from "../models/kernels_wgsl.ts";
import { openChromium, type RunningBrowser, SOFTWARE_GPU } from "../tests/e2e/browser.ts";
import type {
  GpuBench,
  GpuEntrant,
  GpuFacts,
  GpuQuestion,
  GpuReply,
} from "./browser/gpu_questions.ts";
import { SHADERS } from "./browser/gpu_runners.ts";
import { ONNX_RUNTIME_WASM } from "./browser/onnxruntime_webgpu_runner.ts";
import { bundle } from "./bundle.ts";
import { type LabFiles, serve } from "./lab.ts";

const READY_WITHIN_MS = 30_000;
/** Chromium stops a service worker that takes longer over one event. */
const REPLIES_WITHIN_MS = 300_000;

/** Clocks unrounded; of two GPUs the faster, which onnxruntime-web asks for by itself. */
const WEBGPU = [
  "--enable-unsafe-webgpu",
  "--enable-webgpu-developer-features",
  "--force-high-performance-gpu",
];
/** What a Chromium without a screen needs to find a GPU. */
const ON_LINUX = [
  "--enable-features=Vulkan",
  "--use-angle=vulkan",
  "--disable-vulkan-surface",
  "--ignore-gpu-blocklist",
];

/** What the engines read, wherever they run. */
export async function engineFiles(): Promise<LabFiles> {
  return new Map([
    ["/kernels-plain.wasm", await readKernels("plain")],
    ["/kernels-relaxed.wasm", await readKernels("relaxed")],
    [SHADERS, new TextEncoder().encode(JSON.stringify(await readShaders()))],
  ]);
}

export class GpuLab implements GpuBench, AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #browser: RunningBrowser;
  readonly #page: Page;
  readonly #waiting = new Map<number, (reply: GpuReply) => void>();
  #asked = 0;

  private constructor(server: Deno.HttpServer<Deno.NetAddr>, browser: RunningBrowser, page: Page) {
    this.#server = server;
    this.#browser = browser;
    this.#page = page;
  }

  /** On a real GPU if Chromium gives its service worker one, else on a software adapter. */
  static async open(networks: LabFiles): Promise<GpuLab> {
    const files = new Map([...networks, ...await engineFiles(), ...await scripts()]);
    const real = await GpuLab.#openWith(files, realFlags());
    if (await isReal(real)) return real;
    await real[Symbol.asyncDispose]();
    return await GpuLab.#openWith(files, [...WEBGPU, ...SOFTWARE_GPU]);
  }

  static async #openWith(files: LabFiles, args: readonly string[]): Promise<GpuLab> {
    await using undo = new AsyncDisposableStack();
    const server = undo.use(serve(files));
    const browser = undo.use(await openChromium({ args, withGpu: true }));
    const page = await browser.puppeteer.newPage();
    const lab = new GpuLab(server, browser, page);
    await page.exposeFunction("gpuReplied", (id: number, reply: GpuReply) => {
      lab.#waiting.get(id)?.(reply);
    });
    await page.goto(`http://localhost:${server.addr.port}/`);
    await page.waitForFunction(() => "askGpu" in globalThis, { timeout: READY_WITHIN_MS });
    undo.move();
    return lab;
  }

  /** The browser's name and version. */
  version(): Promise<string> {
    return this.#browser.puppeteer.version();
  }

  async facts(): Promise<GpuFacts | undefined> {
    const reply = await this.#ask({ ask: "facts" });
    return "facts" in reply ? reply.facts : undefined;
  }

  async load(entrant: GpuEntrant): Promise<void> {
    await this.#numbers({ ask: "load", entrant });
  }

  sample(name: string, budgetMs: number): Promise<number[]> {
    return this.#numbers({ ask: "sample", name, budgetMs });
  }

  answer(name: string): Promise<number[]> {
    return this.#numbers({ ask: "answer", name });
  }

  profile(name: string, rounds: number): Promise<number[]> {
    return this.#numbers({ ask: "profile", name, rounds });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser[Symbol.asyncDispose]();
    await this.#server.shutdown();
  }

  async #numbers(question: GpuQuestion): Promise<number[]> {
    const reply = await this.#ask(question);
    return "numbers" in reply ? reply.numbers : [];
  }

  /** Throws what the worker throws, and when it does not answer in time. */
  async #ask(question: GpuQuestion): Promise<GpuReply> {
    const id = this.#asked++;
    const { promise, resolve, reject } = Promise.withResolvers<GpuReply>();
    const timer = setTimeout(
      () => reject(new Error(`Cannot measure: the worker gives no answer to ${question.ask}`)),
      REPLIES_WITHIN_MS,
    );
    this.#waiting.set(id, resolve);
    try {
      await this.#page.evaluate((id, asked) => globalThis.askGpu(id, asked), id, { ...question });
      const reply = await promise;
      if ("error" in reply) throw new Error(reply.error);
      return reply;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }
}

function realFlags(): string[] {
  return [...WEBGPU, ...Deno.build.os === "linux" ? ON_LINUX : []];
}

/** Drivers that fail are as good as none. */
async function isReal(lab: GpuLab): Promise<boolean> {
  const facts = await lab.facts().catch((cause) => {
    console.error("No GPU:", cause instanceof Error ? cause.message : cause);
  });
  return facts !== undefined && !facts.isSoftware;
}

async function scripts(): Promise<[string, Uint8Array][]> {
  const local = (name: string) => new URL(`browser/gpu_${name}.ts`, import.meta.url);
  const onnxRuntime = new URL(
    import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm"),
  );
  return [
    ["/page.js", await bundle(local("page"), { format: "esm" })],
    ["/worker.js", await bundle(local("worker"), { format: "iife" })],
    [ONNX_RUNTIME_WASM, await Deno.readFile(onnxRuntime)],
  ];
}
