/** Ed25519 (RFC 8032): WebCrypto where the browser has it, `@noble/ed25519` elsewhere. */
import * as noble from "@noble/ed25519";
import { type Bytes, fromBase64Url, fromHex, joinBytes, plainBytes, toHex } from "./bytes.ts";
import type { DeviceId } from "./observation.ts";

export const SIGNATURE_BYTES = 64;
export const SECRET_BYTES = 32;

/**
 * A device's key pair as it is kept. What signs day by day cannot be taken out of the browser. The same
 * key lies beside it in a form that can, for the backup alone; keys made before there were backups have
 * none. That second key is a `CryptoKey` too, and not a seed sealed under one that stays: whoever may
 * read this record may use both alike, and so the seed is in the worker's memory only while a backup is
 * being made.
 */
export type StoredKeys =
  | {
    readonly kind: "webcrypto";
    readonly id: DeviceId;
    readonly privateKey: CryptoKey;
    readonly backupKey?: CryptoKey;
  }
  | { readonly kind: "noble"; readonly id: DeviceId; readonly secret: Bytes };

/** What signs for a device. */
export interface Signer {
  readonly id: DeviceId;
  sign(message: Uint8Array): Promise<Bytes>;
}

/** PKCS #8 of an Ed25519 private key (RFC 8410, section 7): this, then the seed. */
const PKCS8_HEAD = fromHex("302e020100300506032b657004220420");

/** Makes a device's key pair: the one source of identity, used once a device. */
export async function createKeys(): Promise<StoredKeys> {
  if (await hasWebCryptoEd25519()) {
    const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
    if (!("privateKey" in pair)) throw new Error("Cannot make a key pair: got a single key");
    return await keysOfPrivateKey(pair.privateKey);
  }
  return await keysOfNobleSecret(plainBytes(noble.utils.randomSecretKey()));
}

/**
 * The key pair of a secret (the 32-byte seed of RFC 8032), as `createKeys` makes one. Throws when it is
 * not that long.
 */
export async function keysOf(secret: Bytes): Promise<StoredKeys> {
  if (secret.length !== SECRET_BYTES) {
    throw new Error(`Cannot read a secret: ${secret.length} bytes, expected ${SECRET_BYTES}`);
  }
  if (!await hasWebCryptoEd25519()) return await keysOfNobleSecret(secret.slice());
  return await withPkcs8(
    secret,
    async (pkcs8) => await keysOfPrivateKey(await importPrivate(pkcs8, true)),
  );
}

/** The secret of a key pair, for a backup; null when the pair was made before there were backups. */
export async function secretOf(keys: StoredKeys): Promise<Bytes | null> {
  if (keys.kind === "noble") return keys.secret.slice();
  if (!keys.backupKey?.extractable) return null;
  return (await takeOut(keys.backupKey)).secret;
}

/** `backupKey` can be taken out. */
async function keysOfPrivateKey(backupKey: CryptoKey): Promise<StoredKeys> {
  const { secret, publicKey } = await takeOut(backupKey);
  const privateKey = await withPkcs8(secret, (pkcs8) => importPrivate(pkcs8, false));
  secret.fill(0);
  return { kind: "webcrypto", id: toHex(publicKey), privateKey, backupKey };
}

async function keysOfNobleSecret(secret: Bytes): Promise<StoredKeys> {
  return { kind: "noble", id: toHex(await noble.getPublicKeyAsync(secret)), secret };
}

/** RFC 8037, section 2: `x` is the public key, `d` the seed. */
async function takeOut(key: CryptoKey): Promise<{ secret: Bytes; publicKey: Bytes }> {
  const { x, d } = await crypto.subtle.exportKey("jwk", key);
  const [publicKey, secret] = [fromBase64Url(x ?? ""), fromBase64Url(d ?? "")];
  if (publicKey?.length !== 32 || secret?.length !== SECRET_BYTES) {
    throw new Error("Cannot take a key out: the browser gives only a part of it");
  }
  return { secret, publicKey };
}

/** Lends the secret in the form that WebCrypto takes, and wipes that afterwards. */
async function withPkcs8<T>(secret: Bytes, use: (pkcs8: Bytes) => Promise<T>): Promise<T> {
  const pkcs8 = joinBytes(PKCS8_HEAD, secret);
  try {
    return await use(pkcs8);
  } finally {
    pkcs8.fill(0);
  }
}

function importPrivate(pkcs8: Bytes, isExtractable: boolean): Promise<CryptoKey> {
  return crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", isExtractable, ["sign"]);
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
