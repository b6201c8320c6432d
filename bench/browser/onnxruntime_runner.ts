import { OnnxRuntimeEngine } from "../../kernels/onnxruntime.ts";
import { type Entrant, readFile, readInput, type Runner } from "./entrant.ts";

/** As the app runs it: in the service worker, one thread. */
export async function startOnnxRuntime({ network, input }: Entrant): Promise<Runner> {
  const engine = new OnnxRuntimeEngine({ readWasm: () => readFile("/onnxruntime.wasm") });
  await engine.load(new Uint8Array(await readFile(network)));
  const inputs = { [input.name]: { data: await readInput(input), shape: input.shape } };
  return { run: async () => Object.values(await engine.run(inputs)).map(({ data }) => data) };
}
