import { h, hydrate, render } from "preact";
import { isIslandName, registry } from "../registry.ts";

const MARKER = "[data-island]";

/**
 * Brings the islands below `root` to life. "hydrate": takes over what the hub rendered, while nothing is
 * known yet. "render": draws them afresh with what is known by now.
 */
export function mountIslands(root: ParentNode, way: "hydrate" | "render"): void {
  for (const marker of root.querySelectorAll<HTMLElement>(MARKER)) {
    const name = marker.dataset.island;
    if (!isIslandName(name)) throw new Error(`Cannot mount island ${name}: not in the registry`);
    const view = h(registry[name], {});
    if (way === "hydrate") hydrate(view, marker);
    else {
      marker.replaceChildren();
      render(view, marker);
    }
  }
}

/** Ends the islands below `root`: their effects stop, what they hold is let go. */
export function unmountIslands(root: ParentNode): void {
  for (const marker of root.querySelectorAll(MARKER)) render(null, marker);
}

/** Whether this page's code can show every island below `root`: a newer page may have others. */
export function knowsIslands(root: ParentNode): boolean {
  return [...root.querySelectorAll<HTMLElement>(MARKER)]
    .every((marker) => isIslandName(marker.dataset.island));
}
