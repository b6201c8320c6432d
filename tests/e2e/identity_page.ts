/** What `identity_test.ts` runs inside a browser: keys that lie in its IndexedDB, a backup of them, and back. */
import { openIdentity, sealIdentity } from "../../field/identity_backup.ts";
import {
  createKeys,
  secretOf,
  signerOf,
  type StoredKeys,
  verifySignature,
} from "../../field/keys.ts";

export interface IdentityTrial {
  readonly kind: StoredKeys["kind"];
  /** Of what signs day by day. */
  readonly isExtractable: boolean;
  /** The same device after IndexedDB had the keys, and after the backup was opened. */
  readonly isSame: boolean;
  /** What each of them signed is the first one's signature. */
  readonly signs: boolean;
  /** Keys as they were made before there were backups. */
  readonly old: { readonly hasSecret: boolean; readonly refusal: string };
}

const PASSPHRASE = "seven quiet herons";
const MESSAGE = Uint8Array.of(1, 2, 3);

function random(byteLength: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(byteLength));
}

async function throughDisk(keys: StoredKeys): Promise<StoredKeys> {
  const opening = indexedDB.open("identity-trial", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("identity");
  const db = await answerOf(opening);
  const store = () => db.transaction("identity", "readwrite").objectStore("identity");
  await answerOf(store().put(keys, "keys"));
  const kept: StoredKeys = await answerOf(store().get("keys"));
  db.close();
  return kept;
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
  return promise;
}

async function tryIdentity(): Promise<IdentityTrial> {
  const made = await createKeys();
  const kept = await throughDisk(made);
  const { bytes } = await sealIdentity(kept, PASSPHRASE, random);
  const restored = await throughDisk(await openIdentity(bytes, PASSPHRASE));
  const signed = await Promise.all(
    [kept, restored].map(async (keys) =>
      verifySignature(made.id, await signerOf(keys).sign(MESSAGE), MESSAGE)
    ),
  );
  return {
    kind: restored.kind,
    isExtractable: restored.kind === "webcrypto" && restored.privateKey.extractable,
    isSame: kept.id === made.id && restored.id === made.id,
    signs: signed.every((one) => one),
    old: await tryOld(),
  };
}

async function tryOld(): Promise<IdentityTrial["old"]> {
  const { privateKey } = await crypto.subtle.generateKey("Ed25519", false, [
    "sign",
    "verify",
  ]) as CryptoKeyPair;
  const old = await throughDisk({ kind: "webcrypto", id: "ab".repeat(32), privateKey });
  const refusal = await sealIdentity(old, PASSPHRASE, random).then(() => "", String);
  return { hasSecret: await secretOf(old) !== null, refusal };
}

globalThis.tryIdentity = tryIdentity;
