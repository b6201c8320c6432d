import { type KernelBuild, wasmEngine } from "../../kernels/wasm_engine.ts";
import { type Entrant, readFile, readInput, type Runner } from "./entrant.ts";

/** As the app runs it: in the service worker. The build is forced, so that both can be timed. */
export async function startFieldmesh(
  build: KernelBuild,
  { network, input }: Entrant,
): Promise<Runner> {
  const readKernels = (build: KernelBuild) => readFile(`/kernels-${build}.wasm`);
  const engine = wasmEngine({ build, readKernels });
  await engine.load(new Uint8Array(await readFile(network)));
  const inputs = { [input.name]: { data: await readInput(input), shape: input.shape } };
  return { run: async () => Object.values(await engine.run(inputs)).map(({ data }) => data) };
}
