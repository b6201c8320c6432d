/** How this app comes onto the home screen here. */
export type InstallWay =
  /** It is there: this page runs as an installed app. */
  | "installed"
  /** The browser offered; a button can ask it. */
  | "offered"
  /** iPhone and iPad: only by the Share menu. */
  | "share-menu"
  /** Other browsers: by their own menu, or not at all. */
  | "browser-menu";

export interface InstallAbilities {
  readonly standalone: boolean;
  readonly offered: boolean;
  /** `navigator.standalone` exists in WebKit on iOS only. */
  readonly hasIosFlag: boolean;
}

/** The way that works, from what the browser can do; never from its name. */
export function installWay(can: InstallAbilities): InstallWay {
  if (can.standalone) return "installed";
  if (can.offered) return "offered";
  return can.hasIosFlag ? "share-menu" : "browser-menu";
}

/** What to do, in one sentence. */
export const INSTALL_WORDS: Readonly<Record<InstallWay, string>> = {
  installed: "Installed on this device.",
  offered: "Opens like any app, without the browser's bars, also with no network.",
  "share-menu": "Tap Share, then Add to Home Screen. Otherwise iOS deletes the records of a site " +
    "that was not used for seven days.",
  "browser-menu": "Open the browser's menu and choose Install, or Add to Home Screen.",
};
