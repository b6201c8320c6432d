import assert from "node:assert/strict";
import type { ChannelEvents } from "../../field/link/signal.ts";
import { until } from "../fakes_for_tests.ts";
import { chromiumAnswer, chromiumOffer } from "./browser_sdps_for_tests.ts";
import { PairChannel } from "./pair_channel.ts";

/** The browser's two halves of a connection, as far as a channel asks them. */
class FakeData extends EventTarget {
  readyState = "connecting";
  binaryType = "blob";
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  readonly sent: ArrayBuffer[] = [];
  send(bytes: ArrayBuffer): void {
    this.sent.push(bytes);
  }
  close(): void {
    this.readyState = "closed";
  }
  open(): void {
    this.readyState = "open";
    this.dispatchEvent(new Event("open"));
  }
  say(data: unknown): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}

class FakeConnection extends EventTarget {
  connectionState = "new";
  isClosed = false;
  close(): void {
    this.isClosed = true;
  }
  become(state: string): void {
    this.connectionState = state;
    this.dispatchEvent(new Event("connectionstatechange"));
  }
}

function made(remote = chromiumAnswer) {
  const [pc, data] = [new FakeConnection(), new FakeData()];
  const heard: string[] = [];
  const told: string[] = [];
  const channel = new PairChannel(
    pc as unknown as RTCPeerConnection,
    data as unknown as RTCDataChannel,
    {
      peerId: "fm-other",
      descriptions: { local: chromiumOffer, remote },
      onOpen: () => told.push("open"),
      onOver: () => told.push("over"),
    },
  );
  const events: ChannelEvents = {
    opened: (binding) => heard.push(`opened ${binding?.byteLength ?? null}`),
    received: (bytes) => heard.push(`received ${bytes}`),
    drained: () => heard.push("drained"),
    shaky: (isShaky) => heard.push(`shaky ${isShaky}`),
    closed: () => heard.push("closed"),
  };
  return { pc, data, channel, heard, told, events };
}

Deno.test("PairChannel gives the binding first, then what came before anybody listened, in order", async () => {
  const { data, channel, heard, told, events } = made();
  assert.equal(data.binaryType, "arraybuffer");
  data.open();
  data.say("hello");
  channel.listen(events);
  data.say("proof");
  await until(() => heard.length === 3);
  data.say("more");
  assert.deepEqual(heard, ["opened 32", "received hello", "received proof", "received more"]);
  assert.deepEqual(told, ["open"]);
});

Deno.test("PairChannel has no binding when a description names a certificate too many", async () => {
  const more = `a=fingerprint:sha-256 ${Array(32).fill("00").join(":")}\r\n`;
  const { data, channel, heard, events } = made(chromiumAnswer + more);
  data.open();
  channel.listen(events);
  await until(() => heard.length === 1);
  assert.deepEqual(heard, ["opened null"]);
});

Deno.test("PairChannel tells of trouble and of its end only once it was open", async () => {
  const { pc, data, channel, heard, told, events } = made();
  pc.become("failed");
  assert.deepEqual(told, []);
  data.open();
  channel.listen(events);
  await until(() => heard.length === 1);
  for (const state of ["disconnected", "connected", "failed"]) pc.become(state);
  assert.deepEqual(heard.slice(1), ["shaky true", "shaky false", "closed"]);
  assert.deepEqual(told, ["open", "over"]);
  assert.ok(pc.isClosed);
});

Deno.test("PairChannel ends when the other side closes, and no event follows its own close", () => {
  const gone = made();
  gone.data.open();
  gone.channel.listen(gone.events);
  gone.data.dispatchEvent(new Event("close"));
  assert.deepEqual(gone.heard, ["closed"]);

  const left = made();
  left.data.open();
  left.channel.listen(left.events);
  left.channel.close();
  left.data.say("late");
  left.pc.become("closed");
  assert.deepEqual(left.heard, []);
  assert.deepEqual(left.told, ["open", "over"]);
});

Deno.test("PairChannel does not keep what nobody listens to without bound", () => {
  const { data, told } = made();
  data.open();
  for (let i = 0; i < 65; i++) data.say(i);
  assert.deepEqual(told, ["open", "over"]);
});
