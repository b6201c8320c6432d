import { join } from "node:path";

/** `dist/build.json`, which the build writes last. */
export interface BuildInfo {
  readonly version: string;
  /** Name -> URL path, such as `style.css` -> `/assets/style-1A2B3C4D.css`. */
  readonly assets: Readonly<Record<string, string>>;
}

export const NOT_BUILT =
  "The app is not built: dist/build.json is missing or damaged. Run `deno task build`.";

/** Null when the app is not built, or its description cannot be read. */
export async function readBuildInfo(dist: string): Promise<BuildInfo | null> {
  try {
    return parseBuildInfo(JSON.parse(await Deno.readTextFile(join(dist, "build.json"))));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return null;
    throw error;
  }
}

function parseBuildInfo(value: unknown): BuildInfo | null {
  if (!isRecord(value) || typeof value.version !== "string" || !isRecord(value.assets)) return null;
  const assets = Object.entries(value.assets);
  if (!assets.every((entry): entry is [string, string] => typeof entry[1] === "string")) {
    return null;
  }
  return { version: value.version, assets: Object.fromEntries(assets) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
