/**
 * Where onnxruntime-web's WebAssembly file lies among the installed packages. Only for Deno: the build
 * copies it, tools and tests read it. In a browser it comes from the app's own cache.
 */
export function onnxRuntimeWasmUrl(): URL {
  return new URL(import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm"));
}

/** Its bytes, as `OnnxRuntimeOptions.readWasm` wants them. */
export async function readOnnxRuntimeWasm(): Promise<ArrayBuffer> {
  return (await Deno.readFile(onnxRuntimeWasmUrl())).buffer;
}
