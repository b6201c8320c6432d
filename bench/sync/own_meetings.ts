import { randomBytes } from "node:crypto";
import { plainBytes, sha256, toHex } from "../../field/bytes.ts";
import type { Observation } from "../../field/observation.ts";
import { MOST_IN_BATCH } from "../../field/batch/observation_batch.ts";
import { type Device, record, sightings, storedBytes } from "../two_devices.ts";
import { type ByKind, TimedLink, totalOf } from "./timed_link.ts";

/** So that their number takes as many bytes as that of 65,000. */
const PICTURES = 300;
const PICTURE_BYTES = 64;
/** For so long a node believes what it counted. */
const COUNTED_AGAIN_MS = 10_000;
const PUSHED_BATCHES = 20;
const IDLE_MINUTES = 10;
const MINUTE_MS = 60_000;

/** What two devices record, one after the other. */
export interface Seen {
  readonly cold: readonly Observation[];
  readonly more: readonly [readonly Observation[], readonly Observation[]];
  readonly one: readonly Observation[];
}

/** Bytes on the link, both ways, by kind of frame; all state about the other lost before each meeting. */
export interface Meetings {
  readonly seen: Seen;
  readonly cold: ByKind;
  readonly nothingNew: ByKind;
  readonly plus: ByKind;
  /** As many, each an entry of its own. */
  readonly plusOneByOne: ByKind;
  /** One observation, on a link that is open. */
  readonly one: ByKind;
  /** A minute on a link that is open, with nothing to say. */
  readonly idleMinute: ByKind;
  /** Bytes on the link / bytes of entries - 1: when 10,000 come at once, and when batches are pushed. */
  readonly overhead: { readonly cold: number; readonly unproved: number; readonly pushed: number };
}

export async function meetings(): Promise<Meetings> {
  const link = await TimedLink.ofCrew();
  const { a, b } = link;
  const seen: Seen = {
    cold: sightings(a, 10_000),
    more: [sightings(a, 100), sightings(b, 100)],
    one: sightings(a, 1),
  };
  const before = lastOf(a);
  await record(a, seen.cold);
  const payload = await storedBytes(a, before);
  const cold = await link.meet();
  const nothingNew = await link.meet();
  await record(a, seen.more[0]);
  await record(b, seen.more[1]);
  const plus = await link.meet();
  for (const device of [a, b]) {
    for (const sighting of sightings(device, 100)) await record(device, [sighting]);
  }
  const plusOneByOne = await link.meet();
  link.open();
  await link.settle();
  const one = await pushed(link, seen.one);
  return {
    ...{ seen, cold, nothingNew, plus, plusOneByOne, one },
    idleMinute: await idleMinute(link),
    overhead: {
      cold: totalOf(cold) / payload.all - 1,
      unproved: totalOf(cold) / payload.unproved - 1,
      pushed: await pushedOverhead(link),
    },
  };
}

/** What a meeting with nothing new costs beside that: `pictured`, where both hold pictures; `listening`, where both subscribe to something and their workers have just begun. */
export async function largerMeetings(): Promise<
  { readonly pictured: ByKind; readonly listening: ByKind }
> {
  const link = await TimedLink.ofCrew();
  await recordPictures(link.a);
  await link.meet();
  await link.pass(COUNTED_AGAIN_MS);
  const pictured = await link.meet();
  for (const { node } of [link.a, link.b]) node.subscribe("sensor/+/temperature", () => {});
  return { pictured, listening: await link.meet() };
}

/** Bytes until one neighbour has these and has said so. */
async function pushed(link: TimedLink, observations: readonly Observation[]): Promise<ByKind> {
  link.forgetBytes();
  await record(link.a, observations);
  await link.a.node.announce([link.a.replica.id]);
  link.said();
  await link.settle();
  if (lastOf(link.a) !== link.b.replica.headOf(link.a.replica.id)?.seq) {
    throw new Error("What was pushed did not come");
  }
  return link.byKind;
}

async function pushedOverhead(link: TimedLink): Promise<number> {
  const before = lastOf(link.a);
  let bytes = 0;
  for (let n = 0; n < PUSHED_BATCHES; n++) {
    bytes += totalOf(await pushed(link, sightings(link.a, MOST_IN_BATCH)));
  }
  return bytes / (await storedBytes(link.a, before)).all - 1;
}

async function idleMinute(link: TimedLink): Promise<ByKind> {
  await link.pass(MINUTE_MS); // what is asked when a session begins
  link.forgetBytes();
  await link.pass(IDLE_MINUTES * MINUTE_MS);
  const kinds = Object.entries(link.byKind);
  return Object.fromEntries(kinds.map(([kind, bytes]) => [kind, bytes / IDLE_MINUTES]));
}

async function recordPictures(device: Device): Promise<void> {
  for (const sighting of sightings(device, PICTURES)) {
    const bytes = plainBytes(randomBytes(PICTURE_BYTES));
    const thumb = { hash: toHex(await sha256(bytes)), type: "image/jpeg", bytes };
    await device.replica.record([{ ...sighting, thumb: thumb.hash }], [thumb]);
  }
}

/** The number of a device's last entry. */
function lastOf({ replica }: Device): number {
  return replica.headOf(replica.id)?.seq ?? 0;
}
