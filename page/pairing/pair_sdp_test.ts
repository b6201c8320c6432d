import assert from "node:assert/strict";
import fc from "fast-check";
import * as browsers from "./browser_sdps_for_tests.ts";
import { formatAddress } from "./address.ts";
import { endpoints } from "./half_for_tests.ts";
import { CANDIDATES_MOST, readSdp, writeSdp } from "./pair_sdp.ts";

/** Every line that an SDP of ours may have. */
const LINES = [
  /^v=0$/,
  /^o=- 1 1 IN IP4 0\.0\.0\.0$/,
  /^s=-$/,
  /^t=0 0$/,
  /^a=group:BUNDLE 0$/,
  /^m=application 9 UDP\/DTLS\/SCTP webrtc-datachannel$/,
  /^c=IN IP4 0\.0\.0\.0$/,
  /^a=candidate:\d 1 udp \d{1,10} ([0-9.]{7,15}|[0-9a-f:]{39}|[0-9a-f-]{36}\.local) \d{1,5} typ host$/,
  /^a=ice-ufrag:[A-Za-z0-9+/]{4,32}$/,
  /^a=ice-pwd:[A-Za-z0-9+/]{22,64}$/,
  /^a=fingerprint:sha-256 [0-9A-F]{2}(:[0-9A-F]{2}){31}$/,
  /^a=setup:(active|passive)$/,
  /^a=mid:0$/,
  /^a=sctp-port:5000$/,
  /^a=max-message-size:262144$/,
];

Deno.test("readSdp() reads what Chromium and Firefox write, UDP alone", () => {
  const read = (sdp: string) => {
    const { ufrag, pwd, candidates } = readSdp(sdp) ?? assert.fail("not read");
    return { ufrag, pwd, at: candidates.map((one) => `${formatAddress(one)} ${one.port}`) };
  };
  assert.deepEqual(read(browsers.chromiumOffer), {
    ufrag: "umgh",
    pwd: "2EMtzy9uPWisAfP+Nj4mkDoc",
    at: ["192.0.2.2 50361", "fd00:0000:0000:0000:0000:0000:0000:0002 43317"],
  });
  assert.deepEqual(read(browsers.firefoxNamesAnswer), {
    ufrag: "33ce31bd",
    pwd: "7a35c0c5776d876aad2bc1eb0b94eb48",
    at: [
      "5bbe7f46-75c5-41e5-859c-41a2c12f2a13.local 50412",
      "fa89309a-1a89-472d-aa6e-66befb23d139.local 48534",
    ],
  });
  assert.equal(read(browsers.chromiumNamesOffer).at.length, 2);
});

Deno.test("readSdp() is null without ICE's texts, with a bad one, or with a certificate too many", () => {
  const sdp = browsers.chromiumOffer;
  assert.equal(readSdp(""), null);
  assert.equal(readSdp(sdp.replace(/a=ice-pwd.*\r\n/, "")), null);
  assert.equal(readSdp(sdp.replace("a=ice-ufrag:umgh", "a=ice-ufrag:u-gh")), null);
  assert.equal(readSdp(sdp.replace("sha-256", "sha-1")), null);
  const other = "a=fingerprint:sha-256 " + Array(32).fill("00").join(":");
  assert.equal(readSdp(`${sdp}${other}\r\n`), null);
});

Deno.test("readSdp() takes the most useful few: no link-local, IPv4 before IPv6, each port once", () => {
  const line = (address: string, port: number, priority: number) =>
    `a=candidate:1 1 udp ${priority} ${address} ${port} typ host\r\n`;
  const bare = browsers.chromiumOffer.replace(/a=candidate.*\r\n/g, "");
  const many = Array.from({ length: 9 }, (_, i) => line(`fd00::${i}`, 1000 + i, 900 + i)).join("");
  const twice = line("10.0.0.1", 77, 5) + line("10.0.0.1", 77, 5);
  const { candidates } = readSdp(bare + many + twice + line("fe80::1", 9, 999)) ?? assert.fail();
  assert.equal(candidates.length, CANDIDATES_MOST);
  assert.deepEqual(candidates.map(({ port }) => port), [77, 1008, 1007, 1006, 1005, 1004]);
});

Deno.test("writeSdp() is read back as it was, and has no line but those it may have", () => {
  fc.assert(fc.property(endpoints, fc.boolean(), (endpoint, isOffer) => {
    const sdp = writeSdp(endpoint, isOffer ? "offer" : "answer");
    const lines = sdp.split("\r\n");
    assert.equal(lines.pop(), "");
    for (const line of lines) assert.ok(LINES.some((known) => known.test(line)), line);
    assert.doesNotMatch(lines.join(""), /[\r\n]/);
    const again = readSdp(sdp) ?? assert.fail("not read");
    assert.deepEqual(again.fingerprint, endpoint.fingerprint);
    assert.deepEqual([again.ufrag, again.pwd], [endpoint.ufrag, endpoint.pwd]);
  }));
});
