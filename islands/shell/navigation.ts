/**
 * Client-side navigation: a link to another page of the app exchanges the content of `<main>` only, so
 * that the camera and the links to peers live on. History, scroll, focus and screen readers are served
 * as the browser would.
 */
import { decideClick, isAppPage, isSamePage } from "./nav_decision.ts";
import type { PageStore } from "./page_store.ts";

export interface NavigationOptions {
  /** Where pages come from. */
  readonly pages: PageStore;
  /** Before the old content goes. */
  readonly unmount: (root: ParentNode) => void;
  /** When the new content stands. */
  readonly mount: (root: ParentNode) => void;
  /** Whether this code can show the page at all. */
  readonly canShow: (root: ParentNode) => boolean;
  /** Whether leaving the document would break something off; then a page that cannot be had is told. */
  readonly busy: () => boolean;
  /** Tells the user that a page could not be opened, and that all goes on. */
  readonly tell: (message: string) => void;
}

export interface Navigation {
  /** Shows an address as if its link had been tapped. */
  visit(href: string): void;
}

/** The page comes from the service worker, or from a hub nearby: slower than this means not at all. */
const FETCH_TIMEOUT_MS = 8_000;
/** WebKit allows 100 history calls in 30 s. */
const SCROLL_SETTLE_MS = 400;

interface Arrival {
  readonly url: URL;
  /** "push": a new entry in the history. "replace": the history moved already. */
  readonly history: "push" | "replace";
  readonly scrollY: number;
}

/** Starts intercepting links and the back button. */
export function startNavigation(options: NavigationOptions): Navigation {
  let shown = new URL(location.href);
  let underway: AbortController | undefined;

  async function arrive(arrival: Arrival): Promise<void> {
    underway?.abort();
    const controller = underway = new AbortController();
    const main = pageMain(document);
    main.setAttribute("aria-busy", "true");
    const page = await pageAt(arrival.url, options.pages, controller);
    if (underway !== controller) return;
    main.removeAttribute("aria-busy");
    if (!page || !options.canShow(page)) return leave(arrival);
    if (arrival.history === "push") {
      keepScroll();
      history.pushState({ scrollY: 0 }, "", arrival.url);
    }
    shown = arrival.url;
    options.unmount(main);
    exchange(page, main);
    options.mount(main);
    showPosition(arrival, main);
  }

  function leave(arrival: Arrival): void {
    if (!options.busy()) return location.assign(arrival.url);
    if (arrival.history === "replace") history.pushState({ scrollY }, "", shown);
    options.tell("This page cannot be opened just now. Watching goes on.");
  }

  function visit(href: string): void {
    const url = new URL(href, location.href);
    if (isSamePage(url, shown) || !isAppPage(url, location.origin)) return location.assign(url);
    void arrive({ url, history: "push", scrollY: 0 });
  }

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[href]");
    if (!(link instanceof HTMLAnchorElement)) return;
    const decision = decideClick(clickOf(event, link), new URL(location.href));
    if (decision === "browser") return;
    event.preventDefault();
    if (decision === "visit") visit(link.href);
    else scrollTo({ top: 0 });
  });
  addEventListener("popstate", (event) => {
    const url = new URL(location.href);
    if (isSamePage(url, shown)) return;
    void arrive({ url, history: "replace", scrollY: scrollOf(event.state) });
  });
  history.scrollRestoration = "manual";
  rememberScroll();
  return { visit };
}

function clickOf(event: MouseEvent, link: HTMLAnchorElement) {
  return {
    href: link.href,
    target: link.target,
    download: link.hasAttribute("download"),
    button: event.button,
    modified: event.ctrlKey || event.metaKey || event.shiftKey || event.altKey,
    defaultPrevented: event.defaultPrevented,
  };
}

/** The page's document, or null when it cannot be had. */
async function pageAt(
  url: URL,
  pages: PageStore,
  controller: AbortController,
): Promise<Document | null> {
  const timer = setTimeout(() => controller.abort(), FETCH_TIMEOUT_MS);
  const html = await pages.get(url, controller.signal);
  clearTimeout(timer);
  const page = html === null ? null : new DOMParser().parseFromString(html, "text/html");
  return page?.querySelector("#main") ? page : null;
}

function pageMain(page: Document): HTMLElement {
  const main = page.querySelector<HTMLElement>("#main");
  if (!main) throw new Error("Cannot navigate: the page has no #main");
  return main;
}

function exchange(page: Document, main: HTMLElement): void {
  const next = pageMain(page);
  document.title = page.title;
  main.className = next.className;
  main.replaceChildren(...next.childNodes);
  const heading = document.querySelector("#page-title");
  if (heading) heading.textContent = page.querySelector("#page-title")?.textContent ?? page.title;
  for (const link of document.querySelectorAll<HTMLAnchorElement>("#nav a")) {
    const twin = page.querySelector(`#nav a[href="${link.getAttribute("href")}"]`);
    if (twin?.hasAttribute("aria-current")) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function showPosition(arrival: Arrival, main: HTMLElement): void {
  const target = arrival.url.hash.length > 1 && findAnchor(arrival.url.hash);
  main.focus({ preventScroll: true });
  if (target) target.scrollIntoView();
  else scrollTo({ top: arrival.scrollY, behavior: "instant" });
  const announcer = document.querySelector("#announcer");
  if (announcer) announcer.textContent = document.title;
}

function findAnchor(hash: string): Element | null {
  return document.getElementById(hash.slice(1));
}

function rememberScroll(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  addEventListener("scroll", () => {
    clearTimeout(timer);
    timer = setTimeout(keepScroll, SCROLL_SETTLE_MS);
  }, { passive: true });
}

function keepScroll(): void {
  history.replaceState({ scrollY }, "");
}

function scrollOf(state: unknown): number {
  if (typeof state !== "object" || state === null || !("scrollY" in state)) return 0;
  return typeof state.scrollY === "number" ? state.scrollY : 0;
}
