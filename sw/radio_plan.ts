import { toHex } from "../field/bytes.ts";
import { peerIdOf } from "../field/link/peer_id.ts";
import type { RadioPlan } from "../field/messages.ts";
import type { Replica } from "../field/feed/replica.ts";
import type { Store } from "../field/store/store.ts";
import type { Membership } from "../field/sync/membership.ts";
import type { Mesh } from "../field/sync/mesh.ts";

const TOKEN = "radio-token";

/**
 * Whom this device can be reached as, and whom it should call: whom the mesh chooses of the crew, and always
 * its inviter. All members are named: the page is to know who calls. Without a mesh all are linked with all.
 */
export async function radioPlan(
  replica: Pick<Replica, "id" | "crew">,
  membership: Pick<Membership, "ticket" | "isInviting">,
  token: string,
  mesh?: Pick<Mesh, "toCall">,
): Promise<RadioPlan> {
  const inviter = membership.ticket?.inviter;
  const chosen = mesh?.toCall();
  const members = [...replica.crew?.members.keys() ?? []].filter((device) => device !== replica.id);
  const devices = new Set(inviter === undefined ? members : [...members, inviter]);
  const peers = await Promise.all([...devices].map(async (device) => ({
    device,
    peerId: await peerIdOf(device),
    // an invited one calls its inviter; all to all, the one with the smaller key calls
    call: device === inviter || (chosen ? chosen.has(device) : replica.id < device),
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
