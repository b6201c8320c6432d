import { nanodetGFp32 } from "./nanodet_g/nanodet_g.ts";
import { buildNanodet } from "./nanodet_g/build.ts";
import { planFile } from "./planned_detector.ts";

/** What the hub serves for a model of the catalogue: a committed plan, or ONNX made from committed weights. */
export async function modelBytes(id: string): Promise<Uint8Array<ArrayBuffer>> {
  if (id === nanodetGFp32.id) return Uint8Array.from(await buildNanodet());
  return await Deno.readFile(new URL(planFile(id).file, import.meta.url));
}
