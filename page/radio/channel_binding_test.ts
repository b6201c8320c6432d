import assert from "node:assert/strict";
import { channelBinding, fingerprint } from "./channel_binding.ts";

const A = "AB:CD:00";
const B = "12:34:56";
const sdp = (...fingerprints: string[]) =>
  ["v=0", ...fingerprints.map((one) => `a=fingerprint:sha-256 ${one}`), "a=setup:actpass", ""]
    .join("\r\n");

Deno.test("fingerprint() reads Chromium's and Firefox's ways to write it", () => {
  assert.equal(fingerprint(sdp(A)), "sha-256 ab:cd:00");
  assert.equal(fingerprint(`v=0\na=fingerprint:SHA-256 ${A}\n`), "sha-256 ab:cd:00");
  assert.equal(fingerprint(sdp(A, A.toLowerCase())), "sha-256 ab:cd:00");
});

Deno.test("fingerprint() is null when there is none, or more than one", () => {
  assert.equal(fingerprint("v=0\r\n"), null);
  assert.equal(fingerprint("x=1 a=fingerprint:sha-256 AB"), null);
  assert.equal(fingerprint(sdp(A, B)), null);
  assert.equal(fingerprint(`a=fingerprint:sha-1 ${A}\r\na=fingerprint:sha-256 ${A}\r\n`), null);
});

Deno.test("channelBinding() is the same at both ends", async () => {
  const here = await channelBinding({ local: sdp(A), remote: sdp(B) });
  const there = await channelBinding({ local: sdp(B), remote: sdp(A) });
  assert.ok(here && there);
  assert.equal(here.byteLength, 32);
  assert.deepEqual(new Uint8Array(here), new Uint8Array(there));
});

Deno.test("channelBinding() differs when someone sits between", async () => {
  const here = await channelBinding({ local: sdp(A), remote: sdp("FF:FF") });
  const there = await channelBinding({ local: sdp(B), remote: sdp("FF:FF") });
  assert.ok(here && there);
  assert.notDeepEqual(new Uint8Array(here), new Uint8Array(there));
});

Deno.test("channelBinding() is null when a description names a certificate too many", async () => {
  // with M added to both, both ends would see {A, B, M} and either might be speaking with M
  assert.equal(await channelBinding({ local: sdp(A), remote: sdp(B, "FF:FF") }), null);
  assert.equal(await channelBinding({ local: sdp(A), remote: "v=0" }), null);
});
