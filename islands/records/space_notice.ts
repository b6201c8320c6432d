import { signal } from "@preact/signals";

/** "Not now" on the notice of little space: until the app is opened again. */
export const spaceNoticeClosed = signal(false);
