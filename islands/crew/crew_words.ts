/** Roles and invites, in words. */
import type { Role } from "../../field/messages.ts";

/** A role in one word. */
export function roleWord(role: Role): string {
  return ROLES[role];
}

const ROLES: Readonly<Record<Role, string>> = {
  admin: "Admin",
  sensor: "Sensor",
  viewer: "Viewer",
  publisher: "Publisher",
};

/** Whether a link to this host opens on another device too. */
export function opensElsewhere(link: string): boolean {
  const { hostname } = new URL(link);
  return !["localhost", "127.0.0.1", "[::1]"].includes(hostname) &&
    !hostname.endsWith(".localhost");
}

/** The invite in an address's fragment (`#join=…`), null when there is none. */
export function inviteInHash(hash: string): string | null {
  const code = new URLSearchParams(hash.replace(/^#/, "")).get("join");
  return code === null || code === "" ? null : code;
}
