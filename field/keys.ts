/** Ed25519 (RFC 8032): WebCrypto where the browser has it, `@noble/ed25519` elsewhere. */
import * as noble from "@noble/ed25519";
import { type Bytes, fromHex, plainBytes, toHex } from "./bytes.ts";
import type { DeviceId } from "./observation.ts";

export const SIGNATURE_BYTES = 64;

/** A device's key pair as it is kept. WebCrypto's private key cannot leave the device. */
export type StoredKeys =
  | { readonly kind: "webcrypto"; readonly id: DeviceId; readonly privateKey: CryptoKey }
  | { readonly kind: "noble"; readonly id: DeviceId; readonly secret: Bytes };

/** What signs for a device. */
export interface Signer {
  readonly id: DeviceId;
  sign(message: Uint8Array): Promise<Bytes>;
}

/** Makes a device's key pair: the one source of identity, used once a device. */
export async function createKeys(): Promise<StoredKeys> {
  if (await hasWebCryptoEd25519()) {
    const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    if (!("privateKey" in pair)) throw new Error("Cannot make a key pair: got a single key");
    const raw = await crypto.subtle.exportKey("raw", pair.publicKey);
    return { kind: "webcrypto", id: toHex(new Uint8Array(raw)), privateKey: pair.privateKey };
  }
  const secret = plainBytes(noble.utils.randomSecretKey());
  return { kind: "noble", id: toHex(await noble.getPublicKeyAsync(secret)), secret };
}

export function signerOf(keys: StoredKeys): Signer {
  if (keys.kind === "noble") {
    return {
      id: keys.id,
      sign: async (message) => plainBytes(await noble.signAsync(message, keys.secret)),
    };
  }
  return {
    id: keys.id,
    sign: async (message) =>
      new Uint8Array(await crypto.subtle.sign("Ed25519", keys.privateKey, plainBytes(message))),
  };
}

const imported = new Map<DeviceId, Promise<CryptoKey>>();
/** Devices are few; a stranger who sends many must not fill the memory. */
const MOST_IMPORTED = 256;

/** True when `signature` is that of `device` over `message`. A malformed key or signature is just false. */
export async function verifySignature(
  device: DeviceId,
  signature: Uint8Array,
  message: Uint8Array,
): Promise<boolean> {
  if (signature.length !== SIGNATURE_BYTES) return false;
  if (!await hasWebCryptoEd25519()) return verifyWithNoble(device, signature, message);
  try {
    const key = await importKey(device);
    return await crypto.subtle.verify("Ed25519", key, plainBytes(signature), plainBytes(message));
  } catch {
    return false; // a key that is no point on the curve
  }
}

function importKey(device: DeviceId): Promise<CryptoKey> {
  const known = imported.get(device);
  if (known) return known;
  if (imported.size >= MOST_IMPORTED) imported.clear();
  const key = crypto.subtle.importKey("raw", fromHex(device), "Ed25519", true, ["verify"]);
  imported.set(device, key);
  return key;
}

async function verifyWithNoble(
  device: DeviceId,
  signature: Uint8Array,
  message: Uint8Array,
): Promise<boolean> {
  try {
    return await noble.verifyAsync(signature, message, fromHex(device));
  } catch {
    return false; // noble throws on malformed points
  }
}

let webCryptoEd25519: Promise<boolean> | undefined;

function hasWebCryptoEd25519(): Promise<boolean> {
  webCryptoEd25519 ??= crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])
    .then(() => true, () => false);
  return webCryptoEd25519;
}
