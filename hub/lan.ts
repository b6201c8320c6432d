/** What the hub must know about this machine's network. Asked once, at the start. */
export interface Network {
  /** IPv4 addresses at which others may reach this machine, likeliest first. */
  readonly addresses: readonly string[];
  /** The machine's names that may stand in a certificate. */
  readonly names: readonly string[];
}

/** The part of Deno's interface description that matters here. */
export type Interface = Pick<Deno.NetworkInterfaceInfo, "family" | "name" | "address">;

/** Asks the machine. */
export function thisNetwork(): Network {
  return { addresses: lanAddresses(Deno.networkInterfaces()), names: hostNames(Deno.hostname()) };
}

/** Interfaces of containers, virtual machines and tunnels: reachable by few, so named last. */
const VIRTUAL = /^(docker|br-|veth|virbr|vmnet|vboxnet|vEthernet|tun|tap|utun|wg|zt|tailscale)/;

/** IPv4 addresses that are not loopback, home and office networks first, virtual ones last. */
export function lanAddresses(interfaces: readonly Interface[]): readonly string[] {
  const ranked = interfaces
    .filter(({ family, address }) => family === "IPv4" && !address.startsWith("127."))
    .map(({ name, address }) => ({ address, rank: rank(name, address) }));
  const addresses = ranked.sort((a, b) => a.rank - b.rank).map(({ address }) => address);
  return [...new Set(addresses)];
}

function rank(name: string, address: string): number {
  const kind = ["192.168.", "10.", "172.", ""].findIndex((start) => address.startsWith(start));
  // Self-assigned (RFC 3927): there is no router, and other addresses are better.
  const linkLocal = address.startsWith("169.254.") ? 10 : 0;
  return kind + linkLocal + (VIRTUAL.test(name) ? 100 : 0);
}

/** `hostname` and its mDNS name, if they are names that a certificate may hold (RFC 5280, RFC 1123). */
export function hostNames(hostname: string): readonly string[] {
  const full = hostname.toLowerCase().replace(/\.$/, "");
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(full)) return [];
  if (full === "localhost") return [];
  return [...new Set([full, `${full.split(".")[0]}.local`])];
}
