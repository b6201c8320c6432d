import { useSignal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import type { LatLon } from "../../field/world/plan_frame.ts";
import type { CurrentPlace } from "../../page/placing/current_place.ts";
import { siteWords, typedOrigin } from "./site_origin.ts";

export interface SiteCardProps {
  readonly origin: LatLon | null;
  readonly mayRule: boolean;
  readonly place: () => Promise<CurrentPlace>;
  readonly onOrigin: (origin: LatLon | null) => void;
}

/** Where on earth the plan's metres are counted from. */
export default function SiteCard({ origin, mayRule, place, onOrigin }: SiteCardProps) {
  const typed = useSignal({ latitude: "", longitude: "" });
  const problem = useSignal<string | null>(null);
  const busy = useSignal(false);
  const here = async () => {
    [problem.value, busy.value] = [null, true];
    try {
      onOrigin((await place()).at);
    } catch (thrown) {
      problem.value = toFailure(thrown).message;
    } finally {
      busy.value = false;
    }
  };
  const save = () => {
    const found = typedOrigin(typed.value.latitude, typed.value.longitude);
    problem.value = "fault" in found ? found.fault : null;
    if ("origin" in found) onOrigin(found.origin);
  };
  return (
    <details class="card fold site-card">
      <summary>
        <h2>Where the site is</h2>
      </summary>
      <p>{siteWords(origin)}</p>
      {mayRule && (
        <>
          <div class="form-actions">
            <button type="button" disabled={busy.value} onClick={here}>
              Use this device's position
            </button>
            {origin && (
              <button type="button" class="danger" onClick={() => onOrigin(null)}>
                Forget the place
              </button>
            )}
          </div>
          <div class="site-figures">
            {(["latitude", "longitude"] as const).map((axis) => (
              <label key={axis} class="outline-name">
                <span>{axis === "latitude" ? "Latitude" : "Longitude"}</span>
                <input
                  type="text"
                  inputMode="decimal"
                  autoComplete="off"
                  placeholder={origin ? String(origin[axis]) : "52.52000"}
                  value={typed.value[axis]}
                  onInput={({ currentTarget }) =>
                    typed.value = { ...typed.value, [axis]: currentTarget.value }}
                />
              </label>
            ))}
          </div>
          <button type="button" onClick={save}>Save these figures</button>
          {problem.value && <p class="field-problem" role="alert">{problem.value}</p>}
        </>
      )}
    </details>
  );
}
