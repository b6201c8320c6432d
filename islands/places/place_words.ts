/** The picture of the world in words. Pure. */
import type { SitePoint } from "../../field/decide/site_point.ts";
import type { Vector, WorldTrack } from "../../field/world/world_track.ts";
import { capitalised, counted, duration, type Formats, listed } from "../format.ts";
import { ellipseOf } from "./covariance_ellipse.ts";
import type { PlacedAgent, PlaceSnapshot } from "./place_snapshot.ts";
import { isSure, trackTag } from "./track_look.ts";
import { groupBy } from "../../field/group_by.ts";

/** Slower is standing still: less than what a track's velocity is unsure by, m/s. */
const STILL_M_PER_S = 0.2;
/** Longer ago is worth a word, ms. */
const JUST_NOW_MS = 2_000;
/** As long after it was heard of last an agent counts as away (`AGENT_FRESH_MS` of field/decide). */
export const AWAY_MS = 30_000;

const WINDS = [
  "north",
  "north-east",
  "east",
  "south-east",
  "south",
  "south-west",
  "west",
  "north-west",
] as const;

/** Clockwise from north. */
export function windOf(headingDeg: number): string {
  const turns = ((headingDeg % 360) + 360) % 360 / 45;
  return WINDS[Math.round(turns) % WINDS.length];
}

/** "stands still", "moves 1.2 m/s north-east". */
export function motionWords([east, north]: Vector): string {
  const speed = Math.hypot(east, north);
  if (speed < STILL_M_PER_S) return "stands still";
  return `moves ${speed.toFixed(1)} m/s ${windOf(Math.atan2(east, north) * 180 / Math.PI)}`;
}

/** "± 0.6 m": with 95 % it is not further away than that. */
export function errorWords({ covariance }: Pick<WorldTrack, "covariance">): string {
  const ellipse = ellipseOf(covariance);
  return ellipse ? `± ${metres(ellipse.major)} m` : "place unsure";
}

/** "person 0.81 by Gate, dog 0.40 by Mast". */
export function sourceWords(
  { sources }: Pick<WorldTrack, "sources">,
  agentName: (agent: string) => string,
): string {
  return sources.map(({ agent, label, confidence }) =>
    `${label} ${confidence.toFixed(2)} by ${agentName(agent)}`
  ).join(", ");
}

export function agoWords(atMs: number, nowMs: number): string {
  const agoMs = nowMs - atMs;
  return agoMs < JUST_NOW_MS ? "now" : `${duration(agoMs)} ago`;
}

/** The second line of a track's row. */
export function trackLine(track: WorldTrack, nowMs: number): string {
  return `${errorWords(track)}, ${motionWords(track.velocity)}, seen ${
    agoWords(track.lastAtMs, nowMs)
  }`;
}

/** Where something is: "12.4 m east, 3.0 m south". */
export function placeWords([east, north]: Vector): string {
  const eastWords = `${metres(Math.abs(east))} m ${east < 0 ? "west" : "east"}`;
  return `${eastWords}, ${metres(Math.abs(north))} m ${north < 0 ? "south" : "north"}`;
}

export function isAway({ lastAtMs }: PlacedAgent, nowMs: number): boolean {
  return nowMs - lastAtMs > AWAY_MS;
}

/** The second line of an agent's row. */
export function agentLine(
  agent: PlacedAgent,
  { tracks, atMs }: PlaceSnapshot,
  formats: Formats,
): string {
  if (isAway(agent, atMs)) return `away since ${formats.minute(agent.lastAtMs)}`;
  const seen = tracks.filter(({ sources }) => sources.some((one) => one.agent === agent.id)).length;
  return `sees ${seen}, looks ${windOf(agent.pose.headingDeg)}, heard ${
    agoWords(agent.lastAtMs, atMs)
  }`;
}

/** By the shoelace formula; of corners in mm, m². */
export function areaOf(corners: readonly SitePoint[]): number {
  const twice = corners.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = corners[(i + 1) % corners.length];
    return sum + x / 1000 * (nextY / 1000) - nextX / 1000 * (y / 1000);
  }, 0);
  return Math.abs(twice) / 2;
}

/** "12 objects: 7 people, 3 dogs and 2 unsure. 5 agents." For a listener; same world, same words. */
export function worldWords({ tracks, agents, atMs }: PlaceSnapshot, formats: Formats): string {
  const sure = groupBy(tracks.filter(isSure), ({ label }) => label);
  const unsure = tracks.length - [...sure.values()].reduce((sum, { length }) => sum + length, 0);
  const kinds = [...sure].sort(([a], [b]) => a < b ? -1 : 1).map(([label, { length }]) =>
    length === 1 ? `1 ${label}` : `${length} ${plural(label)}`
  );
  const parts = unsure > 0 ? [...kinds, `${unsure} unsure`] : kinds;
  const away = agents.filter((agent) => isAway(agent, atMs)).length;
  const objects = parts.length === 0
    ? "Nothing in view"
    : `${counted(tracks.length, "object", formats)}: ${listed(parts)}`;
  return `${objects}. ${counted(agents.length, "agent", formats)}${
    away > 0 ? `, ${away} away` : ""
  }.`;
}

/** All that is known of a track, for its heading and for a listener. */
export function trackTitle(track: WorldTrack): string {
  return capitalised(trackTag(track));
}

const PLURALS: Readonly<Record<string, string>> = { person: "people", sheep: "sheep" };

function plural(label: string): string {
  return PLURALS[label] ?? (/(?:s|x|ch|sh)$/.test(label) ? `${label}es` : `${label}s`);
}

function metres(m: number): string {
  return m < 100 ? m.toFixed(1) : m.toFixed(0);
}
