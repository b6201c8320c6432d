/**
 * What the user chose for this browser: theme, last source, dismissed hints. Not records: losing it
 * costs a tap. Browsers that block storage throw on access.
 */

const PREFIX = "fieldmesh.";

/** The setting, or null when it was never made or the browser blocks storage. */
export function readSetting(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch (_blocked) {
    return null;
  }
}

/** Keeps it. False: the browser keeps no settings, which the caller tells the user. */
export function writeSetting(name: string, value: string): boolean {
  try {
    localStorage.setItem(PREFIX + name, value);
    return true;
  } catch (_blocked) {
    return false;
  }
}
