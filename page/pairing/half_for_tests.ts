/** Halves of pairings as `fast-check` draws them: every valid one, and none that is not. */
import fc from "fast-check";
import { toBase64Url, toHex } from "../../field/bytes.ts";
import { ADDRESS_BYTES, type AddressKind } from "./address.ts";
import { type Candidate, CANDIDATES_MOST, PWD_CHARS, UFRAG_CHARS } from "./pair_sdp.ts";
import { ATTEMPT_BYTES, type PairHalf } from "./squeeze.ts";

const ICE_CHARS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"];

function iceText({ least, most }: { readonly least: number; readonly most: number }) {
  return fc.array(fc.constantFrom(...ICE_CHARS), { minLength: least, maxLength: most })
    .map((chars) => chars.join(""));
}

function bytes(length: number) {
  return fc.uint8Array({ minLength: length, maxLength: length }).map((drawn) =>
    new Uint8Array(drawn)
  );
}

const candidates: fc.Arbitrary<Candidate> = fc.record({
  kind: fc.constantFrom<AddressKind>("ipv4", "ipv6", "mdns"),
  port: fc.integer({ min: 1, max: 65_535 }),
}).chain(({ kind, port }) => bytes(ADDRESS_BYTES[kind]).map((bytes) => ({ kind, bytes, port })));

export const endpoints = fc.record({
  ufrag: iceText(UFRAG_CHARS),
  pwd: iceText(PWD_CHARS),
  fingerprint: bytes(32),
  candidates: fc.array(candidates, { minLength: 1, maxLength: CANDIDATES_MOST }),
});

export const halves: fc.Arbitrary<PairHalf> = fc.record({
  half: fc.constantFrom("offer" as const, "answer" as const),
  attempt: bytes(ATTEMPT_BYTES),
  peerId: bytes(16).map((id) => `fm-${toHex(id)}`),
  endpoint: endpoints,
  invite: fc.option(
    fc.uint8Array({ minLength: 12, maxLength: 105 }).map((drawn) => toBase64Url(drawn)),
  ),
});
