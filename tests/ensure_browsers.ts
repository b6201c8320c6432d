import { type BrowserName, debianPackages, findBrowser, howToInstall } from "./browsers.ts";

const NEEDED: readonly BrowserName[] = ["chromium", "firefox"];

/**
 * True when both browsers are there, or were got by apt-get as root. Else says what to install, on
 * stderr. Throws when a variable names a browser that is not there.
 */
export async function ensureBrowsers(): Promise<boolean> {
  if (missing().length > 0) await installOnDebian(missing());
  const still = missing();
  if (still.length > 0) console.error(howToInstall(still));
  return still.length === 0;
}

function missing(): BrowserName[] {
  return NEEDED.filter((name) => findBrowser(name) === undefined);
}

async function installOnDebian(names: readonly BrowserName[]): Promise<void> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return;
  const packages = debianPackages(names);
  console.log(`Installing ${packages.join(" and ")} with apt-get: this takes a minute or two.`);
  for (const step of [["update"], ["install", "--yes", "--no-install-recommends", ...packages]]) {
    if (!await aptGet(step)) return;
  }
}

/** Its output is a long log, so it is shown only when it failed. */
async function aptGet(args: readonly string[]): Promise<boolean> {
  try {
    const { success, stdout, stderr } = await new Deno.Command("apt-get", {
      args: ["--quiet", ...args],
      env: { DEBIAN_FRONTEND: "noninteractive" },
      stdin: "null",
    }).output();
    if (!success) {
      console.error(
        `${text(stdout)}${text(stderr)}apt-get ${args.join(" ")} failed, as told above.`,
      );
    }
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false; // not a Debian
    throw error;
  }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
