/** Around the plan: zoom, scale, north. */
import PlaceIcon from "./place_icon.tsx";
import { scaleBar } from "./scale_bar.ts";

const MOST_BAR_PX = 96;

export function ScaleBarMark({ pxPerM }: { readonly pxPerM: number }) {
  const { lengthPx, words } = scaleBar(pxPerM, MOST_BAR_PX);
  return (
    <div class="plan-scale">
      <span class="hidden">Scale bar:</span>
      <span>{words}</span>
      <svg width={lengthPx + 2} height="8" aria-hidden="true">
        <path d={`M1 1V7H${lengthPx + 1}V1`} />
      </svg>
    </div>
  );
}

/** The plan does not turn: north is up. */
export function NorthArrow() {
  return (
    <svg class="plan-north" viewBox="0 0 32 44" role="img" aria-label="North is up">
      <path class="needle" d="M16 16L24 40L16 35L8 40Z" />
      <text x="16" y="12">N</text>
    </svg>
  );
}

interface ZoomButtonsProps {
  readonly onZoom: (factor: number) => void;
  readonly onFit: () => void;
}

const ZOOM = 1.5;

export function ZoomButtons({ onZoom, onFit }: ZoomButtonsProps) {
  return (
    <div class="plan-zoom" role="group" aria-label="Zoom">
      <button type="button" aria-label="Zoom in" onClick={() => onZoom(ZOOM)}>
        <PlaceIcon name="zoomIn" />
      </button>
      <button type="button" aria-label="Zoom out" onClick={() => onZoom(1 / ZOOM)}>
        <PlaceIcon name="zoomOut" />
      </button>
      <button type="button" aria-label="Show all" onClick={onFit}>
        <PlaceIcon name="fit" />
      </button>
    </div>
  );
}
