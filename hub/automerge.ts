import { initializeWasm } from "@automerge/automerge/slim";

let ready: Promise<void> | undefined;

/** Resolves once Automerge can be used: its Wasm (3.6 MB, from the package) is loaded once a process. */
export function readyAutomerge(): Promise<void> {
  ready ??= load();
  return ready;
}

async function load(): Promise<void> {
  const wasm = new URL(import.meta.resolve("@automerge/automerge/automerge.wasm"));
  await initializeWasm(await Deno.readFile(wasm));
}
