/**
 * A device's identity in a file: its secret, sealed with a passphrase. Text, so that it survives mail and
 * paper: a line that says what it is, the body as base64url, a line that says where it ends.
 *
 * The body is canonical CBOR `[1, device, iterations, salt, nonce, sealed]` and the first
 * {@link CHECK_BYTES} of its SHA-256, which tell a typing error from a wrong passphrase. `sealed` is the
 * 32-byte secret under AES-256-GCM; the key is PBKDF2-SHA-256 of the passphrase (RFC 8018), and all
 * before `nonce` is authenticated with it.
 */
import {
  type Bytes,
  equalBytes,
  fromBase64Url,
  fromHex,
  joinBytes,
  plainBytes,
  sha256,
  toBase64Url,
  toHex,
} from "./bytes.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { FieldError } from "./errors.ts";
import { keysOf, SECRET_BYTES, secretOf, type StoredKeys } from "./keys.ts";
import type { DeviceId } from "./observation.ts";

export const LEAST_PASSPHRASE_LENGTH = 8;

const FORMAT = 1;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const CHECK_BYTES = 8;
const TAG_BYTES = 16;
/** What OWASP asked for in 2023; about half a second on a phone. */
const ITERATIONS = 600_000;
/** A file that asks for more would only keep the device busy. */
const MOST_ITERATIONS = 5_000_000;
const MOST_FILE_BYTES = 64 * 1024;
const LINE_LENGTH = 64;
const FIRST_LINE = "Fieldmesh identity backup";
const LAST_LINE = "End of the Fieldmesh identity backup";
const SEALED_AS = "fieldmesh identity backup";

const OLD_KEY =
  "This device's key was made before backups were possible, and the browser does not give it out. " +
  "Your records are not at risk: save a bundle of them. For an identity that can be backed up, open " +
  "Fieldmesh in a new browser profile and invite it into the crew.";
const NOT_A_BACKUP =
  "This is not an identity backup of Fieldmesh. Choose the file whose name begins " +
  'with "fieldmesh-identity".';
const DAMAGED =
  "This backup is damaged: a part of it is missing or was changed. Take another copy of " +
  "it; if you typed it, look for a mistake.";
const NEWER = "This backup was made by a newer Fieldmesh. Update the app, then try again.";
const NOT_OPENED =
  "The passphrase does not open this backup. Type it again; if you are sure of it, the " +
  "file was changed: take another copy.";

/** What is in the file's body. */
interface Sealed {
  readonly device: DeviceId;
  readonly iterations: number;
  readonly salt: Bytes;
  readonly nonce: Bytes;
  readonly sealed: Bytes;
}

/**
 * Makes the file. Throws {@link FieldError} `backup-refused` when the passphrase is too short, or when
 * the key is one of those that cannot be taken out.
 */
export async function sealIdentity(
  keys: StoredKeys,
  passphrase: string,
  random: (byteLength: number) => Bytes,
): Promise<{ readonly name: string; readonly bytes: Bytes }> {
  if (normal(passphrase).length < LEAST_PASSPHRASE_LENGTH) throw refused(tooShort());
  const secret = await secretOf(keys);
  if (!secret) throw refused(OLD_KEY);
  const head = { device: keys.id, iterations: ITERATIONS, salt: random(SALT_BYTES) };
  const nonce = random(NONCE_BYTES);
  const key = await keyOf(passphrase, head);
  const algorithm = { name: "AES-GCM", iv: nonce, additionalData: authenticated(head) };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(algorithm, key, secret));
  secret.fill(0);
  return {
    name: `fieldmesh-identity-${keys.id.slice(0, 8)}.txt`,
    bytes: new TextEncoder().encode(await textOf({ ...head, nonce, sealed })),
  };
}

/** Whose identity is in the file. Throws {@link FieldError} `backup-refused` when it is not a whole backup. */
export async function deviceOfBackup(file: Uint8Array): Promise<DeviceId> {
  return (await parseFile(file)).device;
}

/**
 * The key pair in the file. Throws {@link FieldError} `backup-refused` with what is wrong: it is no
 * backup, it is damaged, or the passphrase does not open it.
 */
export async function openIdentity(file: Uint8Array, passphrase: string): Promise<StoredKeys> {
  const backup = await parseFile(file);
  const secret = await unseal(backup, await keyOf(passphrase, backup));
  const keys = await keysOf(secret);
  secret.fill(0);
  // the device's name is authenticated, so this is the doing of whoever made the file
  if (keys.id !== backup.device) throw refused(DAMAGED);
  return keys;
}

async function unseal(backup: Sealed, key: CryptoKey): Promise<Bytes> {
  const { nonce, sealed } = backup;
  const algorithm = { name: "AES-GCM", iv: nonce, additionalData: authenticated(backup) };
  try {
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed));
  } catch (cause) {
    throw refused(NOT_OPENED, cause);
  }
}

async function keyOf(
  passphrase: string,
  { salt, iterations }: Pick<Sealed, "salt" | "iterations">,
): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(normal(passphrase));
  const material = await crypto.subtle.importKey("raw", bytes, "PBKDF2", false, ["deriveKey"]);
  return await crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations },
    material,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

/** The same passphrase however a keyboard composes its letters, and whatever was pasted around it. */
function normal(passphrase: string): string {
  return passphrase.normalize("NFKC").trim();
}

function authenticated({ device, iterations, salt }: Omit<Sealed, "nonce" | "sealed">): Bytes {
  return encodeCbor([SEALED_AS, FORMAT, fromHex(device), iterations, salt]);
}

async function textOf({ device, iterations, salt, nonce, sealed }: Sealed): Promise<string> {
  const body = encodeCbor([FORMAT, fromHex(device), iterations, salt, nonce, sealed]);
  const text = toBase64Url(joinBytes(body, await checkOf(body)));
  return [
    `${FIRST_LINE} ${FORMAT}, device ${device.slice(0, 8)}`,
    "Whoever has it and its passphrase can write as this device.",
    "",
    ...text.match(new RegExp(`.{1,${LINE_LENGTH}}`, "g")) ?? [],
    "",
    LAST_LINE,
    "",
  ].join("\n");
}

async function parseFile(file: Uint8Array): Promise<Sealed> {
  const text = file.length <= MOST_FILE_BYTES ? new TextDecoder().decode(file) : "";
  const lines = text.split(/\r\n?|\n/).map((line) => line.replace(/^[>\s]+/, "").trimEnd());
  const first = lines.findIndex((line) => line.startsWith(FIRST_LINE));
  if (first < 0) throw refused(NOT_A_BACKUP);
  const end = lines.findIndex((line, i) => i > first && line.startsWith(LAST_LINE));
  if (end < 0) throw refused(DAMAGED);
  const body = lines.slice(first + 1, end).filter((line) => /^[A-Za-z0-9_-]+$/.test(line)).join("");
  return await parseBody(fromBase64Url(body));
}

async function parseBody(bytes: Bytes | null): Promise<Sealed> {
  if (!bytes || bytes.length <= CHECK_BYTES) throw refused(DAMAGED);
  const body = bytes.slice(0, -CHECK_BYTES);
  if (!equalBytes(await checkOf(body), bytes.subarray(-CHECK_BYTES))) throw refused(DAMAGED);
  const value = decodeCbor(body)?.value;
  if (!Array.isArray(value)) throw refused(DAMAGED);
  const [format, device, iterations, salt, nonce, sealed] = value as unknown[];
  if (format !== FORMAT) throw refused(NEWER);
  const isWhole = isBytes(device, 32) && isBytes(salt, SALT_BYTES) && isBytes(nonce, NONCE_BYTES) &&
    isBytes(sealed, SECRET_BYTES + TAG_BYTES) && isCount(iterations);
  if (!isWhole) throw refused(DAMAGED);
  return {
    device: toHex(device),
    iterations,
    salt: plainBytes(salt),
    nonce: plainBytes(nonce),
    sealed: plainBytes(sealed),
  };
}

async function checkOf(body: Bytes): Promise<Bytes> {
  return (await sha256(body)).slice(0, CHECK_BYTES);
}

function isBytes(value: unknown, length: number): value is Uint8Array {
  return value instanceof Uint8Array && value.length === length;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 &&
    (value as number) <= MOST_ITERATIONS;
}

function tooShort(): string {
  return `The passphrase is too short: use at least ${LEAST_PASSPHRASE_LENGTH} characters. A few ` +
    "words that belong to nothing are easy to remember and hard to guess.";
}

function refused(message: string, cause?: unknown): FieldError {
  return new FieldError("backup-refused", message, cause === undefined ? {} : { cause });
}
