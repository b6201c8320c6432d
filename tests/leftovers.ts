/** Finds processes that a test started and did not end. */
import { waitFor } from "./wait_for.ts";

/** A killed browser's crash handler ends by itself, a moment after the browser. */
const END_BY_THEMSELVES_WITHIN_MS = 5_000;

export interface Leftover {
  readonly pid: number;
  readonly command: string;
}

/**
 * The processes whose environment holds `variable=value`: every descendant inherits it, however it
 * was detached. Gives them `withinMs` to end by themselves first. Looks in /proc, so elsewhere than
 * on Linux it finds nothing.
 */
export async function findLeftovers(
  variable: string,
  value: string,
  { withinMs = END_BY_THEMSELVES_WITHIN_MS } = {},
): Promise<Leftover[]> {
  if (Deno.build.os !== "linux") return [];
  const look = () => marked(`${variable}=${value}`);
  try {
    return await waitFor("all to end", look, ({ length }) => length === 0, { withinMs });
  } catch {
    return await look(); // time is up, so these stay; waitFor() may have given up on a slow look
  }
}

async function marked(mark: string): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === Deno.pid) continue;
    const environment = await readProc(name, "environ");
    if (!environment.split("\0").includes(mark)) continue;
    const command = (await readProc(name, "cmdline")).replaceAll("\0", " ").trim();
    found.push({ pid: Number(name), command: command.slice(0, 200) });
  }
  return found;
}

async function readProc(pid: string, file: string): Promise<string> {
  try {
    return await Deno.readTextFile(`/proc/${pid}/${file}`);
  } catch {
    return ""; // it has ended meanwhile, or is another user's
  }
}
