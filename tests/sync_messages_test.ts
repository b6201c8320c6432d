/** Messages that are never stored, over whole nodes: to those who listen, once, the newest. */
import assert from "node:assert/strict";
import type { Bytes } from "../field/bytes.ts";
import { crew, pair } from "./fixtures/sync_crew.ts";
import { bytesOf } from "./fixtures/devices.ts";
import type { SyncDevice, SyncNet } from "./fixtures/sync_net.ts";

/** What a device hears on a pattern, as text. */
function listen(device: SyncDevice, pattern: string): string[] {
  const heard: string[] = [];
  device.node.subscribe(pattern, ({ topic, bytes }) => {
    heard.push(`${topic} ${new TextDecoder().decode(bytes)}`);
  });
  return heard;
}

function say(device: SyncDevice, topic: string, text: string, other = {}): Promise<void> {
  const bytes: Bytes = bytesOf(text);
  return device.node.publish({ topic, bytes, ...other });
}

function messages(net: SyncNet): number {
  return net.sent.filter(({ frame }) =>
    frame !== null && frame !== "unknown" && frame.kind === "ephemeral"
  ).length;
}

/** A line: Ann, Bob, Cal. */
async function line() {
  const { net, devices: [ann, bob, cal] } = await crew(1, "ann", "bob", "cal");
  await net.connect(ann, bob);
  await net.connect(bob, cal);
  await net.deliver();
  return { net, ann, bob, cal };
}

Deno.test("a message reaches who listens, over devices that do not, and is told once to each", async () => {
  const { net, ann, cal } = await line();
  const heard = listen(cal, "sensor/+/temperature");
  await net.pass(2000);
  net.sent.length = 0;
  await say(ann, "sensor/mast/temperature", "12");
  await say(ann, "sensor/mast/wind", "5");
  await net.deliver();
  assert.deepEqual(heard, ["sensor/mast/temperature 12"]);
  assert.equal(messages(net), 2, "over two links, and nothing of the wind");
});

Deno.test("where nobody listens nothing is sent", async () => {
  const { net, ann, bob } = await pair();
  await net.connect(ann, bob);
  await net.deliver();
  listen(ann, "a"); // its own listener hears it without a link
  await net.pass(2000);
  net.sent.length = 0;
  await say(ann, "a", "1");
  await net.deliver();
  assert.equal(messages(net), 0);
});

Deno.test("who listens later, or comes later, hears the last retained value", async () => {
  const { net, ann, bob, cal } = await line();
  await say(ann, "door", "open", { retain: true });
  await say(ann, "door", "shut", { retain: true });
  await net.pass(2000);
  const heard = listen(cal, "door");
  await net.pass(3000);
  assert.deepEqual(heard, ["door shut"]);
  net.cutAll();
  const later = listen(bob, "door");
  assert.deepEqual(later, ["door shut"], "passed on, and kept on the way");
});

Deno.test("for a peer that does not read, of one topic the newest waits; critical ones all do", async () => {
  const { net, ann, bob } = await pair();
  await net.connect(ann, bob);
  const heard = listen(bob, "#");
  await net.deliver();
  await net.pass(2000);
  net.stalled.add(bob);
  // more than the lane holds
  for (let n = 0; n < 40; n++) {
    await ann.node.publish({ topic: `fill/${n}`, bytes: net.random(4000) });
  }
  for (let n = 0; n < 20; n++) await say(ann, "place", String(n));
  for (let n = 0; n < 20; n++) await say(ann, "alarm", String(n), { critical: true });
  assert.ok(net.underWay.bytes < 256 * 1024);
  net.stalled.clear();
  await net.deliver();
  assert.deepEqual(heard.filter((one) => one.startsWith("place")), ["place 19"]);
  assert.equal(heard.filter((one) => one.startsWith("alarm")).length, 20);
});

Deno.test("in a mesh each message soon comes to each device once", async () => {
  const { net, devices } = await crew(1, "ann", "bob", "cal", "dee");
  for (const [i, a] of devices.entries()) {
    for (const b of devices.slice(i + 1)) await net.connect(a, b);
  }
  await net.deliver();
  const heard = devices.slice(1).map((device) => listen(device, "t"));
  await net.pass(3000);
  for (let n = 0; n < 5; n++) {
    await say(devices[0], "t", String(n));
    await net.deliver();
  }
  net.sent.length = 0;
  for (let n = 5; n < 15; n++) {
    await say(devices[0], "t", String(n));
    await net.deliver();
  }
  for (const one of heard) assert.equal(one.length, 15);
  assert.equal(messages(net), 30);
});

Deno.test("a worker that was restarted is heard again, and hears again", async () => {
  const { net, ann, bob } = await pair();
  await net.connect(ann, bob);
  await net.deliver();
  const heard = listen(bob, "t");
  await net.pass(2000);
  await say(ann, "t", "1");
  await net.deliver();
  await ann.restart();
  await net.deliver();
  await say(ann, "t", "2");
  await net.deliver();
  assert.deepEqual(heard, ["t 1", "t 2"]);
  await bob.restart();
  const again = listen(bob, "t");
  await net.deliver();
  await net.pass(2000);
  await say(ann, "t", "3");
  await net.deliver();
  assert.deepEqual(again, ["t 3"]);
});
