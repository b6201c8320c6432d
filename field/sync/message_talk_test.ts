import assert from "node:assert/strict";
import { bytesOf } from "../../tests/fixtures/devices.ts";
import { crew } from "../../tests/fixtures/sync_crew.ts";
import type { SyncDevice, SyncNet } from "../../tests/fixtures/sync_net.ts";

/** Ann, Bob and Cal, all linked; Bob has heard Ann from herself, and Cal is silent there. */
async function triangle() {
  const { net, devices: [ann, bob, cal] } = await crew(1, "ann", "bob", "cal");
  for (const [a, b] of [[ann, bob], [ann, cal], [bob, cal]]) await net.connect(a, b);
  const heard: string[] = [];
  bob.node.subscribe("t", ({ bytes }) => heard.push(new TextDecoder().decode(bytes)));
  await net.deliver();
  await net.pass(2000);
  for (let n = 0; n < 3; n++) await say(net, ann, `${n}`);
  await net.pass(2000);
  assert.deepEqual(heard, ["0", "1", "2"]);
  net.sent.length = 0;
  return { net, ann, bob, cal, heard };
}

async function say(net: SyncNet, device: SyncDevice, text: string): Promise<void> {
  await device.node.publish({ topic: "t", bytes: bytesOf(text) });
  await net.deliver();
}

function sent(net: SyncNet, kind: string): string[] {
  return net.sent.flatMap(({ frame, from, to }) =>
    frame !== null && frame !== "unknown" && frame.kind === kind ? `${from} ${to}` : []
  );
}

Deno.test("what a silent link's peer got it tells; who has it from elsewhere does not ask", async () => {
  const { net, ann, heard } = await triangle();
  await say(net, ann, "3");
  assert.deepEqual(sent(net, "ephemeral").toSorted(), ["ann bob", "ann cal"]);
  await net.pass(3000);
  assert.ok(sent(net, "message-have").length > 0);
  assert.deepEqual(sent(net, "message-want"), []);
  assert.deepEqual(heard, ["0", "1", "2", "3"]);
});

Deno.test("what does not come over the tree is asked for within two ticks, and comes that way from then on", async () => {
  const { net, ann, bob, heard } = await triangle();
  const link = net.linksOf(ann).find(({ ends }) => ends.includes(bob));
  net.deaf.add(link?.id ?? "");
  await say(net, ann, "3");
  assert.deepEqual(heard, ["0", "1", "2"]);
  await net.pass(2000);
  assert.deepEqual(heard, ["0", "1", "2", "3"]);
  await say(net, ann, "4");
  assert.deepEqual(heard, ["0", "1", "2", "3", "4"], "pushed by Cal");
  assert.deepEqual(sent(net, "message-want"), ["bob cal"]);
});

Deno.test("where the link to whom it heard goes, it hears what was lost on it at once", async () => {
  const { net, ann, bob, heard } = await triangle();
  const link = net.linksOf(ann).find(({ ends }) => ends.includes(bob));
  net.deaf.add(link?.id ?? "");
  await say(net, ann, "3");
  net.cut(link?.id ?? "");
  await say(net, bob, "by Bob"); // nothing but frames moves the nodes here
  assert.deepEqual(heard, ["0", "1", "2", "by Bob", "3"]);
});
