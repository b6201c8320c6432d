/**
 * WebCrypto that answers in the same turn. The browser's works on other threads, whose pace would make
 * two runs of one seed differ. The results are the same: both are checked against each other in the test.
 */
import { Buffer } from "node:buffer";
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { toBase64Url } from "../../field/bytes.ts";
import type { Signer } from "../../field/keys.ts";

type Source = ArrayBuffer | ArrayBufferView<ArrayBuffer>;

/** Replaces what the feed uses of `crypto.subtle`; returns what puts it back. */
export function usePromptCrypto(): () => void {
  const { subtle } = crypto;
  const before = {
    digest: subtle.digest,
    importKey: subtle.importKey,
    verify: subtle.verify,
  };
  const prompt = {
    digest: (algorithm: AlgorithmIdentifier, data: Source) =>
      algorithm === "SHA-256"
        ? Promise.resolve(hashOf(data))
        : before.digest.call(subtle, algorithm, data),
    importKey: (format: string, raw: Source, algorithm: AlgorithmIdentifier, ...rest: unknown[]) =>
      format === "raw" && algorithm === "Ed25519"
        ? Promise.try(() => publicKey(bytesOf(raw)))
        : Reflect.apply(before.importKey, subtle, [format, raw, algorithm, ...rest]),
    verify: (algorithm: AlgorithmIdentifier, key: unknown, signature: Source, data: Source) =>
      Promise.resolve(
        algorithm === "Ed25519" &&
          verify(null, bytesOf(data), key as KeyObject, bytesOf(signature)),
      ),
  };
  Object.assign(subtle, prompt);
  return () => Object.assign(subtle, before);
}

/** A device that signs in the same turn; the same seed is the same device. */
export function promptSigner(seed: Uint8Array<ArrayBuffer>): Signer {
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8, seed]),
    format: "der",
    type: "pkcs8",
  });
  const raw = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
  return {
    id: raw.toString("hex"),
    sign: (message) => Promise.resolve(Uint8Array.from(sign(null, message, key))),
  };
}

/** PKCS #8 header of an Ed25519 private key (RFC 8410, section 7): the 32-byte seed follows. */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

function publicKey(raw: Uint8Array): KeyObject {
  const x = toBase64Url(raw);
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
}

function hashOf(data: Source): ArrayBuffer {
  return Uint8Array.from(createHash("sha256").update(bytesOf(data)).digest()).buffer;
}

function bytesOf(data: Source): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
