import assert from "node:assert/strict";
import { agentAddress, agentChoice, DRONES, SCENE_SEED } from "./agent_choice.ts";

Deno.test("agentChoice() takes the drone and the scene from the address", () => {
  assert.deepEqual(agentChoice("?agent=3&seed=12"), { drone: 2, seed: 12 });
  assert.deepEqual(agentChoice("?agent=1"), { drone: 0, seed: SCENE_SEED });
});

Deno.test("agentChoice() counts round, so that any whole number is a drone", () => {
  const drones = [0, 1, 5, 6].map((agent) => agentChoice(`?agent=${agent}`)?.drone);
  assert.deepEqual(drones, [4, 0, 4, 0]);
  const five = [0, 1, 2, 3, 4].map((agent) => agentChoice(`?agent=${agent}`)?.drone);
  assert.equal(new Set(five).size, DRONES);
});

Deno.test("agentChoice() is null where no drone is named", () => {
  for (const search of ["", "?seed=3", "?agent=", "?agent=x", "?agent=-1", "?agent=1.5"]) {
    assert.equal(agentChoice(search), null, search);
  }
});

Deno.test("agentAddress() is what agentChoice() reads", () => {
  const choice = { drone: 3, seed: 99 };
  assert.deepEqual(agentChoice(agentAddress(choice).slice("/swarm".length)), choice);
});
