import assert from "node:assert/strict";
import fc from "fast-check";
import { toHex } from "../bytes.ts";
import {
  encodeRelayFrame,
  isRelayId,
  parseRelayFrame,
  readdress,
  RELAY_HEAD_BYTES,
  RELAY_MOST_BYTES,
  type RelayFrame,
} from "./relay_frames.ts";

const hex = (byteLength: number) =>
  fc.uint8Array({ minLength: byteLength, maxLength: byteLength }).map(toHex);
const peer = hex(16).map((digits) => `fm-${digits}`);
const someone = peer.filter((id) => !/^fm-0+$/.test(id));
const channel = hex(8);
const frame: fc.Arbitrary<RelayFrame> = fc.oneof(
  fc.record({ kind: fc.constant("welcome" as const), peer: fc.option(someone) }),
  fc.record({ kind: fc.constant("beat" as const) }),
  fc.record({ kind: fc.constantFrom("open", "close", "absent"), peer, channel }),
  fc.record({
    kind: fc.constant("data" as const),
    peer,
    channel,
    payload: fc.uint8Array({ maxLength: 100 }).map((bytes) => new Uint8Array(bytes)),
  }),
  fc.record({ kind: fc.constant("gone" as const), peer }),
  fc.record({ kind: fc.constant("bye" as const), reason: fc.string({ maxLength: 100 }) }),
);

Deno.test("every frame is read as it was written", () => {
  fc.assert(fc.property(frame, (frame) => {
    assert.deepEqual(parseRelayFrame(encodeRelayFrame(frame)), { ...frame });
  }));
});

Deno.test("parseRelayFrame() never throws, and knows what is no frame", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    const parsed = parseRelayFrame(new Uint8Array(bytes));
    if (bytes.length < RELAY_HEAD_BYTES || bytes[0] === 0) assert.equal(parsed, null);
    else if (bytes[0] > 8) assert.equal(parsed, "unknown");
    else assert.equal(typeof parsed, "object");
  }));
  const most = new Uint8Array(RELAY_MOST_BYTES + 1).fill(4);
  assert.equal(parseRelayFrame(most), null);
  assert.notEqual(parseRelayFrame(most.subarray(1)), null);
});

Deno.test("readdress() changes whom it names and nothing else", () => {
  fc.assert(fc.property(peer, peer, channel, (to, from, channel) => {
    const payload = new Uint8Array([1, 2, 3]);
    const bytes = encodeRelayFrame({ kind: "data", peer: to, channel, payload });
    assert.equal(readdress(bytes, from), bytes);
    assert.deepEqual(parseRelayFrame(bytes), { kind: "data", peer: from, channel, payload });
  }));
});

Deno.test("isRelayId() takes the ids of the crew's devices alone", () => {
  assert.ok(isRelayId(`fm-${"0a".repeat(16)}`));
  for (const id of [null, 1, "", "fm-", "0a".repeat(16), `fm-${"0A".repeat(16)}`]) {
    assert.ok(!isRelayId(id), String(id));
  }
  assert.throws(() => encodeRelayFrame({ kind: "gone", peer: "someone" }));
  assert.throws(() =>
    encodeRelayFrame({ kind: "open", peer: `fm-${"0".repeat(32)}`, channel: "1" })
  );
});
