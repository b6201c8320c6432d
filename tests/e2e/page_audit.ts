/** What every page must hold to, measured in the page: reach, size, fit, and axe's rules. */
import axeCore from "axe-core";
import type { WatchedPage } from "./watched_page.ts";

declare global {
  var axe: typeof axeCore;
}

/** The house's own minimum, for gloves; WCAG 2.2 AA asks for 24. */
const TARGET_PX = 48;
/** More Tab presses than any page has controls. */
const MOST_TABS = 120;

/** Rules of axe that a page breaks, each with the first element that does. */
export async function axeViolations({ page }: WatchedPage): Promise<string[]> {
  await page.evaluate(axeCore.source);
  return await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0].html}`);
  });
}

/** How many px the page is wider than its window. */
export function overflowPx({ page }: WatchedPage): Promise<number> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
}

/**
 * Controls smaller than a thumb. Not counted: links within a line of text (WCAG 2.5.8 excepts
 * them), what only the keyboard shows, and an input whose label is the target.
 */
export function smallTargets({ page }: WatchedPage): Promise<string[]> {
  return page.evaluate((least) => {
    const controls = document.querySelectorAll<HTMLElement>(
      "a[href], button, input, select, textarea, summary, [role=button], [role=switch]",
    );
    const isVisible = (element: HTMLElement) =>
      element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const isInText = (element: HTMLElement) =>
      element.matches("a") && getComputedStyle(element).display === "inline" &&
      (element.parentElement?.textContent?.trim().length ?? 0) >
        (element.textContent?.trim().length ?? 0);
    const targetOf = (element: HTMLElement) => element.closest("label") ?? element;
    return [...controls]
      .filter((element) => isVisible(element) && !isInText(element) && !element.matches(".skip"))
      .map((element) => ({ element, box: targetOf(element).getBoundingClientRect() }))
      .filter(({ box }) => Math.round(box.width) < least || Math.round(box.height) < least)
      .map(({ element, box }) =>
        `${Math.round(box.width)}×${Math.round(box.height)}: ${element.outerHTML.slice(0, 120)}`
      );
  }, TARGET_PX);
}

/** Controls that the Tab key does not come to; while a dialog is open, of that dialog. */
export async function unreachableControls({ page }: WatchedPage): Promise<string[]> {
  await page.evaluate(() => {
    for (const one of document.querySelectorAll("[data-reached]")) {
      one.removeAttribute("data-reached");
    }
    // the Tab key goes on from where the focus was last: begin at the top
    const top = document.querySelector<HTMLElement>("dialog:modal") ?? document.body;
    top.tabIndex = -1;
    top.focus();
    scrollTo(0, 0);
  });
  for (let presses = 0; presses < MOST_TABS; presses++) {
    await page.keyboard.press("Tab");
    const again = await page.evaluate(() => {
      const reached = document.activeElement;
      if (!reached || reached === document.body || reached.hasAttribute("data-reached")) {
        return true;
      }
      reached.setAttribute("data-reached", "");
      return false;
    });
    if (again) break;
  }
  return await page.evaluate(() => {
    const within = document.querySelector("dialog:modal") ?? document;
    const all = within.querySelectorAll<HTMLElement>(
      "a[href], button:not(:disabled), input:not(:disabled), select, textarea, summary",
    );
    // Of a radio group the Tab key comes to one; the arrow keys go on from there.
    const inReachedGroup = (element: HTMLElement) =>
      element instanceof HTMLInputElement && element.type === "radio" &&
      document.querySelector(`input[name="${element.name}"][data-reached]`) !== null;
    return [...all]
      .filter((element) => element.checkVisibility({ visibilityProperty: true }))
      .filter((element) => !element.hasAttribute("data-reached") && !inReachedGroup(element))
      .map((element) => element.outerHTML.slice(0, 120));
  });
}
