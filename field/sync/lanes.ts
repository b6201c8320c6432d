/** What goes before what on a link, first to last. A photo never delays an alert. */
export const LANES = ["control", "critical", "changes", "telemetry", "media"] as const;

/**
 * control: what keeps a session going. critical: alerts, what a person said, who is in the crew.
 * changes: observations. telemetry: what is worth nothing once a newer one is there. media: pictures.
 */
export type Lane = typeof LANES[number];

/** What carries a link. "relay": through a hub that only passes on; "hub": to the hub itself; "pair": found by codes shown to each other. */
export type LinkKind = typeof LINK_KINDS[number];

const LINK_KINDS = ["webrtc", "relay", "hub", "pair"] as const;

export function isLinkKind(value: unknown): value is LinkKind {
  return (LINK_KINDS as readonly unknown[]).includes(value);
}
