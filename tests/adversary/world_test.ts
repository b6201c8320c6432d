/** What devices say of the world: in another's name, beyond all measure, unreadable, by who may not. */
import assert from "node:assert/strict";
import { HybridClock } from "../../field/clock.ts";
import type { Occasion } from "../../field/decide/occasion.ts";
import type { Signer } from "../../field/keys.ts";
import { type EphemeralMessage, signMessage } from "../../field/sync/ephemeral_message.ts";
import type { SyncFrame } from "../../field/sync/frames.ts";
import { encodeOccasions } from "../../field/sync/occasion_message.ts";
import { DECIDED, WORLD } from "../../field/sync/topics.ts";
import { WorldTalk } from "../../field/sync/world_talk.ts";
import { WorldAgent } from "../../field/world/world_agent.ts";
import { markedTiles } from "../../field/world/world_state.ts";
import { encodeAgentWorld } from "../../field/world/world_codec.ts";
import { occasionAt } from "../fixtures/decisions.ts";
import type { SyncDevice } from "../fixtures/sync_net.ts";
import { registerAt, tracksOnly } from "../fixtures/worlds.ts";
import { Scene } from "./scene.ts";

const CELL = "yard";
const TRACK = encodeAgentWorld(tracksOnly([0, registerAt(0)]));

/** A device with its world, and what it heard of decisions. */
function agentOn({ id, node, net }: SyncDevice) {
  const nowMs = () => net.now;
  const agent = new WorldAgent(id, new HybridClock(nowMs));
  const heard: Occasion[] = [];
  const onDecided = (occasions: readonly Occasion[]) => void heard.push(...occasions);
  const talk = new WorldTalk({ cell: CELL, agent, node, nowMs, onDecided });
  return { agent, talk, heard };
}

function signed(
  signer: Signer,
  scene: Scene,
  other: Partial<Omit<EphemeralMessage, "from" | "sig">> = {},
): Promise<EphemeralMessage> {
  return signMessage(signer, {
    ...{ topic: `${WORLD}${CELL}/${signer.id}/0`, counter: scene.net.now * 1024, bytes: TRACK },
    ...{ at: scene.net.now, retain: false, critical: false },
    ...other,
  });
}

const said = (message: EphemeralMessage): SyncFrame => ({ kind: "ephemeral", message });

Deno.test("a member's own word of the world is taken, and a viewer's is refused and named", async () => {
  const scene = await Scene.open("sensor");
  const { agent, heard } = agentOn(scene.ann);
  const line = await scene.malAt(scene.ann);
  await line.say(said(await signed(scene.mal.signer, scene)));
  assert.equal(agent.state.get(scene.mal.id)?.tracks.size, 1);
  const bytes = encodeOccasions([occasionAt(scene.net.now)])[0];
  const decided = { topic: `${DECIDED}${CELL}/${scene.mal.id}`, bytes, critical: true };
  await line.say(said(await signed(scene.mal.signer, scene, decided)));
  assert.equal(heard.length, 1);
  assert.equal(scene.ann.node.incidents.length, 0);

  const viewer = await Scene.open("viewer");
  const one = agentOn(viewer.ann);
  const byViewer = await viewer.malAt(viewer.ann);
  await byViewer.say(said(await signed(viewer.mal.signer, viewer)));
  assert.equal(one.agent.state.size, 0);
  viewer.assertNamed(viewer.ann, ["wrong-role"]);
  await viewer.assertUnharmed();
});

Deno.test("a member that speaks under another's name is named, and not heard, nor is who passes it on to blame", async () => {
  const scene = await Scene.open("sensor");
  const { ann, bob, mal } = scene;
  const { agent, heard } = agentOn(ann);
  const cal = await scene.another("cal");
  scene.net.cutAll();
  const byCal = await scene.net.line(ann);
  await byCal.enter(cal.signer);
  const bytes = encodeOccasions([occasionAt(scene.net.now)])[0];
  await byCal.say(
    said(await signed(mal.signer, scene, { topic: `${WORLD}${CELL}/${bob.id}/0` })),
    said(await signed(mal.signer, scene, { topic: `${DECIDED}${CELL}/${bob.id}`, bytes })),
    said(await signed(mal.signer, scene, { topic: `${WORLD}${CELL}` })),
  );
  assert.deepEqual([agent.state.size, heard.length, byCal.dropped], [0, 0, null]);
  scene.assertNamed(ann, ["forged"]);
  await scene.assertUnharmed(cal);
});

Deno.test("a world in another's name by a false signature, or too large, ends the link and is named", async () => {
  const scene = await Scene.open("sensor");
  const { ann, bob, mal } = scene;
  const { agent } = agentOn(ann);
  const topic = `${WORLD}${CELL}/${bob.id}/0`;
  const forgery = { ...await signed(mal.signer, scene, { topic }), from: bob.id };
  const large = await signed(mal.signer, scene, { bytes: new Uint8Array(4097) });
  for (const [message, kind] of [[forgery, "forged"], [large, "malformed"]] as const) {
    const line = await scene.malAt(ann);
    await line.say(said(message));
    assert.notEqual(line.dropped, null);
    scene.assertNamed(ann, [kind]);
  }
  assert.equal(agent.state.size, 0);
  await scene.assertUnharmed();
});

Deno.test("what is no world and no decision is named; a wrong clock is not", async () => {
  for (
    const [topic, isNamed, bytes] of [
      [WORLD, true, TRACK.slice(1)],
      [DECIDED, true, TRACK],
      [WORLD, false, encodeAgentWorld(tracksOnly([0, registerAt(86_400_000)]))],
    ] as const
  ) {
    const scene = await Scene.open("sensor");
    const { agent, heard } = agentOn(scene.ann);
    const line = await scene.malAt(scene.ann);
    const under = `${topic}${CELL}/${scene.mal.id}${topic === WORLD ? "/0" : ""}`;
    await line.say(said(await signed(scene.mal.signer, scene, { topic: under, bytes })));
    assert.deepEqual([agent.state.size, heard.length], [0, 0]);
    if (isNamed) scene.assertNamed(scene.ann, ["malformed"]);
    else assert.equal(scene.ann.node.incidents.length, 0);
    await scene.assertUnharmed();
  }
});

Deno.test("publish() under another's name throws, and for a peer that does not read the newest of each part waits", async () => {
  const scene = await Scene.open("sensor");
  const { ann, bob, net } = scene;
  const topic = `${WORLD}${CELL}/${bob.id}/0`;
  await assert.rejects(ann.node.publish({ topic, bytes: TRACK }), { code: "bad-message" });
  const { talk, agent } = agentOn(ann);
  const other = agentOn(bob);
  await net.deliver();
  await net.pass(2000);
  net.stalled.add(bob);
  for (let n = 0; n < 40; n++) {
    await ann.node.publish({ topic: `${WORLD}${CELL}/${ann.id}/9`, bytes: net.random(4000) });
  }
  const before = net.underWay.bytes;
  for (let n = 0; n < 40; n++) {
    agent.mark("searched", n);
    await talk.tell();
    net.now += 100;
  }
  assert.equal(net.underWay.bytes, before, "nothing more is put on the link");
  net.stalled.clear();
  await net.deliver();
  const marked = markedTiles(other.agent.state, "searched");
  const said = Array.from({ length: 26 }, (_, n) => n);
  assert.deepEqual(marked, said, "two seconds after what was said at once to who was new");
});
