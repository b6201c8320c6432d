/** What a new listener is told, and whose word is nobody's fault. */
import assert from "node:assert/strict";
import { encodeFrame } from "../field/sync/frames.ts";
import { signMessage } from "../field/sync/ephemeral_message.ts";
import { bytesOf } from "./fixtures/devices.ts";
import { NOW } from "./fixtures/replicas.ts";
import { crew, pair } from "./fixtures/sync_crew.ts";
import type { SyncNet } from "./fixtures/sync_net.ts";

function topicsSent(net: SyncNet): string[] {
  return net.sent.flatMap(({ frame }) =>
    frame !== null && frame !== "unknown" && frame.kind === "ephemeral" ? frame.message.topic : []
  );
}

Deno.test("a new listener is told what was kept for it, and not once more who else listens", async () => {
  const { net, devices: [ann, bob, cal] } = await crew(1, "ann", "bob", "cal");
  await net.connect(ann, bob);
  await net.connect(bob, cal);
  await net.deliver();
  for (const device of [ann, bob, cal]) device.node.subscribe("lamp", () => {});
  for (const topic of ["lamp", "door"]) {
    await ann.node.publish({ topic, bytes: bytesOf("on"), retain: true });
  }
  await net.pass(3000);
  net.sent.length = 0;
  const heard: string[] = [];
  cal.node.subscribe("door", ({ topic }) => heard.push(topic));
  await net.pass(3000);
  assert.deepEqual(heard, ["door"]);
  const sent = topicsSent(net).filter((topic) => topic !== "$standing").sort();
  // over two links each: what it listens to by now, and what was kept for that
  assert.deepEqual(sent, ["$subscriptions", "$subscriptions", "door", "door", "lamp", "lamp"]);
});

Deno.test("the word of somebody who is not known here yet is not taken, and blamed on nobody", async () => {
  const { net, ann, bob } = await pair();
  const link = await net.connect(ann, bob);
  await net.deliver();
  ann.node.subscribe("#", () => assert.fail("nobody may hear it"));
  await net.pass(2000);
  const newcomer = await net.device("dan");
  const about = { topic: "a", counter: NOW * 1024, at: NOW, bytes: bytesOf("hello") };
  const message = await signMessage(newcomer.signer, { ...about, retain: true, critical: false });
  await ann.node.receive(link, encodeFrame({ kind: "ephemeral", message }));
  assert.deepEqual(ann.node.incidents, []);
  assert.ok(ann.node.connected.has(bob.id));
});
