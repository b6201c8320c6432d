/** Whether and how a file goes through the device's share sheet. */

/** Asks the browser whether its share sheet takes this file. */
export type CanShare = (file: File) => boolean;

/** What to hand to the share sheet. `renamed`: it goes under another name, which the user is told. */
export interface Shareable {
  readonly file: File;
  readonly renamed: boolean;
}

const BUNDLE_NAME = /\.fieldmesh$/;

/**
 * The file as the share sheet takes it; null when it does not. Chromium shares some types only, text among
 * them, and no bundle: there the bundle goes as `….fieldmesh.txt`, the same bytes. Only a Fieldmesh reads
 * it, and it goes by what is inside.
 */
export function shareable(file: File, canShare: CanShare): Shareable | null {
  if (canShare(file)) return { file, renamed: false };
  if (!BUNDLE_NAME.test(file.name)) return null;
  const text = new File([file], `${file.name}.txt`, { type: "text/plain" });
  return canShare(text) ? { file: text, renamed: true } : null;
}
