import { type Bytes, fromBase64Url } from "../field/bytes.ts";
import { keysOf, SECRET_BYTES, type Signer, signerOf } from "../field/keys.ts";
import { HubError } from "./hub_error.ts";

const OWNER_ONLY = 0o600;
const PEM = /^-----BEGIN PRIVATE KEY-----\s+([A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----\s*$/;

/**
 * The hub's key pair as a member, Ed25519, from a PEM file (PKCS #8, RFC 8410). Null when the file is
 * not there. Throws {@link HubError} when it cannot be read as what it is.
 */
export async function readMemberKey(path: string): Promise<Signer | null> {
  const text = await readText(path);
  if (text === null) return null;
  try {
    return await signerOfPem(text);
  } catch (cause) {
    throw new HubError(
      `${path} is damaged: it holds no Ed25519 key. Put back your copy of it. Without one, move the ` +
        `whole folder away and start with a new --hub-of invite: the crew then sees a new member.`,
      { cause },
    );
  }
}

/** Makes a key pair and writes it to the disk: whole or not at all, readable for this user only. */
export async function makeMemberKey(path: string): Promise<Signer> {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new Error("Cannot make a key pair: got a single key");
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const text = `-----BEGIN PRIVATE KEY-----\n${pkcs8.toBase64()}\n-----END PRIVATE KEY-----\n`;
  try {
    await writeWhole(path, text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HubError(`Cannot write ${path}: ${why}. Make its folder writable.`, { cause });
  }
  return await signerOfPem(text);
}

async function readText(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return null;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HubError(`Cannot read ${path}: ${why}. Make it readable for this user.`, { cause });
  }
}

async function signerOfPem(text: string): Promise<Signer> {
  const pkcs8 = Uint8Array.fromBase64(PEM.exec(text)?.[1] ?? "");
  return signerOf(await keysOf(await seedOf(pkcs8)));
}

/** RFC 8037, section 2: `d` is the seed. */
async function seedOf(pkcs8: Bytes): Promise<Bytes> {
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]);
  const { d } = await crypto.subtle.exportKey("jwk", key);
  const seed = fromBase64Url(d ?? "");
  if (seed?.length !== SECRET_BYTES) throw new Error("The key has no seed");
  return seed;
}

/** On the disk before it gets its name: a power cut leaves no half a key. */
async function writeWhole(path: string, text: string): Promise<void> {
  const unfinished = `${path}.${crypto.randomUUID()}.tmp`;
  using file = await Deno.open(unfinished, { write: true, createNew: true, mode: OWNER_ONLY });
  const bytes = new TextEncoder().encode(text);
  for (let written = 0; written < bytes.length;) {
    written += await file.write(bytes.subarray(written));
  }
  await file.sync();
  await Deno.rename(unfinished, path);
}
