import { addProtocol, Map as MapLibre, setWorkerCount, setWorkerUrl } from "maplibre-gl";
import { PMTiles } from "pmtiles";
import type { KeptMap, MapLook, MapTheme } from "./map_archive.ts";
import { mapStyle } from "./map_style.ts";
import { type PlanCamera, planCamera } from "./plan_camera.ts";
import { BlobSource } from "./read_archive.ts";

const PROTOCOL = "fieldmesh-map";
/** The stretch takes up to 0.34 % of a side: what is drawn reaches so far beyond the plan, px. */
const OVER_PX = 8;
/** A plan's centimetre is a pixel at its nearest. */
const MOST_ZOOM = 24;

/** Archives that are being shown, by the number in their tiles' addresses. */
const shown = new Map<number, PMTiles>();
let made = 0;

export interface PicturePorts {
  /** An element over which the map is laid; what is in it is the map's. */
  readonly box: HTMLElement;
  readonly map: KeptMap;
  readonly theme: MapTheme;
  readonly look: MapLook;
  /** The script that MapLibre's own worker runs. */
  readonly workerUrl: string;
  /** A tile that cannot be drawn, a lost graphics context. */
  readonly onFailure: (cause: unknown) => void;
}

/** A map on the screen that follows the plan above it and answers to nobody else. */
export class MapPicture {
  readonly #number = made++;
  readonly #ports: PicturePorts;
  readonly #element = document.createElement("div");
  readonly #drawn: MapLibre;

  /** Throws where the browser draws no WebGL 2. */
  constructor(ports: PicturePorts) {
    this.#ports = ports;
    const { box, map, look, workerUrl } = ports;
    shown.set(this.#number, new PMTiles(new BlobSource(map.file)));
    setWorkerUrl(workerUrl);
    box.replaceChildren(this.#element);
    this.#place(look);
    try {
      this.#drawn = this.#draw();
    } catch (thrown) {
      this.#forget();
      throw thrown;
    }
    this.#drawn.on("error", ({ error }) => ports.onFailure(error));
    this.follow(look);
  }

  /** Shows what the plan shows. In the frame in which the plan is drawn, if called before it is painted. */
  follow(look: MapLook): void {
    const { width, height } = this.#element.style;
    const { centre: { latitude, longitude }, zoom, bearing } = this.#place(look);
    const { style } = this.#element;
    // only then: it empties the canvas
    if (style.width !== width || style.height !== height) this.#drawn.resize();
    this.#drawn.jumpTo({ center: [longitude, latitude], zoom, bearing });
  }

  dress(theme: MapTheme): void {
    this.#drawn.setStyle(this.#style(theme));
  }

  end(): void {
    this.#drawn.remove();
    this.#forget();
  }

  #draw(): MapLibre {
    return new MapLibre({
      container: this.#element,
      style: this.#style(this.#ports.theme),
      interactive: false,
      attributionControl: false,
      trackResize: false,
      fadeDuration: 0,
      refreshExpiredTiles: false,
      minZoom: 0,
      maxZoom: MOST_ZOOM,
    });
  }

  #style(theme: MapTheme) {
    const { map: { archive } } = this.#ports;
    return mapStyle(archive, `${PROTOCOL}://${this.#number}/{z}/{x}/{y}`, theme);
  }

  /** Whole pixels, as the canvas has them, about the plan's own middle. */
  #place(look: MapLook): PlanCamera {
    const camera = planCamera(look);
    const { style } = this.#element;
    const [width, height] = [look.width, look.height].map((px) => Math.ceil(px) + 2 * OVER_PX);
    Object.assign(style, {
      width: `${width}px`,
      height: `${height}px`,
      left: `${(look.width - width) / 2}px`,
      top: `${(look.height - height) / 2}px`,
      transform: `scale(${camera.stretch.join()})`,
    });
    return camera;
  }

  #forget(): void {
    shown.delete(this.#number);
    this.#element.remove();
  }
}

// One does: a site's plan shows few tiles, and the processor has detectors to run.
setWorkerCount(1);
addProtocol(PROTOCOL, async ({ url }, { signal }) => {
  const [number, z, x, y] = url.slice(PROTOCOL.length + "://".length).split("/").map(Number);
  const tile = await shown.get(number)?.getZxy(z, x, y, signal);
  return { data: tile?.data ?? new ArrayBuffer(0) };
});
