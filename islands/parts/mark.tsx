/**
 * Fieldmesh's mark: three devices, the links between them an eye under a roof. Drawn on 100 x 100 units
 * as in static/icons/make_icons.ts; a test holds the two together.
 */
export default function Mark() {
  return (
    <svg class="mark" viewBox="0 0 100 100" aria-hidden="true" focusable="false">
      <path class="mark-line" d="M14 56L50 30L86 56A42 42 0 0 1 14 56" />
      <circle class="mark-node" cx="14" cy="56" r="8" />
      <circle class="mark-node" cx="50" cy="30" r="8" />
      <circle class="mark-node" cx="86" cy="56" r="8" />
      <circle class="mark-pupil" cx="50" cy="58.5" r="12.5" />
    </svg>
  );
}
