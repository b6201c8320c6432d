import assert from "node:assert/strict";
import { settled } from "./fakes_for_tests.ts";
import { PageEvents } from "./page_events.ts";

Deno.test("a late listener hears of a waiting update, each of them", async () => {
  const events = new PageEvents();
  const update = { apply: () => {} };
  events.emit("update", update);
  const heard: unknown[] = [];
  events.on("update", (value) => heard.push(value));
  assert.equal(heard.length, 0, "not within on()");
  await settled();
  events.on("update", (value) => heard.push(value));
  await settled();
  assert.deepEqual(heard, [update, update]);
});

Deno.test("offlineReady is kept until it has been heard, by all who begin to listen together", async () => {
  const events = new PageEvents();
  events.emit("offlineReady", null);
  let heard = 0;
  events.on("offlineReady", () => heard++);
  events.on("offlineReady", () => heard++);
  await settled();
  assert.equal(heard, 2);
  events.on("offlineReady", () => heard++);
  await settled();
  assert.equal(heard, 2);
});

Deno.test("what was heard at once is not kept; of early failures the newest few are", async () => {
  const events = new PageEvents();
  const fail = (message: string) =>
    events.emit("failure", { failure: { code: "internal", message }, trying: "x" });
  for (let at = 0; at < 20; at++) fail(String(at));
  const heard: string[] = [];
  events.on("failure", ({ failure }) => heard.push(failure.message));
  await settled();
  assert.deepEqual(heard, ["12", "13", "14", "15", "16", "17", "18", "19"]);
  fail("now");
  events.on("failure", ({ failure }) => heard.push(`late ${failure.message}`));
  await settled();
  assert.deepEqual(heard.slice(8), ["now"]);
});

Deno.test("withdraw() ends what lasted", async () => {
  const events = new PageEvents();
  events.emit("installable", () => Promise.resolve());
  events.withdraw("installable");
  let heard = 0;
  events.on("installable", () => heard++);
  await settled();
  assert.equal(heard, 0);
});

Deno.test("status is not kept: it would be old", async () => {
  const events = new PageEvents();
  events.emit("capture", null);
  let heard = 0;
  events.on("capture", () => heard++);
  await settled();
  assert.equal(heard, 0);
});
