import { fromHex, joinBytes, sha256, toHex } from "../field/bytes.ts";
import type { RadioPlan } from "../field/messages.ts";
import type { DeviceId } from "../field/observation.ts";
import type { Replica } from "../field/feed/replica.ts";
import type { Store } from "../field/store/store.ts";
import type { Membership } from "../field/sync/membership.ts";

const NAMED_AS = new TextEncoder().encode("fieldmesh radio 1\n");
const TOKEN = "radio-token";

/** The id under which signalling knows a device: not its key, but what its crew can derive from it. */
export async function peerIdOf(device: DeviceId): Promise<string> {
  const digest = await sha256(joinBytes(NAMED_AS, fromHex(device)));
  return `fm-${toHex(digest.slice(0, 16))}`;
}

/** Whom this device can be reached as, and whom it should call. */
export async function radioPlan(
  replica: Replica,
  membership: Membership,
  token: string,
): Promise<RadioPlan> {
  const inviter = membership.ticket?.inviter;
  const members = [...replica.crew?.members.keys() ?? []].filter((device) => device !== replica.id);
  const devices = new Set(inviter === undefined ? members : [...members, inviter]);
  const peers = await Promise.all([...devices].map(async (device) => ({
    device,
    peerId: await peerIdOf(device),
    // of two members the one with the smaller key calls; an invited one calls its inviter
    call: device === inviter || replica.id < device,
  })));
  return {
    peerId: await peerIdOf(replica.id),
    token,
    wanted: peers.length > 0 || membership.isInviting,
    peers,
  };
}

/** The token that guards the signalling id across reloads: made once. */
export async function radioToken(
  store: Store,
  random: (byteLength: number) => Uint8Array,
): Promise<string> {
  const kept = await store.setting(TOKEN);
  if (typeof kept === "string") return kept;
  const token = toHex(random(16));
  await store.commit({ settings: { [TOKEN]: token } });
  return token;
}
