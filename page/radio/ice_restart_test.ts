import assert from "node:assert/strict";
import { FakeTiming, settled } from "../fakes_for_tests.ts";
import { fingerprint } from "./channel_binding.ts";
import { IceRestart, type RestartMessage } from "./ice_restart.ts";

const sdp = (name: string) => `v=0\r\na=fingerprint:sha-256 ${name}\r\n`;

/** A connection that does as it is told and remembers it. */
class FakeConnection {
  connectionState: RTCPeerConnectionState = "connected";
  signalingState: RTCSignalingState = "stable";
  readonly log: string[] = [];
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  createOffer(options?: RTCOfferOptions): Promise<RTCSessionDescriptionInit> {
    assert.equal(options?.iceRestart, true);
    return Promise.resolve({ type: "offer", sdp: sdp(this.#name) });
  }
  createAnswer(): Promise<RTCSessionDescriptionInit> {
    return Promise.resolve({ type: "answer", sdp: sdp(this.#name) });
  }
  setLocalDescription(description?: RTCLocalSessionDescriptionInit): Promise<void> {
    return this.#set("local", description?.type);
  }
  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    return this.#set("remote", description.type);
  }
  #set(side: "local" | "remote", type = "none"): Promise<void> {
    this.log.push(`${side} ${type}`);
    this.signalingState = type === "answer" ? "stable" : `have-${side}-offer`;
    return Promise.resolve();
  }
}

function setUp() {
  const timing = new FakeTiming();
  const seen = { foreign: 0, errors: [] as unknown[] };
  const line = { isUp: true };
  const end = (isCaller: boolean) => {
    const pc = new FakeConnection(isCaller ? "AA" : "BB");
    const sent: RestartMessage[] = [];
    const restart = new IceRestart({
      timing,
      pc: pc as unknown as RTCPeerConnection,
      isCaller,
      remoteFingerprint: fingerprint(sdp(isCaller ? "BB" : "AA")) ?? "",
      send: (message) => {
        if (line.isUp) sent.push(message);
        return line.isUp;
      },
      onForeign: () => seen.foreign++,
      onError: (error) => seen.errors.push(error),
    });
    const become = (state: RTCPeerConnectionState) => {
      pc.connectionState = state;
      restart.stateChanged();
    };
    return { pc, sent, restart, become };
  };
  return { timing, seen, line, caller: end(true), callee: end(false) };
}

Deno.test("two seconds of silence: the caller offers, the callee answers, and both have a new path", async () => {
  const { timing, seen, caller, callee } = setUp();
  caller.become("disconnected");
  callee.become("disconnected");
  await timing.pass(1_999);
  assert.equal(caller.sent.length, 0);
  await timing.pass(1);
  await settled();
  await callee.restart.received(caller.sent[0]);
  await caller.restart.received(callee.sent[0]);
  assert.deepEqual(caller.pc.log, ["local offer", "remote answer"]);
  assert.deepEqual(callee.pc.log, ["remote offer", "local answer"]);
  caller.become("connected");
  await timing.pass(60_000);
  assert.deepEqual([caller.sent.length, callee.sent.length, seen.errors], [1, 1, []]);
});

Deno.test("a connection that comes back by itself is left alone", async () => {
  const { timing, caller } = setUp();
  caller.become("disconnected");
  await timing.pass(1_500);
  caller.become("connected");
  await timing.pass(60_000);
  assert.equal(caller.sent.length, 0);
});

Deno.test("a failed connection is restarted at once, and again every five seconds until it is back", async () => {
  const { timing, line, caller } = setUp();
  line.isUp = false;
  caller.become("failed");
  await timing.pass(4_000);
  line.isUp = true; // the line to the hub, which went with the network, is back
  await timing.pass(1_000);
  await settled();
  assert.deepEqual(caller.sent.map(({ restart }) => restart), [2]);
  caller.become("failed");
  await timing.pass(5_000);
  await settled();
  assert.deepEqual(caller.sent.map(({ restart }) => restart), [2, 3]);
});

Deno.test("the callee never offers, and the caller takes no offer", async () => {
  const { timing, caller, callee } = setUp();
  callee.become("failed");
  await timing.pass(60_000);
  assert.deepEqual(callee.sent, []);
  await caller.restart.received({ restart: 1, sdp: { type: "offer", sdp: sdp("BB") } });
  assert.deepEqual(caller.pc.log, []);
});

Deno.test("an answer to an offer that was made anew since is not taken", async () => {
  const { timing, caller } = setUp();
  caller.become("disconnected");
  await timing.pass(7_000);
  await settled();
  assert.equal(caller.sent.length, 2);
  const answer = (restart: number) => ({ restart, sdp: { type: "answer", sdp: sdp("BB") } });
  await caller.restart.received(answer(1));
  assert.ok(!caller.pc.log.includes("remote answer"));
  await caller.restart.received(answer(2));
  await caller.restart.received(answer(2));
  assert.deepEqual(caller.pc.log.filter((one) => one === "remote answer").length, 1);
});

Deno.test("another certificate is never applied, and ends the link", async () => {
  for (const foreign of ["CC", "AA"]) {
    const { seen, callee } = setUp();
    const forged = foreign === "AA" ? sdp("AA") + sdp("CC").slice(5) : sdp("CC");
    await callee.restart.received({ restart: 1, sdp: { type: "offer", sdp: forged } });
    assert.deepEqual([callee.pc.log, seen.foreign], [[], 1]);
    await callee.restart.received({ restart: 2, sdp: { type: "offer", sdp: sdp("AA") } });
    assert.deepEqual(callee.pc.log, [], "it is over");
  }
});

Deno.test("what is no restart message is nobody's", async () => {
  const { seen, callee } = setUp();
  const sdps = [null, "x", {}, { type: "rollback", sdp: sdp("AA") }, { type: "offer", sdp: 1 }];
  for (const payload of [null, undefined, 1, {}, { restart: "1" }]) {
    await callee.restart.received(payload);
  }
  for (const one of sdps) await callee.restart.received({ restart: 1, sdp: one });
  assert.deepEqual([callee.pc.log, seen.foreign, seen.errors], [[], 0, []]);
});

Deno.test("stop() ends all tries", async () => {
  const { timing, caller } = setUp();
  caller.become("disconnected");
  caller.restart.stop();
  await timing.pass(60_000);
  assert.deepEqual([caller.sent, timing.pending], [[], 0]);
});
