import type { SourceKind } from "../../field/messages.ts";
import type { SourceChoice } from "../../page/fieldmesh.ts";

/** What can be chosen again without the user's help: a file has to be picked anew, a drone is the page's own. */
export type LastingSource = Exclude<SourceKind, "file" | "drone">;

export const SOURCE_SETTING = "source";

/** The remembered source; the camera where nothing is remembered. */
export function parseSource(stored: string | null): LastingSource {
  return stored === "demo" ? "demo" : "camera";
}

/** What an address such as `/?start=demo` (the installed app's shortcut) asks for; null: nothing. */
export function startWish(search: string): LastingSource | "last" | null {
  const wish = new URLSearchParams(search).get("start");
  return wish === "camera" || wish === "demo" || wish === "last" ? wish : null;
}

/** A choice in a word, for a small button; a file by its name. */
export function sourceWord(choice: SourceChoice): string {
  if (choice === "camera") return "Camera";
  return choice === "demo" ? "Demo" : choice.name;
}
