import assert from "node:assert/strict";
import { makeFormats } from "../format.ts";
import {
  agentLine,
  agoWords,
  areaOf,
  errorWords,
  motionWords,
  placeWords,
  sourceWords,
  trackLine,
  trackTitle,
  windOf,
  worldWords,
} from "./place_words.ts";
import { NOW_MS, someAgent, someSnapshot, someTrack } from "./places_for_tests.ts";

const FORMATS = makeFormats({ locale: "en-GB", timeZone: "UTC" });

Deno.test("windOf() is clockwise from north, whichever way round it is given", () => {
  assert.deepEqual([0, 44, 90, 181, 270, 350, -90, 720 + 45].map(windOf), [
    ...["north", "north-east", "east", "south", "west", "north", "west", "north-east"],
  ]);
});

Deno.test("motionWords() says speed and direction, or that it stands still", () => {
  assert.equal(motionWords([1, 1]), "moves 1.4 m/s north-east");
  assert.equal(motionWords([0, -2]), "moves 2.0 m/s south");
  assert.equal(motionWords([0.1, 0.1]), "stands still");
});

Deno.test("errorWords() has the larger half axis of 95 %, and owns up to a broken covariance", () => {
  assert.equal(errorWords(someTrack()), "± 1.2 m");
  assert.equal(errorWords(someTrack({ covariance: [1, 5, 1] })), "place unsure");
});

Deno.test("sourceWords() says who saw what and how surely", () => {
  const names: Readonly<Record<string, string>> = { a: "Gate phone", b: "Mast camera" };
  const words = sourceWords(someTrack(), (agent) => names[agent]);
  assert.equal(words, "person 0.81 by Gate phone, person 0.64 by Mast camera");
});

Deno.test("trackLine() and trackTitle() are what a row says", () => {
  const track = someTrack({ confidence: 0.43, lastAtMs: NOW_MS - 4_000 });
  assert.equal(trackTitle(track), "Person 43?");
  assert.equal(trackLine(track, NOW_MS), "± 1.2 m, moves 1.4 m/s north-east, seen 4 s ago");
});

Deno.test("placeWords() has the direction for the sign", () => {
  assert.equal(placeWords([12.44, -3]), "12.4 m east, 3.0 m south");
  assert.equal(placeWords([-1204, 0]), "1204 m west, 0.0 m north");
});

Deno.test("agoWords() of a clock that is ahead is now", () => {
  assert.equal(agoWords(NOW_MS + 5_000, NOW_MS), "now");
});

Deno.test("agentLine() counts what it sees, and says since when it is away", () => {
  const [gate] = someSnapshot.agents;
  assert.equal(agentLine(gate, someSnapshot, FORMATS), "sees 2, looks north, heard now");
  const away = { ...gate, lastAtMs: NOW_MS - 60_000 };
  assert.equal(agentLine(away, someSnapshot, FORMATS), "away since 14:01");
});

Deno.test("areaOf() is the same whichever way round", () => {
  const corners = [[0, 0], [4_000, 0], [4_000, 5_000], [0, 5_000]] as const;
  assert.equal(areaOf(corners), 20);
  assert.equal(areaOf(corners.toReversed()), 20);
});

Deno.test("worldWords() counts what is sure by its label, in one order", () => {
  const bus = someTrack({ id: "a:9", label: "bus" });
  const tracks = [
    bus,
    ...someSnapshot.tracks,
    someTrack({ id: "a:8" }),
    someTrack({ id: "a:7", label: "bus" }),
  ];
  const agents = [someAgent("a", "A", 0), { ...someAgent("b", "B", 0), lastAtMs: 0 }];
  const words = "5 objects: 2 buses, 2 people and 1 unsure. 2 agents, 1 away.";
  assert.equal(worldWords({ ...someSnapshot, tracks, agents }, FORMATS), words);
  assert.equal(
    worldWords({ ...someSnapshot, tracks: tracks.toReversed(), agents }, FORMATS),
    words,
  );
  assert.equal(worldWords({ ...someSnapshot, tracks: [] }, FORMATS), "Nothing in view. 2 agents.");
});
