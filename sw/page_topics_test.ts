import assert from "node:assert/strict";
import { FieldError } from "../field/errors.ts";
import type { HeardMessage, Listener } from "../field/sync/ephemerals.ts";
import { PageTopics } from "./page_topics.ts";
import type { NoticeBody } from "./pages.ts";
import type { Client } from "./scope.ts";

function setUp() {
  const told: { page: string; body: NoticeBody }[] = [];
  const listeners = new Map<Listener, string>();
  const closed = new Set<string>();
  const published: unknown[] = [];
  const topics = new PageTopics({
    node: {
      publish: (message) => Promise.resolve(void published.push(message)),
      subscribe: (pattern, listener) => {
        if (pattern === "bad#") throw new FieldError("bad-message", "Cannot subscribe.");
        listeners.set(listener, pattern);
        return () => void listeners.delete(listener);
      },
    },
    pages: { tellOne: ({ id }, body) => void told.push({ page: id, body }) },
    isOpen: ({ id }) => Promise.resolve(!closed.has(id)),
  });
  const page = (id: string) => ({ id, postMessage: () => {} }) as unknown as Client;
  const say = (heard: HeardMessage) => {
    for (const listener of listeners.keys()) listener(heard);
  };
  const subscribe = (subscription: string, pattern: string, on = "p1") =>
    topics.subscribe({ id: "c", kind: "subscribe", subscription, pattern }, page(on));
  return { topics, told, listeners, closed, published, say, subscribe };
}

const heard = { topic: "sensor/a", from: "d1", at: 7, bytes: Uint8Array.of(1, 2) };

Deno.test("a page hears what it subscribed to, under its own name for it, until it ends it", async () => {
  const { topics, told, say, subscribe } = setUp();
  await subscribe("s1", "sensor/+");
  say(heard);
  const { bytes, ...rest } = heard;
  const notice = { notice: "message", subscription: "s1", ...rest, bytes: bytes.buffer };
  assert.deepEqual(told, [{ page: "p1", body: notice }]);
  await topics.unsubscribe({ id: "c", kind: "unsubscribe", subscription: "s1" });
  say(heard);
  assert.equal(told.length, 1);
});

Deno.test("the same subscription asked for twice is one", async () => {
  const { listeners, subscribe } = setUp();
  await subscribe("s1", "sensor/+");
  await subscribe("s1", "sensor/+");
  assert.equal(listeners.size, 1);
});

Deno.test("subscribe() hands on why a pattern is refused, and forgets those of closed pages for room", async () => {
  const { closed, listeners, subscribe } = setUp();
  await assert.rejects(subscribe("s0", "bad#"), { code: "bad-message" });
  for (let n = 0; n < 256; n++) await subscribe(`s${n}`, "a/b", n < 10 ? "gone" : "here");
  await assert.rejects(subscribe("more", "a/b"), { code: "bad-message" });
  closed.add("gone");
  await subscribe("more", "a/b");
  assert.equal(listeners.size, 247);
});

Deno.test("publish() gives the node bytes", async () => {
  const { topics, published } = setUp();
  const bytes = Uint8Array.of(1, 2).buffer;
  const rest = { topic: "sensor/a", retain: true, critical: false };
  await topics.publish({ id: "c", kind: "publish", bytes, ...rest });
  assert.deepEqual(published, [{ ...rest, bytes: Uint8Array.of(1, 2) }]);
});
