import { useEffect, useRef } from "preact/hooks";
import {
  type Finger,
  type Gesture,
  moved,
  NO_GESTURE,
  pressed,
  released,
  viewAfter,
  wheelFactor,
} from "./gesture.ts";
import { type PlanPoint, type PlanSize, type PlanView, zoomedAt } from "./plan_view.ts";

export interface PlanHand {
  readonly view: () => PlanView;
  readonly size: () => PlanSize;
  readonly show: (view: PlanView) => void;
  readonly tap: (at: PlanPoint) => void;
  /** What can be dragged there, by index; null when it is the plan. */
  readonly grab: (at: PlanPoint) => number | null;
  readonly drag: (index: number, to: PlanPoint) => void;
}

/** Finger, pen, mouse and wheel over the plan. The keyboard has keys of its own (`plan_keys.ts`). */
export function usePlanPointers(element: { readonly current: HTMLElement | null }, hand: PlanHand) {
  const newest = useRef(hand);
  newest.current = hand;
  const gesture = useRef<Gesture>(NO_GESTURE);
  const grabbed = useRef<number | null>(null);
  useWheel(element, newest);
  const end = (event: PointerEvent, isTap: boolean) => {
    const before = gesture.current;
    gesture.current = released(before, event.pointerId);
    const isLast = gesture.current === NO_GESTURE;
    if (isTap && isLast && before.began && !before.isDrag) newest.current.tap(before.began);
    if (isLast) grabbed.current = null;
  };
  return {
    onPointerDown(event: PointerEvent) {
      if (event.pointerType === "mouse" && event.button !== 0) return;
      element.current?.setPointerCapture(event.pointerId);
      const finger = fingerOf(event, element.current);
      gesture.current = pressed(gesture.current, finger);
      const isFirst = gesture.current.fingers.length === 1;
      grabbed.current = isFirst ? newest.current.grab(finger) : null;
    },
    onPointerMove(event: PointerEvent) {
      const before = gesture.current;
      gesture.current = moved(before, fingerOf(event, element.current));
      if (gesture.current === before) return;
      const { view, size, show, drag } = newest.current;
      if (grabbed.current === null) show(viewAfter(view(), size(), before, gesture.current));
      else if (gesture.current.isDrag) drag(grabbed.current, gesture.current.fingers[0]);
    },
    onPointerUp: (event: PointerEvent) => end(event, true),
    onPointerCancel: (event: PointerEvent) => end(event, false),
  };
}

/** Not as a property of the element: only a listener that is not passive may keep the page from scrolling. */
function useWheel(
  element: { readonly current: HTMLElement | null },
  hand: { readonly current: PlanHand },
): void {
  useEffect(() => {
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      const { view, size, show } = hand.current;
      const factor = wheelFactor(event.deltaY, event.deltaMode, event.ctrlKey);
      show(zoomedAt(view(), size(), fingerOf(event, element.current), factor));
    };
    const plan = element.current;
    plan?.addEventListener("wheel", turn, { passive: false });
    return () => plan?.removeEventListener("wheel", turn);
  }, []);
}

/** In pixels from the plan's upper left corner. */
function fingerOf(event: MouseEvent, plan: HTMLElement | null): Finger {
  const { left, top } = plan?.getBoundingClientRect() ?? { left: 0, top: 0 };
  const id = "pointerId" in event ? Number(event.pointerId) : 0;
  return { id, x: event.clientX - left, y: event.clientY - top };
}
