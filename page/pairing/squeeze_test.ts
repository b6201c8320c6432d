import assert from "node:assert/strict";
import fc from "fast-check";
import { toBase64Url } from "../../field/bytes.ts";
import { encodeTicket } from "../../field/invite.ts";
import * as browsers from "./browser_sdps_for_tests.ts";
import { halves } from "./half_for_tests.ts";
import { readSdp, writeSdp } from "./pair_sdp.ts";
import { type PairHalf, squeeze, SQUEEZED_MOST_BYTES, unfold } from "./squeeze.ts";

const TICKET = {
  founder: "11".repeat(32),
  inviter: "22".repeat(32),
  id: new Uint8Array(8),
  secret: new Uint8Array(16),
  expires: Date.UTC(2026, 10, 21),
};

function halfOf(sdp: string, invite: string | null): PairHalf {
  const endpoint = readSdp(sdp) ?? assert.fail("not read");
  const attempt = Uint8Array.of(1, 2, 3, 4);
  return { half: "offer", attempt, peerId: `fm-${"ab".repeat(16)}`, endpoint, invite };
}

Deno.test("unfold() of squeeze() gives back every half, less the candidates that do not fit", () => {
  fc.assert(fc.property(halves, (half) => {
    const bytes = squeeze(half);
    assert.ok(bytes.length <= SQUEEZED_MOST_BYTES);
    const again = unfold(bytes);
    assert.ok(typeof again === "object");
    const { candidates } = again.endpoint;
    assert.ok(candidates.length >= 1);
    const kept = half.endpoint.candidates.slice(0, candidates.length);
    assert.deepEqual(again, { ...half, endpoint: { ...half.endpoint, candidates: kept } });
  }));
});

Deno.test("squeeze() makes a browser's half fit with the longest invite, its candidates whole", () => {
  const invite = encodeTicket(TICKET);
  for (const [name, sdp] of Object.entries(browsers)) {
    const [alone, inviting] = [null, invite].map((one) => squeeze(halfOf(sdp, one)).length);
    assert.ok(alone <= 160, `${name}: ${alone}`);
    assert.ok(inviting <= 265, `${name} with an invite: ${inviting}`);
  }
});

Deno.test("squeeze() throws without a candidate and for an invite that is none", () => {
  const half = halfOf(browsers.chromiumOffer, null);
  assert.throws(() => squeeze({ ...half, endpoint: { ...half.endpoint, candidates: [] } }));
  assert.throws(() => squeeze({ ...half, invite: "not base64url!" }));
  assert.throws(() => squeeze({ ...half, invite: toBase64Url(new Uint8Array(300)) }));
});

Deno.test("unfold() takes outside bytes without throwing; what it takes makes a clean SDP", () => {
  let taken = 0;
  const take = (bytes: Uint8Array) => {
    const half = unfold(bytes);
    if (typeof half === "string") return;
    taken++;
    const sdp = writeSdp(half.endpoint, half.half);
    assert.match(sdp, /^[\x20-\x7e\r\n]*$/);
    assert.equal(sdp.split(/\r\n|\r|\n/).length, 15 + half.endpoint.candidates.length);
    assert.match(half.peerId, /^fm-[0-9a-f]{32}$/);
    assert.match(half.invite ?? "", /^[A-Za-z0-9_-]*$/);
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 320 }), take));
  // nearly right: a byte or two changed, cut, or longer
  const changes = fc.array(fc.tuple(fc.nat(299), fc.nat(255)), { maxLength: 3 });
  fc.assert(
    fc.property(
      halves,
      changes,
      fc.nat(300),
      fc.uint8Array({ maxLength: 4 }),
      (half, some, cut, more) => {
        const bytes = squeeze(half);
        for (const [at, value] of some) if (at < bytes.length) bytes[at] = value;
        take(bytes);
        take(bytes.subarray(0, cut));
        take(Uint8Array.from([...bytes, ...more]));
      },
    ),
    { numRuns: 500 },
  );
  assert.ok(taken > 100, `only ${taken} were taken: the fuzz tests nothing`);
});

Deno.test("unfold() is none for every cut, for a byte too many and for other formats", () => {
  const bytes = squeeze(halfOf(browsers.chromiumOffer, null));
  for (let end = 0; end < bytes.length; end++) {
    assert.equal(unfold(bytes.subarray(0, end)), "damaged");
  }
  assert.equal(unfold(Uint8Array.from([...bytes, 0])), "damaged");
  assert.equal(unfold(new Uint8Array(SQUEEZED_MOST_BYTES + 1).fill(16)), "damaged");
  assert.equal(unfold(Uint8Array.from(bytes, (byte, i) => i === 0 ? 0x20 : byte)), "other-format");
});
