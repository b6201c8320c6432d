import { formats } from "./format.ts";
import { status, update } from "./live.ts";
import type { EngineStatus } from "../field/messages.ts";

/** What runs here. */
export default function VersionsCard() {
  const known = status.value;
  return (
    <section class="card" aria-labelledby="versions-title">
      <h2 id="versions-title">Versions</h2>
      <dl class="facts">
        <div class="fact">
          <dt>Fieldmesh</dt>
          <dd>{known?.version ?? "–"}</dd>
        </div>
        <div class="fact">
          <dt>Model</dt>
          <dd>{known?.engine.model ?? "–"}</dd>
        </div>
        <div class="fact">
          <dt>Engine</dt>
          <dd>{known?.engine.name ?? "–"}</dd>
        </div>
        <div class="fact">
          <dt>A look takes</dt>
          <dd>{known ? speed(known.engine) : "–"}</dd>
        </div>
        <div class="fact">
          <dt>Cold start</dt>
          <dd>{known ? coldStart(known.engine) : "–"}</dd>
        </div>
      </dl>
      {update.value && (
        <p class="update-line">
          <span>A newer version waits.</span>
          <button type="button" onClick={() => update.value?.apply()}>Reload to use it</button>
        </p>
      )}
    </section>
  );
}

function speed({ state, p50Ms, failure }: EngineStatus): string {
  if (state === "failed") return failure?.message ?? "The detector failed.";
  if (state === "loading") return "loading …";
  return p50Ms === null ? "not watched yet" : `${formats.count(Math.round(p50Ms))} ms`;
}

/** What the first look took after the browser had stopped the worker, and of what. */
function coldStart({ coldStart: start }: EngineStatus): string {
  if (!start) return "not watched yet";
  const { readMs, loadMs, firstMs } = start;
  const [read, load, first] = [readMs, loadMs, firstMs].map((ms) => formats.count(Math.round(ms)));
  const sum = formats.count(Math.round(readMs + loadMs + firstMs));
  return `${sum} ms: read ${read}, load ${load}, first look ${first}`;
}
