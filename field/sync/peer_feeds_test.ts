import assert from "node:assert/strict";
import { idOf } from "../../tests/fixtures/devices.ts";
import type { DeviceId } from "../observation.ts";
import type { Head } from "../store/store.ts";
import { MOST_FEEDS } from "./frames.ts";
import { feedHead, heldHead } from "./heads.ts";
import {
  believable,
  findContrary,
  keepHeads,
  lackingAfter,
  repeatsItself,
  waitingFor,
} from "./peer_feeds.ts";

const [BOB, CAL, GONE, NOBODY] = [idOf(1), idOf(2), idOf(3), idOf(4)];

/** `fill`: what the hash of the last entry is made of. */
function headOf(device: DeviceId, seq: number, fill = seq, isForked = false): Head {
  const head = { device, seq, hash: new Uint8Array(32).fill(fill) };
  return isForked ? { ...head, quarantined: "forked" } : head;
}

/** Bob and Cal are members, of Gone's feed three entries are the crew's. */
function replicaWith(...heads: readonly Head[]) {
  return {
    heads,
    headOf: (device: DeviceId) => heads.find((head) => head.device === device),
    through: (device: DeviceId) => device === GONE ? 3 : device === NOBODY ? 0 : Infinity,
    hashAt: (_: DeviceId, seq: number) => Promise.resolve(new Uint8Array(32).fill(seq)),
    knows: (device: DeviceId) => device === BOB || device === CAL,
  };
}

const nothing = () => ({
  heads: new Map<DeviceId, ReturnType<typeof feedHead>>(),
  contrary: new Set<DeviceId>(),
});

Deno.test("believable() is what is here too: no more entries, and no others under their numbers", () => {
  const replica = replicaWith(headOf(BOB, 5));
  const seqOf = (head: Head) => believable(replica, [feedHead(head)])[0]?.seq;
  assert.equal(seqOf(headOf(BOB, 4)), 4);
  assert.equal(seqOf(headOf(BOB, 5)), 5);
  assert.equal(seqOf(headOf(BOB, 5, 9)), undefined, "another entry");
  assert.equal(seqOf(headOf(BOB, 2 ** 53 - 1)), 5);
  assert.equal(seqOf(headOf(CAL, 1)), undefined, "not here");
  assert.equal(seqOf(headOf(NOBODY, 1)), undefined);
});

Deno.test("keepHeads() keeps feeds of the crew, and of others a bounded number", () => {
  const peer = nothing();
  const strangers = Array.from({ length: 3 * MOST_FEEDS }, (_, n) => {
    const device = n.toString(16).padStart(64, "f");
    return feedHead(headOf(device, 1));
  });
  const replica = {
    ...replicaWith(),
    through: (device: DeviceId) => device === BOB || device === CAL ? Infinity : 0,
  };
  keepHeads(replica, peer, [feedHead(headOf(BOB, 1)), ...strangers]);
  keepHeads(replica, peer, [...strangers.toReversed(), feedHead(headOf(CAL, 1))]);
  assert.ok(peer.heads.has(BOB) && peer.heads.has(CAL));
  assert.equal(peer.heads.size, MOST_FEEDS + 2);
});

Deno.test("keepHeads() goes back for nothing but a fork", () => {
  const [peer, replica] = [nothing(), replicaWith()];
  keepHeads(replica, peer, [feedHead(headOf(BOB, 5))]);
  keepHeads(replica, peer, [feedHead(headOf(BOB, 4))]);
  assert.equal(peer.heads.get(BOB)?.seq, 5);
  keepHeads(replica, peer, [feedHead(headOf(BOB, 3, 3, true))]);
  assert.equal(peer.heads.get(BOB)?.isForked, true);
});

Deno.test("lackingAfter() is where the peer's feed has news for us", async () => {
  const replica = replicaWith(headOf(BOB, 5), headOf(GONE, 2));
  const after = (head: Head, peer = nothing()) => lackingAfter(replica, peer, feedHead(head));
  assert.equal(after(headOf(BOB, 7)), 5);
  assert.equal(after(headOf(BOB, 5)), null);
  assert.equal(after(headOf(BOB, 4)), null);
  assert.equal(after(headOf(CAL, 2)), 0);
  assert.equal(after(headOf(NOBODY, 2)), null);
  assert.equal(after(headOf(GONE, 9)), 2, "up to its removal");
  assert.equal(after(headOf(BOB, 5, 9)), 4, "the other side of a fork");
  const peer = nothing();
  await findContrary(replica, peer, [feedHead(headOf(BOB, 3, 9)), feedHead(headOf(CAL, 3))]);
  assert.deepEqual([...peer.contrary], [BOB]);
  assert.equal(after(headOf(BOB, 3, 9), peer), 2, "the fork is further back");
  await findContrary(replica, peer, [feedHead(headOf(BOB, 3))]);
  assert.equal(after(headOf(BOB, 3), peer), null);
});

Deno.test("lackingAfter() asks for the proof of a fork that the peer tells of, until it is here", () => {
  const ofFork = (mine: readonly Head[], theirs: Head) =>
    lackingAfter(replicaWith(...mine), nothing(), feedHead(theirs));
  const theirs = headOf(BOB, 5, 5, true);
  assert.equal(ofFork([], theirs), 0, "what was before comes first");
  assert.equal(ofFork([headOf(BOB, 3)], theirs), 3);
  assert.equal(ofFork([headOf(BOB, 5)], theirs), 5, "the same side: only the proof is lacking");
  assert.equal(ofFork([headOf(BOB, 8)], theirs), 5);
  assert.equal(ofFork([headOf(BOB, 5, 9)], theirs), 4, "the other side");
  assert.equal(ofFork([headOf(BOB, 5, 9, true)], theirs), null, "both know");
  assert.equal(ofFork([], headOf(NOBODY, 5, 5, true)), null);
});

Deno.test("waitingFor() counts what the peer is not known to have; sides of a fork wait for nobody", () => {
  const peer = nothing();
  const replica = replicaWith(headOf(BOB, 5), headOf(CAL, 4, 4, true));
  assert.equal(waitingFor(replica, peer), 9);
  peer.heads.set(BOB, heldHead(headOf(BOB, 3)));
  peer.heads.set(CAL, feedHead(headOf(CAL, 1, 1, true)));
  assert.equal(waitingFor(replica, peer), 2);
});

Deno.test("repeatsItself() counts what the peer itself had said, not what others had brought", () => {
  const session = { brought: new Map([[BOB, 3]]), repeats: 0 };
  for (let n = 4; n < 200; n++) assert.ok(!repeatsItself(session, new Map([[BOB, n]])));
  for (let n = 0; n < 200; n++) assert.ok(!repeatsItself(session, new Map([[BOB, 1], [CAL, 1]])));
  assert.ok(!repeatsItself(session, new Map()));
  assert.equal(session.repeats, 0);
  for (let n = 0; n < 8; n++) assert.ok(!repeatsItself(session, new Map([[BOB, 1 + n % 3]])));
  assert.ok(repeatsItself(session, new Map([[BOB, 3]])));
});
