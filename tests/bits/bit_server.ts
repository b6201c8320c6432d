import { detectors } from "../../models/catalogue.ts";
import { readKernels } from "../../models/kernels_wasm.ts";
import { readShaders } from "../../models/kernels_wgsl.ts";
import { modelBytes } from "../../models/model_bytes.ts";
import { type BitScripts, bundleBitSuite } from "./bundle.ts";

const MEDIA = new URL("../../static/media/", import.meta.url);

/** Serves the bit suite: `/` in a page, `/worker` in its service worker, and all that they read. */
export class BitServer implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  private constructor(scripts: BitScripts) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => answer(new URL(request.url).pathname, scripts),
    );
  }

  static async start(): Promise<BitServer> {
    return new BitServer(await bundleBitSuite());
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

async function answer(path: string, scripts: BitScripts): Promise<Response> {
  const [, folder, name] = path.match(/^\/(kernels|plans|media)\/([\w.-]+)$/) ?? [];
  if (folder === "kernels") {
    return new Response(await readKernels(name === "plain.wasm" ? "plain" : "relaxed"));
  }
  if (folder === "plans") return await plan(name);
  if (folder === "media") return new Response(await Deno.readFile(new URL(name, MEDIA)));
  switch (path) {
    case "/shaders.json":
      return text(JSON.stringify(await readShaders()), "application/json");
    case "/suite.js":
      return text(scripts.suite, "text/javascript");
    case "/worker_page.js":
      return text(scripts.workerPage, "text/javascript");
    case "/worker":
      return page("<script type=module src=/worker_page.js></script>");
    default:
      return page("<script src=/suite.js></script>");
  }
}

async function plan(id: string): Promise<Response> {
  if (!detectors.some((detector) => detector.id === id)) return new Response(null, { status: 404 });
  return new Response(new Uint8Array(await modelBytes(id)));
}

function page(script: string): Response {
  return text(`<!doctype html><title>bits</title>${script}`, "text/html");
}

function text(body: string, type: string): Response {
  return new Response(body, { headers: { "content-type": `${type}; charset=utf-8` } });
}
