import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { PlanSize } from "./plan_view.ts";

/** A phone's, till the element is measured: the hub knows no screen. */
const UNMEASURED: PlanSize = { width: 358, height: 420 };

/** An element's size, px, as long as it is shown. */
export function useSize(element: { readonly current: Element | null }): ReadonlySignal<PlanSize> {
  const size = useSignal(UNMEASURED);
  useEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([{ contentRect: { width, height } }]) => {
      if (width > 0 && height > 0) size.value = { width, height };
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return size;
}
