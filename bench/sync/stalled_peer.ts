import { randomBytes as anyBytes } from "node:crypto";
import { plainBytes, sha256, toHex } from "../../field/bytes.ts";
import type { Observation } from "../../field/observation.ts";
import type { StoredBlob } from "../../field/store/store.ts";
import { type Device, record, sightings } from "../two_devices.ts";
import { TimedLink } from "./timed_link.ts";

const MEDIA_BYTES = 50_000_000;
/** Whole frames of a phone's camera. */
const PICTURE_BYTES = 500_000;
/** Some are across by then, and there is no end in sight. */
const STALLS_AFTER_BYTES = 1_200_000;
/** Shorter than the silence after which the peer would be given up. */
const STALL_MS = 20_000;
const ALERT_DURING_MS = 5_000;

export interface StalledPeer {
  /** The most that the sender held for the peer at any time: frames under way, and the picture it was giving. */
  readonly mostHeldBytes: number;
  /** Of that, frames. */
  readonly mostUnderWayBytes: number;
  /** From when the peer reads again until it has, ms: a message, and a note, both made just then; a message made during the stall. */
  readonly messageMs: number;
  readonly noteMs: number;
  readonly earlierMs: number;
  /** What the processor took for the same, ms. */
  readonly realMs: number;
  /** Bytes of the whole session / those of the pictures - 1. */
  readonly overhead: number;
}

/**
 * A peer that is being given 50 MB of pictures stops to read, and reads again after 20 s. `observations`: so
 * many are recorded meanwhile, besides.
 */
export async function stalledPeer(
  { observations = 0, pictureBytes = PICTURE_BYTES } = {},
): Promise<StalledPeer> {
  const link = await TimedLink.ofCrew();
  const { a, b } = link;
  const pictures = Math.floor(MEDIA_BYTES / pictureBytes);
  const pictured = await recordPictures(a, pictures, pictureBytes);
  const heardAt = new Map<string, number>();
  b.node.subscribe("alert/#", ({ topic }) => void heardAt.set(topic, link.nowMs));
  link.open();
  await link.until(() => (link.byKind["blob-chunk"] ?? 0) >= STALLS_AFTER_BYTES);

  link.stall();
  await link.pass(ALERT_DURING_MS);
  await alert(a, "alert/earlier");
  await record(a, sightings(a, observations));
  await a.node.announce([a.replica.id]);
  link.said();
  await link.pass(STALL_MS - ALERT_DURING_MS);
  const { mostHeldBytes, mostUnderWayBytes } = link;

  const [began, reallyBegan] = [link.nowMs, performance.now()];
  link.readAgain();
  await alert(a, "alert/now");
  const noted = await note(a, pictured);
  link.said();
  await link.until(() => {
    if ((b.replica.headOf(a.replica.id)?.seq ?? 0) < noted) return false;
    if (!heardAt.has("note")) heardAt.set("note", link.nowMs);
    return heardAt.size === 3;
  });
  const realMs = performance.now() - reallyBegan;
  const afterMs = (what: string) => (heardAt.get(what) ?? NaN) - began;

  await untilAllAreThere(link, pictures);
  return {
    mostHeldBytes,
    mostUnderWayBytes,
    messageMs: afterMs("alert/now"),
    noteMs: afterMs("note"),
    earlierMs: afterMs("alert/earlier"),
    realMs,
    overhead: link.bytes / (pictures * pictureBytes) - 1,
  };
}

/** Observations with a picture each. Resolves to the last one. */
async function recordPictures(
  device: Device,
  count: number,
  byteLength: number,
): Promise<Observation> {
  let last: Observation | undefined;
  for (let n = 0; n < count; n++) {
    const picture = await anyPicture(byteLength);
    const [sighting] = sightings(device, 1);
    last = { ...sighting, thumb: picture.hash };
    await device.replica.record([last], [picture]);
  }
  if (!last) throw new Error("Cannot stall: there are no pictures");
  return last;
}

async function anyPicture(byteLength: number): Promise<StoredBlob> {
  const bytes = plainBytes(anyBytes(byteLength));
  return { hash: toHex(await sha256(bytes)), type: "image/jpeg", bytes };
}

function alert({ node }: Device, topic: string): Promise<void> {
  return node.publish({ topic, bytes: new TextEncoder().encode("A person fell"), critical: true });
}

/** What a person says of an observation. Resolves to its entry's number. */
async function note({ replica, node }: Device, { id }: Observation): Promise<number> {
  await replica.note([{ observation: id, field: "comment", value: "Needs help" }]);
  await node.announce([replica.id]);
  return replica.headOf(replica.id)?.seq ?? 0;
}

async function untilAllAreThere(link: TimedLink, count: number): Promise<void> {
  const here = async () => (await link.b.store.mediaTotals()).here;
  for (let before = -1; await here() < count;) {
    if (await here() === before) throw new Error("The peer does not get the rest of the pictures");
    before = await here();
    await link.pass(10_000);
  }
}
