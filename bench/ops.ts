/** Where a plan's time goes: each op's, in Deno, which has the browser's own V8. */
import { fileURLToPath } from "node:url";
import type { Row } from "./row.ts";

/**
 * Chromium leaves bounds checks to the processor's memory protection. Deno's V8 makes them itself and took 10 to
 * 20 % longer by them; set at run time, the flag does not work.
 */
const AS_IN_CHROMIUM = "--v8-flags=--no-wasm-bounds-checks";

export async function ops(): Promise<Row[]> {
  const script = fileURLToPath(new URL("profile_ops.ts", import.meta.url));
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", AS_IN_CHROMIUM, script],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("Cannot profile the plans: see above");
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  return lines.map((line): Row => JSON.parse(line));
}
