import type { DeviceId, Observation, Place } from "../../field/observation.ts";
import { MOST_IN_RECORD } from "../../field/batch/observation_batch.ts";
import type { Bounds } from "../../field/store/query.ts";
import { Scene } from "../../tests/fixtures/scene.ts";

/** Seen once in so many sightings. */
const RARE = { label: "lynx", every: 1000 } as const;
/** Where the camera stands, in turns. */
const SITES = [[46.1, 7.2], [46.3, 7.9], [46.6, 8.3], [46.2, 8.8]] as const;
/** What a map shows that is opened at the first of them. */
export const AT_FIRST_SITE: Bounds = { west: 7.1, south: 46.05, east: 7.3, north: 46.15 };
/** A position is measured anew after so many sightings. */
const SIGHTINGS_PER_FIX = 64;

/** As many as one `record` takes at a time: all of them at once would fill the memory that is measured. */
export function* sightingsOf(device: DeviceId, count: number): Generator<Observation[]> {
  const scene = new Scene(count);
  for (let done = 0, turn = 0; done < count; done += MOST_IN_RECORD, turn++) {
    const some = scene.see(device, Math.min(MOST_IN_RECORD, count - done));
    yield some.map((one, n) => ({
      ...one,
      place: placeAt(turn, n),
      label: (done + n) % RARE.every === 0 ? RARE.label : one.label,
    }));
  }
}

function placeAt(turn: number, n: number): Place {
  const fix = Math.floor(n / SIGHTINGS_PER_FIX);
  const [latitude, longitude] = SITES[turn % SITES.length];
  const drift = fix * 1e-6;
  return { latitude: latitude + drift, longitude: longitude - drift, accuracyM: 8 + fix % 5 };
}
