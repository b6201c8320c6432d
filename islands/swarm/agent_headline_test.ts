import assert from "node:assert/strict";
import { makeFormats } from "../format.ts";
import { agentHeadline, type AgentSituation } from "./agent_headline.ts";

const FORMATS = makeFormats({ locale: "en", timeZone: "UTC" });
const ALONE: AgentSituation = {
  ...{ name: "Drone 3", isFlying: true, peers: 0, objects: 1, isSent: false },
};

Deno.test("agentHeadline() says who this browser is, and with how many it shares its map", () => {
  const said = (change: Partial<AgentSituation>) =>
    agentHeadline({ ...ALONE, ...change }, FORMATS).words;
  assert.equal(said({ isFlying: false }), "This browser can be Drone 3.");
  assert.equal(said({}), "You are Drone 3, alone: 1 object on the map.");
  assert.equal(said({ peers: 1, objects: 4 }), "You are Drone 3. 2 devices, one map: 4 objects.");
  assert.equal(said({ peers: 1, isSent: true }), "You are Drone 3, sent for a look.");
});
