export const ROOT = new URL("../", import.meta.url);

/** Folders of the root that hold what was installed, built or recorded. */
const NOT_OURS = new Set(["node_modules", "dist", "dist.next", "data"]);

/** False for what lies in an installed, built or hidden folder. Paths are from the root. */
export function isOurs(path: string): boolean {
  const parts = path.split("/");
  return !NOT_OURS.has(parts[0]) && !parts.some((part) => part.startsWith("."));
}

/** All our .ts and .tsx files, as sorted paths from the root. */
export function sourceFiles(folder = ""): string[] {
  const found: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, ROOT))) {
    const path = `${folder}${name}`;
    if (!isOurs(path)) continue;
    if (isDirectory) found.push(...sourceFiles(`${path}/`));
    else if (/\.tsx?$/.test(name)) found.push(path);
  }
  return found.sort();
}

export function readSource(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, ROOT));
}
