import { type Entrant, readFile, readInput, type Runner } from "./entrant.ts";

/** The part of `@litertjs/core` 2.5 that is used: it is installed only when a benchmark runs. */
interface LiteRt {
  loadLiteRt(path: string): Promise<unknown>;
  loadAndCompile(model: Uint8Array, options: { accelerator: "wasm" }): Promise<LiteRtModel>;
  readonly Tensor: new (data: Float32Array | Uint8Array, shape: readonly number[]) => LiteRtTensor;
}
interface LiteRtModel {
  run(input: LiteRtTensor): Promise<LiteRtTensor[]>;
}
interface LiteRtTensor {
  toTypedArray(): Float32Array;
  delete(): void;
}

/** One thread. Its two builds hold their state globally: one page each. */
export async function startLiteRt(
  build: "relaxed" | "compat",
  { network, input }: Entrant,
): Promise<Runner> {
  const address = "/peers/litert.js"; // not a literal in `import`: for Deno the module does not exist
  const litert: LiteRt = await import(address);
  const file = build === "relaxed" ? "litert_wasm_internal.js" : "litert_wasm_compat_internal.js";
  await litert.loadLiteRt(new URL(`/peers/litert/${file}`, location.href).href);
  const bytes = new Uint8Array(await readFile(network));
  const model = await litert.loadAndCompile(bytes, { accelerator: "wasm" });
  const data = await readInput(input);
  const tensor = new litert.Tensor(data, input.shape);
  return {
    run: async () => {
      const outputs = await model.run(tensor);
      const answer = outputs.map((output) => output.toTypedArray());
      for (const output of outputs) output.delete();
      return answer;
    },
  };
}
