import { join, resolve } from "node:path";
import { HubError } from "./hub_error.ts";

/** Makes the folder if need be, and returns its absolute path. Throws {@link HubError} when it cannot be written to. */
export async function openDataFolder(path: string): Promise<string> {
  const folder = resolve(path);
  const probe = join(folder, `.writable-${crypto.randomUUID()}`);
  try {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(probe, "");
    await Deno.remove(probe);
    return folder;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HubError(
      `Cannot write to the data folder ${folder}: ${why}. Choose another with --data FOLDER.`,
      { cause: error },
    );
  }
}
