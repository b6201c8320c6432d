import assert from "node:assert/strict";
import { idOf } from "../../tests/fixtures/devices.ts";
import type { Bytes } from "../bytes.ts";
import type { LinkState } from "../schedule/send_rate.ts";
import { encodeBeat, parseBeat } from "../world/agent_beat.ts";
import type { CameraPose } from "../world/camera_pose.ts";
import { MOST_AGENTS } from "../world/world_state.ts";
import { BEAT_EVERY_MS, BeatTalk, FORGET_AGENT_MS, MOVED_EVERY_MS } from "./beat_talk.ts";
import type { HeardMessage } from "./ephemerals.ts";
import { isOwnTopic, isSelfSpoken } from "./topics.ts";

const [ANN, BOB, CAT] = [idOf(1), idOf(2), idOf(3)];
const POSE: CameraPose = {
  ...{ position: [1, 2], heightM: 3, headingDeg: 90, tiltDeg: 20, fovDeg: 60 },
  ...{ aspect: 1.5, rangeM: 50 },
};

/** Ann's talk over a node of the test's. */
function annsTalk() {
  const node = {
    connected: new Set<string>(),
    links: [] as LinkState[],
    sent: [] as { topic: string; bytes: Bytes; retain?: boolean }[],
    malformed: [] as string[],
    failing: false,
  };
  const at = { now: 1_800_000_000_000, changes: 0 };
  const ends: string[] = [];
  let hear = (_: HeardMessage) => {};
  const talk = new BeatTalk({
    ...{ cell: "yard", self: ANN, nowMs: () => at.now, onChanged: () => void at.changes++ },
    node: {
      get connected() {
        return node.connected;
      },
      get links() {
        return node.links;
      },
      publish: (message) => {
        if (node.failing) return Promise.reject(new Error("no room"));
        node.sent.push(message);
        return Promise.resolve();
      },
      subscribe: (pattern, listener) => {
        hear = listener;
        return () => void ends.push(pattern);
      },
      reportMalformed: (device) => void node.malformed.push(device),
    },
  });
  const said = (from: string, pose: CameraPose | null, atMs = at.now) => {
    hear({ topic: `beat/yard/${from}`, from, at: atMs, bytes: encodeBeat({ atMs, pose }) });
  };
  return { talk, node, at, said, ends, hear: (message: HeardMessage) => hear(message) };
}

const told = ({ sent }: { sent: { bytes: Bytes }[] }) => sent.map(({ bytes }) => parseBeat(bytes));

Deno.test("tell() says at once where it is, then every ten seconds, and keeps it for who comes", async () => {
  const { talk, node, at } = annsTalk();
  talk.place(POSE);
  await talk.tell();
  assert.deepEqual(node.sent[0].topic, `beat/yard/${ANN}`);
  assert.equal(node.sent[0].retain, true);
  assert.deepEqual(told(node), [{ atMs: at.now, pose: POSE }]);
  at.now += BEAT_EVERY_MS - 1;
  await talk.tell();
  assert.equal(node.sent.length, 1);
  at.now += 1;
  await talk.tell();
  assert.equal(node.sent.length, 2);
});

Deno.test("tell() says of a camera that moves five times a second, and the last place in the end", async () => {
  const { talk, node, at } = annsTalk();
  const ms = 2_000;
  for (let passed = 0; passed < ms; passed += 20) {
    at.now += 20;
    talk.place({ ...POSE, position: [passed / 1000, 0] });
    await talk.tell();
  }
  assert.equal(node.sent.length, ms / MOVED_EVERY_MS);
  at.now += MOVED_EVERY_MS;
  await talk.tell();
  assert.deepEqual(told(node).at(-1)?.pose?.position, [1.98, 0]);
  const { length } = node.sent;
  at.now += MOVED_EVERY_MS;
  talk.place({ ...POSE, position: [1.98, 0] });
  await talk.tell();
  assert.equal(node.sent.length, length, "it is where it was");
});

Deno.test("tell() says of a camera that moves twice a round trip where that is long, and at once to who comes", async () => {
  const { talk, node, at } = annsTalk();
  node.links = [{ rttMs: 1_000, loss: 0, pressure: 0 }];
  for (let passed = 0; passed < 5_000; passed += 20) {
    talk.place({ ...POSE, position: [passed / 1000, 0] });
    await talk.tell();
    at.now += 20;
  }
  assert.equal(node.sent.length, 10);
  node.connected = new Set([BOB]);
  await talk.tell();
  assert.equal(node.sent.length, 11);
});

Deno.test("tell() says it at once to who comes", async () => {
  const { talk, node, at } = annsTalk();
  await talk.tell();
  at.now += 10;
  node.connected = new Set([BOB]);
  await talk.tell();
  await talk.tell();
  assert.equal(node.sent.length, 2);
  node.connected = new Set();
  await talk.tell();
  assert.equal(node.sent.length, 2);
});

Deno.test("tell() tries again soon what could not be published", async () => {
  const { talk, node, at } = annsTalk();
  node.failing = true;
  await assert.rejects(talk.tell(), /no room/);
  node.failing = false;
  at.now += MOVED_EVERY_MS;
  await talk.tell();
  assert.equal(node.sent.length, 1);
});

Deno.test("agents() has this one and those heard, in order, with when, and forgets after five minutes", () => {
  const { talk, at, said } = annsTalk();
  said(CAT, null);
  said(BOB, POSE);
  const heardMs = at.now;
  at.now += FORGET_AGENT_MS;
  const ann = { id: ANN, pose: null, lastAtMs: at.now };
  assert.deepEqual(talk.agents(), [
    ...[ann, { id: BOB, pose: POSE, lastAtMs: heardMs }],
    { id: CAT, pose: null, lastAtMs: heardMs },
  ]);
  at.now += 1;
  assert.deepEqual(talk.agents().map(({ id }) => id), [ANN]);
});

Deno.test("agents() trusts no clock that is ahead, and of who is linked none at all", () => {
  const { talk, at, said, node } = annsTalk();
  node.connected = new Set([CAT]);
  said(BOB, POSE, at.now + 60_000);
  said(CAT, POSE, at.now - 60_000);
  assert.deepEqual(talk.agents().map(({ lastAtMs }) => at.now - lastAtMs), [0, 0, 0]);
  said(BOB, POSE, at.now - 4_000);
  assert.equal(
    talk.agents()[1].lastAtMs,
    at.now - 4_000,
    "what somebody kept is as old as it says",
  );
});

Deno.test("onChanged() is called for who is new and who moved, not for each beat", () => {
  const { at, said } = annsTalk();
  said(BOB, POSE);
  said(BOB, POSE);
  assert.equal(at.changes, 1);
  said(BOB, { ...POSE, headingDeg: 91 });
  said(BOB, null);
  assert.equal(at.changes, 3);
});

Deno.test("what cannot be read is reported; what this device said itself is not heard", () => {
  const { talk, node, hear, said, at } = annsTalk();
  hear({ topic: `beat/yard/${BOB}`, from: BOB, at: at.now, bytes: Uint8Array.of(1) });
  said(ANN, POSE);
  assert.deepEqual(node.malformed, [BOB]);
  assert.deepEqual(talk.agents().map(({ id, pose }) => [id, pose]), [[ANN, null]]);
});

Deno.test("agents() are bounded: who was heard longest ago goes", () => {
  const { talk, said } = annsTalk();
  for (let n = 10; n < 10 + MOST_AGENTS; n++) said(idOf(n), null);
  said(idOf(11), null);
  said(idOf(200), null);
  const ids = talk.agents().map(({ id }) => id);
  assert.equal(ids.length, MOST_AGENTS);
  assert.ok(ids.includes(idOf(11)) && ids.includes(idOf(200)));
  assert.ok(!ids.includes(idOf(10)) && !ids.includes(idOf(12)));
});

Deno.test("place() takes no pose that others would not; end() hears nothing any more", () => {
  const { talk, ends } = annsTalk();
  assert.throws(() => talk.place({ ...POSE, heightM: 0 }), /no sound pose/);
  talk.end();
  assert.deepEqual(ends, ["beat/yard/+"]);
});

Deno.test("isOwnTopic() lets a device speak of where it is, and of nobody else", () => {
  assert.ok(isOwnTopic(`beat/yard/${ANN}`, ANN));
  assert.ok(!isOwnTopic(`beat/yard/${ANN}`, BOB));
  assert.ok(isSelfSpoken(`beat/yard/${ANN}`));
  assert.ok(!isSelfSpoken("beatles/yard"));
});
