import { useEffect } from "preact/hooks";
import type { LatLon } from "../../field/world/plan_frame.ts";
import type { KeptMap } from "../../page/maps/map_archive.ts";
import { isOnMap, middleOfMap } from "../../page/maps/map_bounds.ts";
import { formats } from "../format.ts";
import Message from "../parts/message.tsx";
import FileButton from "../records/file_button.tsx";
import {
  chooseGround,
  drawProblem,
  groundMap,
  groundProblem,
  groundStep,
  isDrawnOffline,
  isGroundBusy,
  readGround,
  removeGround,
} from "./map_ground_state.ts";

export interface MapGroundCardProps {
  /** Null: nobody knows where on earth the site is. */
  readonly origin: LatLon | null;
  /** False: only an admin of the crew says where the site is. */
  readonly mayRule: boolean;
  readonly onOrigin: (origin: LatLon) => void;
}

/** The map under the plan: choosing one, what it is, taking it away. */
export default function MapGroundCard(props: MapGroundCardProps) {
  useEffect(() => void readGround(), []);
  const map = groundMap.value ?? null;
  const problem = groundProblem.value;
  return (
    <section class="card map-card" aria-labelledby="map-card-title">
      <h2 id="map-card-title">Map</h2>
      {problem && (
        <Message tone="problem" title={problem.title}>
          <p>{problem.what}</p>
        </Message>
      )}
      {map ? <Kept map={map} {...props} /> : (
        <p class="hint">
          Lies under the plan and needs no network. Choose a .pmtiles file, such as a part of the
          Protomaps basemap, or pictures from the air.
        </p>
      )}
      {groundStep.value
        ? (
          <p class="storing" role="status">
            <span class="busy" aria-hidden="true" />
            {STEPS[groundStep.value]}
          </p>
        )
        : (
          <FileButton
            icon="file"
            label={map ? "Choose another map file" : "Choose a map file"}
            disabled={isGroundBusy.value}
            onFile={(file) => void chooseGround(file)}
          />
        )}
      {map && !isGroundBusy.value && (
        <button type="button" onClick={() => void removeGround()}>Remove the map</button>
      )}
    </section>
  );
}

const STEPS = {
  bringing: "Getting what draws maps …",
  checking: "Looking into the file …",
  keeping: "Storing the map on this device …",
} as const;

function Kept({ map, origin, mayRule, onOrigin }: MapGroundCardProps & { readonly map: KeptMap }) {
  const { name, file, archive: { tiles, attribution, bounds } } = map;
  return (
    <>
      <p>
        <b class="map-name">{name}</b>
        {`, ${formats.bytes(file.size)}, on this device.`}
      </p>
      <p class="hint">{attribution || "The file does not say whose data it is."}</p>
      {tiles === "vector" && <p class="hint">Drawn without names: those would need a network.</p>}
      {!origin && <NoOrigin mayRule={mayRule} onPlace={() => onOrigin(middleOfMap(bounds))} />}
      {origin && !isOnMap(bounds, origin) && (
        <Message tone="info" title="The site is not on this map">
          <p>Choose a map that shows it, or correct where the site is.</p>
        </Message>
      )}
      {drawProblem.value && (
        <Message tone="problem" title="The map is not shown as it should be">
          <p>{drawProblem.value}</p>
        </Message>
      )}
      {!isDrawnOffline.value && (
        <p class="hint">
          What draws maps is not stored yet: open this page once more while the hub can be reached.
        </p>
      )}
    </>
  );
}

interface NoOriginProps {
  readonly mayRule: boolean;
  readonly onPlace: () => void;
}

function NoOrigin({ mayRule, onPlace }: NoOriginProps) {
  return (
    <Message
      tone="info"
      title="The site has no place on earth yet"
      actions={mayRule && (
        <button type="button" onClick={onPlace}>Put the site in the middle of this map</button>
      )}
    >
      <p>
        {mayRule
          ? "The map is shown once it is known where the plan lies."
          : "The map is shown once an admin of the crew has said where the plan lies."}
      </p>
    </Message>
  );
}
