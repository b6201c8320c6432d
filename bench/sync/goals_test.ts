import assert from "node:assert/strict";
import { GOALS } from "./goals.ts";
import { largerMeetings, meetings } from "./own_meetings.ts";
import { stalledPeer } from "./stalled_peer.ts";
import { totalOf } from "./timed_link.ts";

// bytes and virtual time: the same on every machine

Deno.test("two devices that meet stay within the bytes that sync is held to", async () => {
  const { nothingNew, plus, cold, overhead } = await meetings();
  const { pictured } = await largerMeetings();
  for (const one of [nothingNew, pictured]) assert.ok(totalOf(one) <= GOALS.nothingNewBytes);
  assert.ok(totalOf(plus) <= GOALS.plusBytes);
  assert.ok(totalOf(cold) <= GOALS.coldBytes);
  for (const one of [overhead.cold, overhead.pushed]) assert.ok(one > 0 && one < GOALS.overhead);
});

Deno.test("a peer that does not read costs little, and has an alert soon once it reads again", async () => {
  const stall = await stalledPeer();
  assert.ok(stall.mostHeldBytes <= GOALS.heldBytes, `${stall.mostHeldBytes} B held`);
  for (const ms of [stall.messageMs, stall.noteMs, stall.earlierMs]) {
    assert.ok(ms > 0 && ms < GOALS.alertMs, `${ms} ms`);
  }
  assert.ok(stall.overhead > 0 && stall.overhead < GOALS.overhead);
});
