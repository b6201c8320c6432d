import { loadMapEngine, mapScripts } from "../../page/maps/load_map_engine.ts";
import type { KeptMap, MapLook, MapTheme } from "../../page/maps/map_archive.ts";
import type { MapPicture } from "../../page/maps/map_picture.ts";
import { NO_ENGINE } from "../../page/maps/take_map.ts";
import { resolveTheme } from "../theme_choice.ts";

export interface ShowPorts {
  readonly box: HTMLElement;
  readonly map: KeptMap;
  /** What the plan shows at this moment. */
  readonly look: () => MapLook;
  /** The first thing that goes wrong, in words. */
  readonly onProblem: (words: string) => void;
  readonly onShown: () => void;
}

/** A map under the plan, from when it is loaded until it is ended. */
export class ShownMap {
  readonly #ports: ShowPorts;
  readonly #themes = new MutationObserver(() => this.#picture?.dress(themeNow()));
  #picture: MapPicture | null = null;
  #isEnded = false;
  #hasFailed = false;

  constructor(ports: ShowPorts) {
    this.#ports = ports;
    const root = document.documentElement;
    this.#themes.observe(root, { attributes: true, attributeFilter: ["data-theme"] });
    void this.#begin();
  }

  follow(look: MapLook): void {
    this.#picture?.follow(look);
  }

  end(): void {
    this.#isEnded = true;
    this.#themes.disconnect();
    this.#picture?.end();
    this.#picture = null;
  }

  async #begin(): Promise<void> {
    const engine = await loadMapEngine().catch(() => null);
    if (this.#isEnded) return;
    if (!engine) return this.#fail(NO_ENGINE);
    const { box, map, look, onShown } = this.#ports;
    try {
      this.#picture = new engine.MapPicture({
        ...{ box, map, look: look(), theme: themeNow(), workerUrl: mapScripts().worker },
        onFailure: (cause) => this.#fail(partWords(cause)),
      });
      onShown();
    } catch (thrown) {
      this.#fail(wholeWords(thrown));
    }
  }

  #fail(words: string): void {
    if (!this.#hasFailed) this.#ports.onProblem(words);
    this.#hasFailed = true;
  }
}

const NO_WEBGL =
  "This browser draws no map here: WebGL 2 is missing or switched off. The plan goes on without it.";

function wholeWords(cause: unknown): string {
  // MapLibre's own error: no context for WebGL 2
  if (cause instanceof Error && cause.name === "GPUInitializationError") return NO_WEBGL;
  const why = cause instanceof Error ? cause.message : String(cause);
  return `The map cannot be drawn (${why}). The plan goes on without it.`;
}

function partWords(cause: unknown): string {
  const why = cause instanceof Error ? cause.message : String(cause);
  return `A part of the map cannot be drawn (${why}). The plan goes on without it; the file may be damaged.`;
}

function themeNow(): MapTheme {
  const { theme } = document.documentElement.dataset;
  const isKnown = theme === "dusk" || theme === "day" || theme === "sun";
  return isKnown ? theme : resolveTheme("system", { light: false, moreContrast: false });
}
