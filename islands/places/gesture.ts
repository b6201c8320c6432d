/** Fingers on the plan: what one or two of them do to the view, and whether it was a tap. Pure. */
import { pannedBy, type PlanPoint, type PlanSize, type PlanView, zoomedAt } from "./plan_view.ts";

export interface Finger extends PlanPoint {
  readonly id: number;
}

export interface Gesture {
  readonly fingers: readonly Finger[];
  /** Where the first of them came down. */
  readonly began: PlanPoint | null;
  /** It has moved or was joined by another: no tap any more. */
  readonly isDrag: boolean;
}

export const NO_GESTURE: Gesture = { fingers: [], began: null, isDrag: false };
/** A thumb rolls by some pixels as it is lifted. */
const TAP_PX = 8;

export function pressed({ fingers, began }: Gesture, finger: Finger): Gesture {
  const others = fingers.filter(({ id }) => id !== finger.id);
  const isFirst = others.length === 0;
  return {
    fingers: [...others, finger],
    began: isFirst ? { x: finger.x, y: finger.y } : began,
    isDrag: !isFirst,
  };
}

/** Unchanged when that finger is not down. */
export function moved(gesture: Gesture, finger: Finger): Gesture {
  const { fingers, began } = gesture;
  if (!fingers.some(({ id }) => id === finger.id)) return gesture;
  return {
    fingers: fingers.map((one) => one.id === finger.id ? finger : one),
    began,
    isDrag: gesture.isDrag || (began !== null && apart(began, finger) > TAP_PX),
  };
}

/** Two that become one go on as a drag, so that lifting the second is no tap. */
export function released({ fingers, began, isDrag }: Gesture, id: number): Gesture {
  const left = fingers.filter((one) => one.id !== id);
  return left.length === 0 ? NO_GESTURE : { fingers: left, began, isDrag };
}

/** What was between the fingers stays between them: one pans, two pan and zoom. */
export function viewAfter(view: PlanView, size: PlanSize, from: Gesture, to: Gesture): PlanView {
  if (!to.isDrag || from.fingers.length === 0 || from.fingers.length !== to.fingers.length) {
    return view;
  }
  const [before, after] = [middleOfAll(from.fingers), middleOfAll(to.fingers)];
  const spread = spreadOf(from.fingers, before);
  const factor = spread > 0 ? spreadOf(to.fingers, after) / spread : 1;
  const zoomed = factor > 0 ? zoomedAt(view, size, before, factor) : view;
  return pannedBy(zoomed, after.x - before.x, after.y - before.y);
}

/** Of a wheel: a notch is about 100 px, and with the control key (a pinch of a touchpad) about ten. */
export function wheelFactor(deltaY: number, deltaMode: number, isPinch: boolean): number {
  const px = deltaMode === 0 ? deltaY : deltaMode === 1 ? deltaY * 33 : deltaY * 400;
  const bounded = Math.min(240, Math.max(-240, px));
  return Math.exp(-bounded * (isPinch ? 0.012 : 0.002));
}

function middleOfAll(fingers: readonly Finger[]): PlanPoint {
  const sum = (of: (finger: Finger) => number) => fingers.reduce((all, one) => all + of(one), 0);
  return { x: sum(({ x }) => x) / fingers.length, y: sum(({ y }) => y) / fingers.length };
}

function spreadOf(fingers: readonly Finger[], middle: PlanPoint): number {
  return fingers.reduce((all, one) => all + apart(one, middle), 0);
}

function apart(a: PlanPoint, b: PlanPoint): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
