/** What people give on the command line to name a crew and its hubs. */
import { HubError } from "./hub_error.ts";

/** An invite as it was handed on. */
export interface GivenInvite {
  readonly code: string;
  /** Origin of the hub at which it was made; null for a bare code. */
  readonly hub: string | null;
}

/** base64url, as in the app's links (`#join=…`). */
const CODE = /^[A-Za-z0-9_-]{16,2048}$/;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Reads a link `https://host/crew#join=code`, or a bare code. Throws {@link HubError} naming `flag`. */
export function parseGivenInvite(flag: string, text: string): GivenInvite {
  const trimmed = text.trim();
  if (CODE.test(trimmed)) return { code: trimmed, hub: null };
  if (!URL.canParse(trimmed)) throw noInvite(flag);
  const code = /(?:^#|&)join=([^&]+)$/.exec(new URL(trimmed).hash)?.[1] ?? "";
  if (!CODE.test(code)) throw noInvite(flag);
  return { code, hub: hubOrigin(flag, trimmed) };
}

/** The origin of a hub's address. Throws {@link HubError} naming `flag`. */
export function hubOrigin(flag: string, text: string): string {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  if (url?.protocol === "https:") return url.origin;
  if (url?.protocol !== "http:") {
    throw new HubError(
      `${flag} ${text} is no hub's address. Give what that hub prints when it starts, such as ` +
        `https://192.168.1.20:8000`,
    );
  }
  if (LOOPBACK.test(url.hostname)) return url.origin;
  throw new HubError(
    `${flag} ${url.origin} is plain HTTP: anyone on the way would see who links with whom. Start ` +
      `that hub with --lan, and give its https:// address.`,
  );
}

function noInvite(flag: string): HubError {
  return new HubError(
    `${flag} is not given a whole invite. In the app: Crew, "Invite a device"; copy the whole link.`,
  );
}
