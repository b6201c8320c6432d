/**
 * The hub's own certificate authority: phones run service workers and cameras on a secure origin
 * only, and no public authority vouches for an address such as 192.168.1.20. It is made once, kept
 * in the data folder and may vouch for this machine's names and for private addresses, nothing else
 * (`name_constraints.ts`).
 */
import { join } from "node:path";
import { HubError } from "./hub_error.ts";
import type { Network } from "./lan.ts";
import {
  isInRange,
  mayVouchForAddress,
  mayVouchForName,
  nameConstraints,
  permittedBy,
} from "./name_constraints.ts";
import { type Credential, KEY_ALGORITHM, readCredential, writeCredential } from "./pem_file.ts";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "./x509.ts";

/** What a person must know to trust the hub, and a server to serve HTTPS. */
export interface Authority {
  /** The authority's certificate, DER. */
  readonly certificate: Uint8Array<ArrayBuffer>;
  /** Its SHA-256, as `AA:BB:…`. */
  readonly fingerprint: string;
  readonly notAfter: Date;
  /** True: made just now, so no phone trusts it yet. */
  readonly isNew: boolean;
  /** LAN addresses that the server's certificate holds, likeliest first. */
  readonly addresses: readonly string[];
  /** The server's certificate and key, PEM. */
  readonly server: { readonly cert: string; readonly key: string };
}

const DAY_MS = 24 * 60 * 60 * 1000;
const AUTHORITY_DAYS = 730;
/** Apple and Chromium refuse server certificates that live longer than 398 days. */
const SERVER_DAYS = 397;
const RENEW_BEFORE_DAYS = 30;
/** Phones' clocks are often behind. */
const BACKDATED_MS = DAY_MS;

/** Private use (RFC 1918), shared (RFC 6598), self-assigned (RFC 3927) and loopback addresses. */
const PRIVATE_RANGES = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "127.0.0.0/8",
];
/** `.local` is the network's own (mDNS, RFC 6762). */
const LOCAL_NAMES = ["localhost", "local"];

/**
 * Reads the authority from `folder`, or makes it; the same for the server's certificate, which is
 * made anew when the network's addresses differ from those in it or its end is near.
 * Throws {@link HubError} when a file is damaged, or no address may be vouched for.
 */
export async function openAuthority(
  folder: string,
  network: Network,
  now: Date,
): Promise<Authority> {
  const path = join(folder, "authority.pem");
  const kept = await readCredential(path);
  const isNew = kept === null || endsSoon(kept, now);
  const authority = isNew ? await makeAuthority(network, now) : kept;
  if (isNew) await writeCredential(path, authority);

  const hosts = hostsToVouchFor(authority, network, path);
  const server = await openServer(join(folder, "server.pem"), authority, hosts, now);
  return {
    certificate: new Uint8Array(authority.certificate.rawData),
    fingerprint: await fingerprint(authority.certificate.rawData),
    notAfter: authority.certificate.notAfter,
    isNew,
    addresses: hosts.lan,
    server: { cert: server.certificate.toString("pem"), key: server.keyPem },
  };
}

interface Hosts {
  readonly names: readonly string[];
  readonly addresses: readonly string[];
  /** Those of the addresses that are not loopback. */
  readonly lan: readonly string[];
}

function hostsToVouchFor(authority: Credential, network: Network, path: string): Hosts {
  const permitted = permittedBy(authority.certificate);
  const lan = network.addresses.filter((address) => mayVouchForAddress(permitted, address));
  if (lan.length === 0 && network.addresses.length > 0) {
    throw new HubError(
      `The authority in ${path} was made for another network and may not vouch for ` +
        `${network.addresses.join(", ")}. Delete that file to make a new one; every phone must ` +
        `then trust the hub again.`,
    );
  }
  const names = ["localhost", ...network.names];
  return {
    names: names.filter((name) => mayVouchForName(permitted, name)),
    addresses: ["127.0.0.1", ...lan],
    lan,
  };
}

async function makeAuthority(network: Network, now: Date): Promise<Credential> {
  const keys = await generateKeys();
  // A network may use public addresses within; then the authority is bound to exactly those.
  const others = network.addresses.filter((address) =>
    !PRIVATE_RANGES.some((range) => isInRange(address, range))
  );
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [
      attribute("CN", `Fieldmesh hub ${network.names[0] ?? ""}`.trim()),
      attribute("O", `Made ${now.toISOString().slice(0, 10)}, for the local network only`),
    ],
    keys,
    signingAlgorithm: KEY_ALGORITHM,
    notBefore: new Date(now.getTime() - BACKDATED_MS),
    notAfter: new Date(now.getTime() + AUTHORITY_DAYS * DAY_MS),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      nameConstraints({
        names: [...LOCAL_NAMES, ...network.names],
        ranges: [...PRIVATE_RANGES, ...others.map((address) => `${address}/32`)],
      }),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, key: keys.privateKey, keyPem: await toPem(keys.privateKey) };
}

async function openServer(
  path: string,
  authority: Credential,
  hosts: Hosts,
  now: Date,
): Promise<Credential> {
  const kept = await readCredential(path);
  if (kept && await stillServes(kept, authority, hosts, now)) return kept;
  const server = await makeServer(authority, hosts, now);
  await writeCredential(path, server);
  return server;
}

async function stillServes(
  server: Credential,
  authority: Credential,
  hosts: Hosts,
  now: Date,
): Promise<boolean> {
  const names = server.certificate.getExtension(SubjectAlternativeNameExtension)?.names.items ?? [];
  const has = names.map(({ value }) => value).sort().join();
  const wants = [...hosts.names, ...hosts.addresses].sort().join();
  if (has !== wants || endsSoon(server, now)) return false;
  return await server.certificate.verify({ publicKey: authority.certificate.publicKey, date: now });
}

async function makeServer(authority: Credential, hosts: Hosts, now: Date): Promise<Credential> {
  const keys = await generateKeys();
  const end = Math.min(
    now.getTime() - BACKDATED_MS + SERVER_DAYS * DAY_MS,
    authority.certificate.notAfter.getTime(),
  );
  const certificate = await X509CertificateGenerator.create({
    subject: [attribute("CN", hosts.lan[0] ?? "localhost")],
    issuer: authority.certificate.subjectName,
    publicKey: keys.publicKey,
    signingKey: authority.key,
    signingAlgorithm: KEY_ALGORITHM,
    notBefore: new Date(now.getTime() - BACKDATED_MS),
    notAfter: new Date(end),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        ...hosts.names.map((value) => ({ type: "dns" as const, value })),
        ...hosts.addresses.map((value) => ({ type: "ip" as const, value })),
      ]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(authority.certificate.publicKey),
    ],
  });
  return { certificate, key: keys.privateKey, keyPem: await toPem(keys.privateKey) };
}

/** One attribute of a distinguished name. */
function attribute(type: string, value: string): Record<string, string[]> {
  return { [type]: [value] };
}

function endsSoon({ certificate }: Credential, now: Date): boolean {
  return certificate.notAfter.getTime() - now.getTime() < RENEW_BEFORE_DAYS * DAY_MS;
}

async function generateKeys(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey(KEY_ALGORITHM, true, ["sign", "verify"]);
}

async function toPem(key: CryptoKey): Promise<string> {
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", key);
  return PemConverter.encode(pkcs8, PemConverter.PrivateKeyTag);
}

async function fingerprint(der: ArrayBuffer): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", der));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join(":");
}
