/**
 * Name constraints (RFC 5280, section 4.2.1.10): whom an authority may vouch for. A device that
 * trusts this hub's authority thereby trusts it for these names and addresses, and for no other
 * site in the world.
 */
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from "@peculiar/asn1-x509";
import { Extension, type X509Certificate } from "./x509.ts";

/** Names stand for themselves and what is below them; addresses are ranges, `a.b.c.d/bits`. */
export interface Permitted {
  readonly names: readonly string[];
  readonly ranges: readonly string[];
}

export function nameConstraints({ names, ranges }: Permitted): Extension {
  const bases = [
    ...names.map((dNSName) => new GeneralName({ dNSName })),
    ...ranges.map((iPAddress) => new GeneralName({ iPAddress })),
  ];
  const permittedSubtrees = new GeneralSubtrees(bases.map((base) => new GeneralSubtree({ base })));
  const value = AsnConvert.serialize(new NameConstraints({ permittedSubtrees }));
  return new Extension(id_ce_nameConstraints, true, value);
}

/** What the authority may vouch for; nothing when it holds no constraints. */
export function permittedBy(authority: X509Certificate): Permitted {
  const extension = authority.getExtension<Extension>(id_ce_nameConstraints);
  if (!extension) return { names: [], ranges: [] };
  const { permittedSubtrees } = AsnConvert.parse(extension.value, NameConstraints);
  const bases = [...permittedSubtrees ?? []].map(({ base }) => base);
  return {
    names: bases.flatMap(({ dNSName }) => dNSName ?? []),
    ranges: bases.flatMap(({ iPAddress }) => iPAddress ?? []),
  };
}

export function mayVouchForName({ names }: Permitted, name: string): boolean {
  return names.some((permitted) => name === permitted || name.endsWith(`.${permitted}`));
}

export function mayVouchForAddress({ ranges }: Permitted, address: string): boolean {
  return ranges.some((range) => isInRange(address, range));
}

/** Whether an IPv4 address is in a range such as `10.0.0.0/8`. */
export function isInRange(address: string, range: string): boolean {
  const [start, bits] = range.split("/");
  const shift = 32 - Number(bits);
  // Not `>>>`: JavaScript shifts by 32 as if by 0.
  const block = (ip: string) => Math.floor(toNumber(ip) / 2 ** shift);
  return block(address) === block(start);
}

function toNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
