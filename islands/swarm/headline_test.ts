import assert from "node:assert/strict";
import { makeFormats } from "../format.ts";
import { headlineOf, HEALED_SHOWN_MS, type Situation, SPREADING_MS } from "./headline.ts";

const FORMATS = makeFormats({ locale: "en", timeZone: "UTC" });
const WELL: Situation = {
  drones: 5,
  objects: 4,
  differing: 0,
  differingForMs: 0,
  isCut: false,
  healed: null,
};

function said(change: Partial<Situation>): string {
  return headlineOf({ ...WELL, ...change }, FORMATS).words;
}

Deno.test("headlineOf() says that all agree where nothing differs", () => {
  assert.equal(said({}), "Five drones, one map. They agree.");
  assert.equal(said({ objects: 0 }), "Five drones set out. Nothing found yet.");
});

Deno.test("headlineOf() passes over what is just spreading", () => {
  const spreading = { differing: 1, differingForMs: SPREADING_MS };
  assert.equal(said(spreading), "Five drones, one map. They agree.");
  const lasting = { differing: 1, differingForMs: SPREADING_MS + 1 };
  assert.equal(said(lasting), "Five drones, one map. 1 object differs.");
});

Deno.test("headlineOf() says what differs while the swarm is cut", () => {
  assert.equal(said({ isCut: true }), "Cut in two: the maps are still alike.");
  assert.equal(said({ isCut: true, differing: 3 }), "Cut in two: 3 objects differ.");
  assert.equal(headlineOf({ ...WELL, isCut: true }, FORMATS).tone, "bad");
});

Deno.test("headlineOf() says after how long all agreed, for a while", () => {
  const healed = { agoMs: 140, agreedAfterMs: null };
  assert.equal(said({ healed, differing: 3 }), "Linked again: 3 objects differ …");
  assert.equal(
    said({ healed: { agoMs: 200, agreedAfterMs: 140.4 } }),
    "Healed: all 5 agreed after 140 ms.",
  );
  const later = { agoMs: HEALED_SHOWN_MS, agreedAfterMs: 140 };
  assert.equal(said({ healed: later }), "Five drones, one map. They agree.");
});

Deno.test("headlineOf() speaks of the cut rather than of an earlier healing", () => {
  const healed = { agoMs: 10, agreedAfterMs: 140 };
  assert.equal(said({ isCut: true, differing: 1, healed }), "Cut in two: 1 object differs.");
});
