/** What a key does on the plan. Pure. */
export type PlanKey =
  | { readonly kind: "go"; readonly east: number; readonly north: number }
  | { readonly kind: "zoom"; readonly factor: number }
  | { readonly kind: "fit" }
  | { readonly kind: "add" }
  | { readonly kind: "back" }
  | { readonly kind: "leave" };

const ZOOM = 1.5;

const GOES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** Null: a key of the browser's, which it keeps. `isDrawing`: Enter, Backspace and Escape mean something. */
export function planKey(
  { key, ctrlKey, altKey, metaKey }: KeyPress,
  isDrawing: boolean,
): PlanKey | null {
  if (ctrlKey || altKey || metaKey) return null;
  const go = GOES[key];
  if (go) return { kind: "go", east: go[0], north: go[1] };
  if (key === "+" || key === "=") return { kind: "zoom", factor: ZOOM };
  if (key === "-" || key === "_") return { kind: "zoom", factor: 1 / ZOOM };
  if (key === "0") return { kind: "fit" };
  if (!isDrawing) return null;
  if (key === "Enter" || key === " ") return { kind: "add" };
  if (key === "Backspace" || key === "Delete") return { kind: "back" };
  return key === "Escape" ? { kind: "leave" } : null;
}
