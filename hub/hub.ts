import { join } from "node:path";
import { announcement } from "./announcement.ts";
import type { Authority } from "./authority.ts";
import { NOT_BUILT, readBuildInfo } from "./build_info.ts";
import { openDataFolder } from "./data_folder.ts";
import { type Flags, MAX_NAME_LENGTH } from "./flags.ts";
import { HubError } from "./hub_error.ts";
import type { Network } from "./lan.ts";
import { type Address, listen } from "./listen.ts";
import type { MemberName } from "./member.ts";
import type { RunningMember } from "./member_run.ts";
import { Relay } from "./relay.ts";
import { SignallingSockets } from "./signalling_sockets.ts";
import type { HubState, Routes } from "./state.ts";

export interface Surroundings {
  /** The folder with `dist` and `static`. */
  readonly root: string;
  readonly network: () => Network;
  readonly now: Date;
  /** For people: what the hub says when it is up. */
  readonly say: (text: string) => void;
  /** For people: what they should know although the hub runs. */
  readonly warn: (text: string) => void;
  readonly color: boolean;
}

export interface Hub {
  readonly url: string;
  /** Plain HTTP, for devices that do not trust the hub yet; null without an authority of its own. */
  readonly trustUrl: string | null;
  /** Ends connections and stops serving; resolves at the latest after {@link GRACE_MS}. */
  stop(): Promise<void>;
}

/** How long running responses may take to finish when the hub stops. */
const GRACE_MS = 3000;
const LOOPBACK = new Set(["localhost", "127.0.0.1", "::1", "[::1]"]);
const EVERYWHERE = new Set(["0.0.0.0", "::", "[::]"]);

/** Starts serving and says so. Throws {@link HubError} with what to do when it cannot. */
export async function startHub(flags: Flags, routes: Routes, around: Surroundings): Promise<Hub> {
  const data = await openDataFolder(flags.data);
  const network = flags.lan ? lanNetwork(flags.host, around.network()) : null;
  const authority = network && !flags.tls
    ? await openOwnAuthority(data, network, around.now)
    : null;
  const tls = authority?.server ?? (flags.tls && await readOwnTls(flags.tls));
  const hosts = visitors(flags.host, authority?.addresses ?? network?.addresses ?? []);

  const member = await openMember(data, flags, around);
  const running = new Running({ flags, routes, root: around.root, authority, member });
  try {
    await warnOfWhatIsMissing(flags, around, member);
    running.serve({ hostname: flags.host ?? (flags.lan ? "0.0.0.0" : "localhost"), tls });
    const urls = hosts.map((host) => `${tls ? "https" : "http"}://${host}:${running.port}/`);
    const trustUrl = authority && `http://${hosts[0]}:${running.trustPort}/trust`;
    const { fingerprint, isNew } = authority ?? { fingerprint: "", isNew: false };
    const trust = trustUrl === null ? null : { url: trustUrl, fingerprint, isNew };
    const [url, ...others] = urls;
    around.say(announcement({ url, others, trust, qr: flags.lan }, around));
    if (member) await running.joinIn(member, urls, memberName(flags, around));
    return { url, trustUrl, stop: () => running.stop() };
  } catch (error) {
    await running.stop();
    throw error;
  }
}

interface RunningParts {
  readonly flags: Flags;
  readonly routes: Routes;
  readonly root: string;
  readonly authority: Authority | null;
  readonly member: RunningMember | null;
}

/** The servers and what they share. */
class Running {
  readonly #flags: Flags;
  readonly #routes: Routes;
  readonly #state: HubState;
  readonly #member: RunningMember | null;
  readonly #stopping = new AbortController();
  readonly #servers: Deno.HttpServer<Deno.NetAddr>[] = [];

  constructor({ flags, routes, root, authority, member }: RunningParts) {
    this.#flags = flags;
    this.#routes = routes;
    this.#member = member;
    this.#state = {
      dist: join(root, "dist"),
      statics: join(root, "static"),
      signalling: new SignallingSockets(),
      relay: new Relay(),
      memberStatus: () => member?.status() ?? Promise.resolve(null),
      authority,
      httpsPort: null,
      dev: flags.dev,
      startedAt: performance.now(),
      stopping: this.#stopping.signal,
    };
  }

  serve({ hostname, tls }: { hostname: string; tls: Address["tls"] | null }): void {
    const address = { hostname, port: this.#flags.port, ...(tls ? { tls } : {}) };
    this.#servers.push(listen(address, this.#routes.createApp(this.#state)));
    if (!this.#state.authority) return;
    const port = this.#flags.port === 0 ? 0 : this.#flags.port + 1;
    const state = { ...this.#state, httpsPort: this.port };
    const purpose = "plain HTTP for /trust, the port after the app's";
    this.#servers.push(listen({ hostname, port, purpose }, this.#routes.createTrustApp(state)));
  }

  /** Links the hub with its crew. `urls`: by which it is reached itself. */
  async joinIn(
    member: RunningMember,
    urls: readonly string[],
    name: MemberName,
  ): Promise<void> {
    const { protocol } = new URL(urls[0]);
    const near = [...LOOPBACK].filter((host) => host !== "::1")
      .map((host) => `${protocol}//${host}:${this.port}`);
    const ownOrigins = [...urls, ...near].map((url) => new URL(url).origin);
    await member.start({ relay: this.#state.relay, ownOrigins, name });
  }

  get port(): number {
    return this.#servers[0].addr.port;
  }

  get trustPort(): number {
    return this.#servers[1].addr.port;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    const left = this.#member?.close();
    this.#state.relay.close();
    this.#state.signalling.close();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, GRACE_MS));
    const done = Promise.all([left, ...this.#servers.map((server) => server.shutdown())]);
    await Promise.race([done, late]).finally(() => clearTimeout(timer));
  }
}

/** This machine's network, with what the user called it by in the first place. */
function lanNetwork(host: string | null, network: Network): Network {
  if (host === null || EVERYWHERE.has(host)) {
    if (network.addresses.length > 0) return network;
    throw new HubError(
      "This machine has no network address, so --lan would reach nobody. Join a network, or make " +
        "a hotspot, and start again.",
    );
  }
  if (LOOPBACK.has(host)) {
    throw new HubError(
      `--lan and --host ${host} contradict each other: no other device reaches ${host}. Leave one out.`,
    );
  }
  const isAddress = /^\d+\.\d+\.\d+\.\d+$/.test(host);
  return isAddress
    ? { addresses: [host], names: network.names }
    : { addresses: network.addresses, names: [...new Set([host, ...network.names])] };
}

/** By what names visitors reach the hub, best first. */
function visitors(host: string | null, addresses: readonly string[]): readonly string[] {
  if (host !== null && !EVERYWHERE.has(host)) {
    return [host.includes(":") && !host.startsWith("[") ? `[${host}]` : host];
  }
  return addresses.length > 0 ? addresses : ["localhost"];
}

/** Loaded only when asked for: a plain start is quicker without the X.509 library. */
async function openOwnAuthority(data: string, network: Network, now: Date): Promise<Authority> {
  const { openAuthority } = await import("./authority.ts");
  return await openAuthority(join(data, "tls"), network, now);
}

async function readOwnTls(files: { cert: string; key: string }): Promise<Address["tls"]> {
  return { cert: await readPem("--cert", files.cert), key: await readPem("--key", files.key) };
}

async function readPem(flag: string, path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    const missing = error instanceof Deno.errors.NotFound;
    const why = missing ? "there is no such file" : String(error);
    throw new HubError(`Cannot read ${flag} ${path}: ${why}. Give the path of a PEM file.`, {
      cause: error,
    });
  }
}

/** Loaded only when there is need: a plain start is quicker without records and sync. */
async function openMember(
  data: string,
  flags: Flags,
  around: Surroundings,
): Promise<RunningMember | null> {
  const folder = join(data, "member");
  if (!flags.hubOf && !await isFolder(folder)) return null;
  const { RunningMember } = await import("./member_run.ts");
  return await RunningMember.open(folder, flags, around);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function memberName({ name }: Flags, { network }: Surroundings): MemberName {
  if (name !== null) return { name, isGiven: true };
  const [hostname = ""] = network().names;
  return { name: `Hub ${hostname}`.trim().slice(0, MAX_NAME_LENGTH), isGiven: false };
}

async function warnOfWhatIsMissing(
  flags: Flags,
  { root, warn }: Surroundings,
  member: RunningMember | null,
): Promise<void> {
  if (!await readBuildInfo(join(root, "dist"))) warn(NOT_BUILT);
  if (!member && (flags.peerHubs.length > 0 || flags.name !== null)) {
    const flag = flags.name === null ? "--peer-hub" : "--name";
    warn(`${flag} does nothing yet: this hub is in no crew. Give it an invite with --hub-of too.`);
  }
  const plain = !flags.lan && !flags.tls;
  if (plain && flags.host !== null && !LOOPBACK.has(flags.host)) {
    warn(
      `Other devices get no camera and no offline use over plain HTTP: browsers ask for HTTPS. ` +
        `Start with --lan instead of --host ${flags.host}.`,
    );
  }
}
