/** Icons of the plan alone, as in parts/icon.tsx: on a 24-unit grid, in the ink of what surrounds them. */
const PATHS = {
  zoomIn: "M12 5v14M5 12h14",
  zoomOut: "M5 12h14",
  fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  zone: "M5 8l8-4 7 6-3 9-10 1Z",
  line: "M5 19 19 5M5 19h.01M19 5h.01M9 8l7 7",
  undo: "M8 5 4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11H9",
  turn: "M7 4 3.5 7.5 7 11M3.5 7.5H17M17 13l3.5 3.5L17 20M20.5 16.5H7",
  up: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  left: "M19 12H5M11 6l-6 6 6 6",
  right: "M5 12h14M13 6l6 6-6 6",
  earlier: "M15 5l-7 7 7 7",
  later: "M9 5l7 7-7 7",
} as const;

export type PlaceIconName = keyof typeof PATHS;

export default function PlaceIcon({ name }: { readonly name: PlaceIconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
