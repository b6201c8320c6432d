import { type Bytes, joinBytes, sha256, toHex } from "../field/bytes.ts";
import type { Store } from "../field/store/store.ts";

const SECRET = "relay-secret";
const SECRET_BYTES = 32;

/**
 * The token that guards the hub's id at a relay: another at each, so that no relay can take the hub's
 * place at another, and the same after every start.
 */
export async function relayToken(
  { store, random }: { readonly store: Store; readonly random: (byteLength: number) => Bytes },
  relay: string,
): Promise<string> {
  const secret = await keptSecret(store) ?? await makeSecret(store, random);
  const digest = await sha256(joinBytes(secret, new TextEncoder().encode(relay)));
  return toHex(digest.subarray(0, 16));
}

async function keptSecret(store: Store): Promise<Uint8Array | null> {
  const kept = await store.setting(SECRET);
  return kept instanceof Uint8Array && kept.length === SECRET_BYTES ? kept : null;
}

async function makeSecret(store: Store, random: (byteLength: number) => Bytes): Promise<Bytes> {
  const secret = random(SECRET_BYTES);
  await store.commit({ settings: { [SECRET]: secret } });
  return secret;
}
