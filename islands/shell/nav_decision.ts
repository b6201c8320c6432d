/** The pages that say the same to everyone. */
export const KEPT_PATHS: readonly string[] = [
  "/",
  "/log",
  "/places",
  "/records",
  "/crew",
  "/about",
  "/swarm",
];
/** The pages that are exchanged without leaving the document. */
const APP_PATHS: readonly string[] = [...KEPT_PATHS, "/trust"];

/** What is known of a click on a link, without the DOM. */
export interface LinkClick {
  readonly href: string;
  /** The link's `target`, empty when it has none. */
  readonly target: string;
  readonly download: boolean;
  /** 0: the main button. */
  readonly button: number;
  /** Any of Ctrl, Meta, Shift, Alt. */
  readonly modified: boolean;
  readonly defaultPrevented: boolean;
}

/** Whether this app shows the address itself. */
export function isAppPage(url: URL, origin: string): boolean {
  return url.origin === origin && APP_PATHS.includes(url.pathname);
}

/**
 * What to do about a click on a link. "visit": fetch the page and exchange the content. "stay": the
 * page is shown already. "browser": leave it to the browser (other sites, new tabs, downloads, anchors
 * within the page).
 */
export function decideClick(click: LinkClick, here: URL): "visit" | "stay" | "browser" {
  if (click.defaultPrevented || click.button !== 0 || click.modified || click.download) {
    return "browser";
  }
  if (click.target !== "" && click.target !== "_self") return "browser";
  const there = new URL(click.href, here);
  if (!isAppPage(there, here.origin)) return "browser";
  if (!isSamePage(there, here)) return "visit";
  return there.hash === "" ? "stay" : "browser";
}

/** Two addresses of one document: they differ in the fragment at most. */
export function isSamePage(there: URL, here: URL): boolean {
  return there.origin === here.origin && there.pathname === here.pathname &&
    there.search === here.search;
}
