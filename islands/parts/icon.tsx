/** Line icons on a 24-unit grid, 1.8 units thick: one path each, in the ink of what surrounds them. */
const PATHS = {
  watch:
    "M2.5 12C5 7 8.3 4.8 12 4.8s7 2.2 9.5 7.2C19 17 15.7 19.2 12 19.2S5 17 2.5 12ZM12 15.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4Z",
  log: "M9 6h11M9 12h11M9 18h7M4.5 6h.01M4.5 12h.01M4.5 18h.01",
  records: "M3.5 4.5h17v5h-17ZM5 9.5v10h14v-10M9.5 13.5h5",
  crew:
    "M6 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM18 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM12 20.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM8.5 7h7M7.2 9.2l3.5 6.5M16.8 9.2l-3.5 6.5",
  about: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5.5M12 7.6h.01",
  camera:
    "M4 7.5h3.2L9 5h6l1.8 2.5H20a1.5 1.5 0 0 1 1.5 1.5v9A1.5 1.5 0 0 1 20 19.5H4A1.5 1.5 0 0 1 2.5 18V9A1.5 1.5 0 0 1 4 7.5ZM12 16.8a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2Z",
  demo: "M4 5h16v14H4ZM8 5v14M16 5v14M4 9.7h4M4 14.3h4M16 9.7h4M16 14.3h4",
  file:
    "M13.5 3H7a1.5 1.5 0 0 0-1.5 1.5v15A1.5 1.5 0 0 0 7 21h10a1.5 1.5 0 0 0 1.5-1.5V8ZM13.5 3v5h5",
  place:
    "M12 21s6.5-6 6.5-11a6.5 6.5 0 0 0-13 0C5.5 15 12 21 12 21ZM12 12.4a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8Z",
  placeOff:
    "M8 5a6.5 6.5 0 0 1 10.5 5c0 1.7-.8 3.5-1.8 5.1M14.8 18.1A36 36 0 0 1 12 21s-6.5-6-6.5-11c0-.6.1-1.1.2-1.6M4 4l16 16",
  start: "M8 5.5v13l10.5-6.5Z",
  stop: "M7 7h10v10H7Z",
  check: "M5 12.5l4.5 4.5L19 7.5",
  warning: "M12 4 2.8 19.5h18.4ZM12 10v4.5M12 17h.01",
  close: "M6 6l12 12M18 6 6 18",
  copy: "M9 9h10.5v11.5H9ZM15 9V4H4.5v11.5H9",
  share: "M12 15V3.5M8 7l4-4 4 4M6 11H5v9.5h14V11h-1",
  up: "M12 19V5M6 11l6-6 6 6",
  add: "M12 5v14M5 12h14",
  install: "M12 4v10.5M7.5 10.5 12 15l4.5-4.5M5 19.5h14",
  reload: "M19.5 12A7.5 7.5 0 1 1 17 6.4M19.5 3.5v4h-4",
  picture: "M4 5h16v14H4ZM4 16l4.5-4.5 4 4L15 13l5 5M15.5 9.2h.01",
  table: "M4 5h16v14H4ZM4 10h16M4 14.5h16M10 5v14",
  box: "M4 8.5V4h4.5M15.5 4H20v4.5M20 15.5V20h-4.5M8.5 20H4v-4.5M9 9h6v6H9Z",
  key: "M8 15.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 11.5h9M18 11.5V15M15 11.5v2.5",
  enter: "M14 4h5v16h-5M4 12h10.5M10.5 8l4 4-4 4",
  star: "M12 3.8l2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8Z",
  filter: "M4 6h16M7 12h10M10 18h4",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.2 15.2 20 20",
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration beside words; the words carry the meaning. */
export default function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
