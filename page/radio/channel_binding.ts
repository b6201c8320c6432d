/** The session descriptions (SDP) of a channel's two ends, as this end has them in use. */
export interface Descriptions {
  readonly local: string;
  readonly remote: string;
}

/**
 * SHA-256 over the DTLS fingerprints of a channel's two ends: the same at both, and different as soon
 * as someone sits between. Null when a description does not name exactly one certificate: whoever
 * forwards descriptions could otherwise add its own to both and be neither missed nor noticed.
 */
export async function channelBinding(descriptions: Descriptions): Promise<ArrayBuffer | null> {
  const local = fingerprint(descriptions.local);
  const remote = fingerprint(descriptions.remote);
  if (!local || !remote) return null;
  const both = [local, remote].sort().join("\n");
  return await crypto.subtle.digest("SHA-256", new TextEncoder().encode(both));
}

/** `sha-256 ab:cd:…` of an SDP's `a=fingerprint` lines (RFC 8122, section 5), if they all agree. */
export function fingerprint(sdp: string): string | null {
  const lines = sdp.matchAll(/^a=fingerprint:(\S+) +(\S+)\s*$/gim);
  const distinct = new Set(
    Array.from(lines, ([, hash, value]) => `${hash} ${value}`.toLowerCase()),
  );
  const [only] = distinct;
  return distinct.size === 1 ? only : null;
}
