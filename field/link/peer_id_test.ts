import assert from "node:assert/strict";
import { sha256, toHex } from "../bytes.ts";
import { peerIdOf } from "./peer_id.ts";

Deno.test("peerIdOf() gives the same id to everyone who knows the key, and tells nothing of it", async () => {
  const device = toHex(await sha256(new TextEncoder().encode("a device")));
  const id = await peerIdOf(device);
  // devices of one crew may run different versions: an id must never change
  assert.equal(id, "fm-c485afee09dde5d9dfd29615edaa1341");
  assert.ok(!device.includes(id.slice(3)));
});
