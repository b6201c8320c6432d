import type { Authority } from "./authority.ts";
import type { SignallingSockets } from "./signalling_sockets.ts";

/** What the routes of a running hub work with. */
export interface HubState {
  /** Folder of the built app. */
  readonly dist: string;
  /** Folder of files that are served as they are. */
  readonly statics: string;
  readonly signalling: SignallingSockets;
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

export type Handler = (request: Request) => Response | Promise<Response>;

/** How the composition root gives the hub its routes, which it may not import. */
export interface Routes {
  /** Everything. */
  readonly createApp: (hub: HubState) => Handler;
  /** What a device may get over plain HTTP before it trusts the hub; the rest is redirected. */
  readonly createTrustApp: (hub: HubState) => Handler;
}
