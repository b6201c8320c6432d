import type { Authority } from "./authority.ts";
import type { MemberStatus } from "./member_words.ts";
import type { Relay } from "./relay.ts";
import type { SignallingSockets } from "./signalling_sockets.ts";

/** What the routes of a running hub work with. */
export interface HubState {
  /** Folder of the built app. */
  readonly dist: string;
  /** Folder of files that are served as they are. */
  readonly statics: string;
  readonly signalling: SignallingSockets;
  readonly relay: Relay;
  /** How the hub stands as a member of a crew; resolves with null when it is in none. */
  readonly memberStatus: () => Promise<MemberStatus | null>;
  /** The hub's own authority; null when it does not serve by it. */
  readonly authority: Authority | null;
  /** Where HTTPS is served; null before it is, and on a hub that does not. */
  readonly httpsPort: number | null;
  readonly dev: boolean;
  /** On `performance.now()`'s clock, ms. */
  readonly startedAt: number;
  /** Aborted when the hub stops: responses that never end must end then. */
  readonly stopping: AbortSignal;
}

/** `info` is there when a server asks. */
export type Handler = (
  request: Request,
  info?: Deno.ServeHandlerInfo<Deno.NetAddr>,
) => Response | Promise<Response>;

/** How the composition root gives the hub its routes, which it may not import. */
export interface Routes {
  /** Everything. */
  readonly createApp: (hub: HubState) => Handler;
  /** What a device may get over plain HTTP before it trusts the hub; the rest is redirected. */
  readonly createTrustApp: (hub: HubState) => Handler;
}
