/** A made-up site: two agents, a person seen by both, a dog nobody is sure of, a zone, a line, an alarm. */
import type { Decision } from "../../field/decide/decision.ts";
import type { RuleSet } from "../../field/decide/rule.ts";
import { bitOf, NO_TILES } from "../../field/world/tiles.ts";
import type { WorldTrack } from "../../field/world/world_track.ts";
import type { WorldReport } from "../../field/world_messages.ts";
import type { PlacedAgent, PlaceSnapshot } from "./place_snapshot.ts";

export const NOW_MS = Date.UTC(2026, 10, 21, 14, 2, 11);

export function someAgent(id: string, name: string, east: number): PlacedAgent {
  const pose = { heightM: 4, headingDeg: 0, tiltDeg: 20, fovDeg: 60, aspect: 4 / 3, rangeM: 30 };
  return { id, name, lastAtMs: NOW_MS, pose: { position: [east, -10], ...pose } };
}

export function someTrack(change: Partial<WorldTrack> = {}): WorldTrack {
  return {
    ...{ id: "a:1", label: "person", confidence: 0.81, position: [0, 5], velocity: [1, 1] },
    covariance: [0.25, 0, 0.25],
    sources: [
      { agent: "a", label: "person", confidence: 0.81, atMs: NOW_MS },
      { agent: "b", label: "person", confidence: 0.64, atMs: NOW_MS },
    ],
    ...{ firstAtMs: NOW_MS - 9_000, lastAtMs: NOW_MS },
    ...change,
  };
}

export const GATE_ALARM: Decision = {
  ...{ id: "gate/track a:1/1", rule: "Gate watch", urgency: "alarm", atMs: NOW_MS - 5_000 },
  occasion: {
    ...{ rule: "gate", subject: "track a:1", atMs: NOW_MS - 5_000, place: [-1_000, 4_000] },
    ...{ seeing: ["a"], reason: { kind: "held-back", rules: [] } },
  },
  reason: {
    ...{ kind: "zone", change: "entered", zone: "North", label: "person", atMs: NOW_MS - 5_000 },
    by: [{ agent: "a", label: "person", confidence: 810 }],
  },
  ...{ more: 0, asks: [], unmet: [] },
};

export const someRules: RuleSet = {
  zones: [{ id: "north", name: "North", corners: [[-5_000, 0], [5_000, 0], [0, 9_000]] }],
  lines: [{ id: "drive", name: "Drive", from: [-9_000, -5_000], to: [9_000, -5_000] }],
  rules: [],
};

export const someSnapshot: PlaceSnapshot = {
  atMs: NOW_MS,
  agents: [someAgent("a", "Gate phone", -8), someAgent("b", "Mast camera", 8)],
  tracks: [
    someTrack(),
    someTrack({ id: "b:7", label: "dog", confidence: 0.43, position: [6, 12], velocity: [0, 0] }),
  ],
  tiles: [{
    grid: { corner: [-10, 0], tileM: 5 },
    marks: { ...NO_TILES, searched: { added: bitOf(0), removed: 0n } },
  }],
  decisions: [GATE_ALARM],
};

export const someReport: WorldReport = {
  now: {
    ...{ atMs: NOW_MS, agents: someSnapshot.agents, tracks: someSnapshot.tracks },
    tiles: someSnapshot.tiles,
  },
  ...{ decisions: [GATE_ALARM], rules: someRules, origin: null, mayRule: true },
  camera: {
    ...{ kind: "pose", pose: someAgent("a", "Gate phone", -8).pose },
    error: { positionM: 0.5, heightM: 0.3, headingDeg: 4, tiltDeg: 2, fovDeg: 2 },
  },
};
