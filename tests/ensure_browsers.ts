import { type BrowserName, debianPackages, findBrowser, howToInstall } from "./browsers.ts";
import { installOnDebian } from "./debian.ts";

const NEEDED: readonly BrowserName[] = ["chromium", "firefox"];

/**
 * True when both browsers are there, or were got by apt-get as root. Else says what to install, on
 * stderr. Throws when a variable names a browser that is not there.
 */
export async function ensureBrowsers(): Promise<boolean> {
  if (missing().length > 0) await installOnDebian(debianPackages(missing()));
  const still = missing();
  if (still.length > 0) console.error(howToInstall(still));
  return still.length === 0;
}

function missing(): BrowserName[] {
  return NEEDED.filter((name) => findBrowser(name) === undefined);
}
