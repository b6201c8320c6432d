import { detectors } from "../../models/catalogue.ts";
import { readKernels } from "../../models/kernels_wasm.ts";
import { modelBytes } from "../../models/model_bytes.ts";
import { bundleBitSuite } from "./bundle.ts";

const MEDIA = new URL("../../static/media/", import.meta.url);

/** Serves the bit suite: `/` the page, `/suite.js`, the kernels, the plans and the pictures. */
export class BitServer implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  private constructor(script: string) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => answer(new URL(request.url).pathname, script),
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

async function answer(path: string, script: string): Promise<Response> {
  const [, folder, name] = path.match(/^\/(kernels|plans|media)\/([\w.-]+)$/) ?? [];
  if (folder === "kernels") {
    return new Response(await readKernels(name === "plain.wasm" ? "plain" : "relaxed"));
  }
  if (folder === "plans") return await plan(name);
  if (folder === "media") return new Response(await Deno.readFile(new URL(name, MEDIA)));
  if (path === "/suite.js") return text(script, "text/javascript");
  return text("<!doctype html><title>bits</title><script src=/suite.js></script>", "text/html");
}

async function plan(id: string): Promise<Response> {
  if (!detectors.some((detector) => detector.id === id)) return new Response(null, { status: 404 });
  return new Response(new Uint8Array(await modelBytes(id)));
}

function text(body: string, type: string): Response {
  return new Response(body, { headers: { "content-type": `${type}; charset=utf-8` } });
}
