import assert from "node:assert/strict";
import { idOf } from "../tests/fixtures/devices.ts";
import type { Crew } from "../field/feed/crew.ts";
import type { DeviceId } from "../field/observation.ts";
import { peerIdOf } from "../field/link/peer_id.ts";
import { radioPlan } from "./radio_plan.ts";

const [ANN, BOB, CAM, DAN] = [1, 2, 3, 4].map(idOf);
const FREE = { ticket: null, isInviting: false };

function crewOf(...members: readonly DeviceId[]): Crew {
  const nobody = new Set<DeviceId>();
  return {
    founder: members[0],
    members: new Map(members.map((device) => [device, { role: "sensor", at: 0 }])),
    removed: new Map(),
    readmitted: nobody,
    lapsed: nobody,
  };
}

function ticketOf(inviter: DeviceId) {
  const [id, secret] = [new Uint8Array(8), new Uint8Array(16)];
  return { id, secret, inviter, founder: inviter, role: "sensor" as const, expires: 1 };
}

function called(plan: Awaited<ReturnType<typeof radioPlan>>): DeviceId[] {
  return plan.peers.flatMap(({ device, call }) => call ? device : []);
}

Deno.test("radioPlan() names all other members, and calls those that the mesh chooses", async () => {
  const replica = { id: CAM, crew: crewOf(ANN, BOB, CAM, DAN) };
  const mesh = { toCall: () => new Set([ANN]) };
  const plan = await radioPlan(replica, FREE, "token", mesh);
  assert.deepEqual(plan.peers.map(({ device }) => device), [ANN, BOB, DAN]);
  assert.deepEqual(called(plan), [ANN]);
  assert.equal(plan.peers[0].peerId, await peerIdOf(ANN));
  assert.deepEqual([plan.peerId, plan.token, plan.wanted], [await peerIdOf(CAM), "token", true]);
});

Deno.test("radioPlan() without a mesh calls those with a larger key", async () => {
  const plan = await radioPlan({ id: BOB, crew: crewOf(ANN, BOB, CAM, DAN) }, FREE, "token");
  assert.deepEqual(called(plan), [CAM, DAN]);
});

Deno.test("radioPlan() always calls the inviter, member or not", async () => {
  const membership = { ticket: ticketOf(ANN), isInviting: false };
  const mesh = { toCall: () => new Set<DeviceId>() };
  for (const crew of [null, crewOf(DAN), crewOf(ANN, DAN)]) {
    assert.deepEqual(called(await radioPlan({ id: DAN, crew }, membership, "token", mesh)), [ANN]);
  }
});

Deno.test("radioPlan() is not wanted with nobody to talk to", async () => {
  const wanted = async (isInviting: boolean) =>
    (await radioPlan({ id: ANN, crew: null }, { ticket: null, isInviting }, "token")).wanted;
  assert.deepEqual([await wanted(false), await wanted(true)], [false, true]);
});
