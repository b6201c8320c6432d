import assert from "node:assert/strict";
import { idOf } from "../../tests/fixtures/devices.ts";
import { toHex } from "../bytes.ts";
import type { EphemeralMessage } from "./ephemeral_message.ts";
import { originName, PushLink } from "./push_tree.ts";
import { RecentMessages } from "./recent_messages.ts";

const NOW = 1_800_000_000_000;
let made = 0;

function messageOf(topic: string, origin = 1, critical = false): EphemeralMessage {
  const counter = ++made;
  const sig = new Uint8Array(64);
  new DataView(sig.buffer).setUint32(0, counter);
  const about = { topic, from: idOf(origin), counter, at: NOW, critical };
  return { ...about, bytes: new Uint8Array(1), retain: false, sig };
}

function idsOf(...messages: readonly EphemeralMessage[]): string[] {
  return messages.map(({ sig }) => toHex(sig.subarray(0, 8)));
}

function newsFor(recent: RecentMessages, link: PushLink, nowMs: number): string[] {
  return recent.newsFor(link, nowMs).map(({ id }) => id);
}

Deno.test("newsFor() tells each link once what it was not sent, when that is 250 ms old", () => {
  const recent = new RecentMessages();
  const [a, b] = [new PushLink(), new PushLink()];
  const message = messageOf("t");
  recent.add(message, true, NOW);
  recent.has(message, a);
  assert.deepEqual(newsFor(recent, b, NOW + 249), []);
  assert.deepEqual(newsFor(recent, a, NOW + 250), []);
  assert.deepEqual(newsFor(recent, b, NOW + 250), idsOf(message));
  assert.deepEqual(newsFor(recent, b, NOW + 500), []);
});

Deno.test("newsFor() tells of a topic the last that is old enough, and of critical ones all", () => {
  const recent = new RecentMessages();
  const of = ["t", "t", "u"].map((topic) => messageOf(topic));
  const alerts = [messageOf("a", 1, true), messageOf("a", 1, true)];
  const [young, notNews] = [messageOf("t"), messageOf("v")];
  for (const one of [...of, ...alerts]) recent.add(one, true, NOW);
  recent.add(notNews, false, NOW);
  recent.add(young, true, NOW + 200);
  const link = new PushLink();
  assert.deepEqual(newsFor(recent, link, NOW + 300), idsOf(...of.slice(1), ...alerts));
  assert.deepEqual(newsFor(recent, link, NOW + 500), idsOf(young));
  assert.deepEqual(recent.newest(idsOf(of[0])), [young], "asked for an old one: the newest");
});

Deno.test("newsOf() tells at once what came of some origins; begin() that nothing is news", () => {
  const recent = new RecentMessages();
  const [mine, other] = [messageOf("t", 1), messageOf("t", 2)];
  for (const one of [mine, other]) recent.add(one, true, NOW);
  const [link, again] = [new PushLink(), new PushLink()];
  assert.deepEqual(recent.newsOf(new Set([originName(idOf(1))]), link), idsOf(mine));
  assert.deepEqual(newsFor(recent, link, NOW + 300), idsOf(other), "and not twice");
  recent.begin(again);
  assert.deepEqual(newsFor(recent, again, NOW + 300), []);
});

Deno.test("told() asks one peer, the next after a second, nobody for what came", () => {
  const recent = new RecentMessages();
  const [a, b] = [new PushLink(), new PushLink()];
  const [here, lost] = [messageOf("t"), messageOf("u")];
  recent.add(here, true, NOW);
  const ids = idsOf(here, lost);
  assert.deepEqual(recent.told(ids, a, NOW), idsOf(lost));
  assert.deepEqual(recent.told(ids, b, NOW), []);
  assert.deepEqual(recent.lacking(b, NOW + 999), []);
  assert.deepEqual(recent.lacking(a, NOW + 1000), [], "it was asked");
  assert.deepEqual(recent.lacking(b, NOW + 1000), idsOf(lost));
  assert.deepEqual(newsFor(recent, a, NOW + 1000), [], "it has what it told of");
  recent.told(ids, a, NOW + 1001);
  recent.add(lost, true, NOW + 1002);
  assert.deepEqual(recent.lacking(a, NOW + 5000), []);
});

Deno.test("what is older than ten seconds is forgotten, and of more than 1,024 the oldest", () => {
  const recent = new RecentMessages();
  const many = Array.from({ length: 1100 }, (_, i) => messageOf(`t/${i}`));
  for (const one of many) recent.add(one, true, NOW);
  assert.deepEqual(recent.newest(idsOf(...many)), many.slice(-1024));
  recent.add(messageOf("late"), true, NOW + 10_001);
  assert.deepEqual(recent.newest(idsOf(...many)), []);
  const link = new PushLink();
  const names = Array.from({ length: 3000 }, (_, i) => i.toString(16).padStart(16, "0"));
  recent.told(names, link, NOW);
  assert.ok(recent.lacking(link, NOW + 20_000).length <= 256);
});
