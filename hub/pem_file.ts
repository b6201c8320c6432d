import { dirname } from "node:path";
import { HubError } from "./hub_error.ts";
import { PemConverter, X509Certificate } from "./x509.ts";

/** ECDSA on P-256: what every phone of the last ten years verifies. */
export const KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A certificate and its private key: kept in one file, so that they cannot come apart. */
export interface Credential {
  readonly certificate: X509Certificate;
  readonly key: CryptoKey;
  /** The key as PEM (PKCS #8). */
  readonly keyPem: string;
}

const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

/** Null when the file is not there. Throws {@link HubError} when it cannot be read as what it is. */
export async function readCredential(path: string): Promise<Credential | null> {
  const text = await readText(path);
  if (text === null) return null;
  try {
    return await parse(text);
  } catch (error) {
    throw new HubError(
      `${path} is damaged: it does not hold a certificate with its key. Delete it to make a new ` +
        `one; if it is the authority's, every phone must then trust the hub again.`,
      { cause: error },
    );
  }
}

async function readText(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    const why = error instanceof Error ? error.message : String(error);
    throw new HubError(`Cannot read ${path}: ${why}. Make it readable for this user.`, {
      cause: error,
    });
  }
}

async function parse(text: string): Promise<Credential> {
  const blocks = PemConverter.decodeWithHeaders(text);
  const block = (type: string) => {
    const found = blocks.find((candidate) => candidate.type === type);
    if (!found) throw new Error(`no ${type} block`);
    return found.rawData;
  };
  const pkcs8 = block(PemConverter.PrivateKeyTag);
  return {
    certificate: new X509Certificate(block(PemConverter.CertificateTag)),
    key: await crypto.subtle.importKey("pkcs8", pkcs8, KEY_ALGORITHM, false, ["sign"]),
    keyPem: PemConverter.encode(pkcs8, PemConverter.PrivateKeyTag),
  };
}

/** Writes the file anew, whole or not at all, readable for this user only. */
export async function writeCredential(path: string, credential: Credential): Promise<void> {
  const text = `${credential.certificate.toString("pem")}\n${credential.keyPem}\n`;
  const unfinished = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    await Deno.mkdir(dirname(path), { recursive: true, mode: OWNER_ONLY_FOLDER });
    await Deno.writeTextFile(unfinished, text, { mode: OWNER_ONLY, createNew: true });
    await Deno.rename(unfinished, path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HubError(`Cannot write ${path}: ${why}. Make its folder writable.`, { cause: error });
  }
}
