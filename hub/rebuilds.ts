import { setTimeout } from "node:timers/promises";
import { readBuildInfo } from "./build_info.ts";

const LOOK_EVERY_MS = 300;

/**
 * Yields the version whenever the build in `dist` has become another one; ends with the signal.
 * It looks instead of watching, because a build may replace the folder and with it the watch.
 */
export async function* rebuilds(dist: string, signal: AbortSignal): AsyncGenerator<string> {
  let version = (await readBuildInfo(dist))?.version;
  while (await waited(LOOK_EVERY_MS, signal)) {
    // No version: a build is at work. It will be there on another look.
    const next = (await readBuildInfo(dist))?.version;
    if (next === undefined || next === version) continue;
    version = next;
    yield version;
  }
}

/** False when the signal ended the wait. */
async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await setTimeout(ms, undefined, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
