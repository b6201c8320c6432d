import assert from "node:assert/strict";
import fc from "fast-check";
import { idOf } from "../tests/fixtures/devices.ts";
import { fromHex, toBase64Url } from "./bytes.ts";
import { encodeCbor } from "./cbor.ts";
import {
  encodeTicket,
  INVITE_ID_BYTES,
  INVITE_SECRET_BYTES,
  type InviteTicket,
  parseIssued,
  parseTicket,
} from "./invite.ts";

const [ANN, BOB] = [idOf(0xaa), idOf(0xbb)];

function ticketOf(other: Partial<InviteTicket> = {}): InviteTicket {
  return {
    founder: ANN,
    inviter: ANN,
    id: new Uint8Array(INVITE_ID_BYTES).fill(3),
    secret: new Uint8Array(INVITE_SECRET_BYTES).fill(4),
    expires: 1_800_000_000_000,
    ...other,
  };
}

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const ticket = fc.record({
  founder: fc.constantFrom(ANN, BOB),
  inviter: fc.constantFrom(ANN, BOB),
  id: bytes(INVITE_ID_BYTES),
  secret: bytes(INVITE_SECRET_BYTES),
  expires: fc.maxSafeNat(),
}, { noNullPrototype: true });

/** Any UTF-16, whole or not. */
const anyText = fc.array(fc.nat(0xffff), { maxLength: 60 })
  .map((units) => String.fromCharCode(...units));

Deno.test("parseTicket() reads what encodeTicket() wrote", () => {
  fc.assert(fc.property(ticket, (one) => {
    assert.deepEqual(parseTicket(encodeTicket(one)), one);
  }));
});

Deno.test("encodeTicket() names a founder who invites only once, so that its code stays small", () => {
  const [own, other] = [encodeTicket(ticketOf()), encodeTicket(ticketOf({ inviter: BOB }))];
  console.log(`invite code: ${own.length} characters by the founder, ${other.length} by another`);
  assert.ok(own.length <= 100);
  assert.ok(other.length > own.length + 40);
});

Deno.test("parseTicket() is null for every code cut short or made longer", () => {
  const code = encodeTicket(ticketOf({ inviter: BOB }));
  for (let length = 0; length < code.length; length++) {
    assert.equal(parseTicket(code.slice(0, length)), null, `${length} characters`);
    if (length > 0) assert.equal(parseTicket(code.slice(length)), null, `from ${length}`);
  }
  for (const more of [code + "A", code + "AAAA", "A" + code, code + code, code + " ", " " + code]) {
    assert.equal(parseTicket(more), null);
  }
});

Deno.test("parseTicket() of a code with one changed character is null or another invite", () => {
  const original = ticketOf();
  const code = encodeTicket(original);
  const lastHasSpareBits = code.length % 4 !== 0;
  for (let at = 0; at < code.length - (lastHasSpareBits ? 1 : 0); at++) {
    for (const char of "A-z_9 =é") {
      if (code[at] === char) continue;
      const changed = code.slice(0, at) + char + code.slice(at + 1);
      assert.notDeepEqual(parseTicket(changed), original);
    }
  }
});

Deno.test("parseTicket() is null, and does not throw, for any text", () => {
  fc.assert(fc.property(anyText, (text) => {
    assert.equal(parseTicket(text), null);
  }));
  const base64Url = fc.uint8Array({ maxLength: 120 }).map(toBase64Url);
  fc.assert(fc.property(base64Url, (text) => assert.equal(parseTicket(text), null)));
});

Deno.test("parseTicket() is null when a field has another type or length", () => {
  const id = new Uint8Array(INVITE_ID_BYTES);
  const secret = new Uint8Array(INVITE_SECRET_BYTES);
  const good: unknown[] = [1, fromHex(ANN), null, id, secret, 5];
  const read = (fields: unknown) => parseTicket(toBase64Url(encodeCbor(fields)));
  assert.notEqual(read(good), null);
  const wrong: [number, unknown][] = [
    [0, 2],
    [0, "1"],
    [1, new Uint8Array(31)],
    [1, ANN],
    [1, null],
    [2, new Uint8Array(31)],
    [2, 0],
    [3, new Uint8Array(INVITE_ID_BYTES + 1)],
    [3, null],
    [4, new Uint8Array(INVITE_SECRET_BYTES - 1)],
    [4, "secret"],
    [5, 1.5],
    [5, "5"],
    [5, null],
    [5, 2 ** 60],
  ];
  for (const [index, value] of wrong) {
    assert.equal(read(good.with(index, value)), null, `field ${index}: ${value}`);
  }
  for (const shape of [good.slice(1), [...good, 0], {}, null, 1, "x"]) {
    assert.equal(read(shape), null);
  }
});

Deno.test("parseIssued() gives back what was kept, and leaves out what is no invite", () => {
  const good = {
    id: new Uint8Array(INVITE_ID_BYTES),
    secret: new Uint8Array(INVITE_SECRET_BYTES),
    role: "sensor",
    expires: 5,
    used: 0,
  };
  const odd = [
    null,
    undefined,
    7,
    "invite",
    [],
    { ...good, id: new Uint8Array(1) },
    { ...good, secret: "secret" },
    { ...good, role: "owner" },
    { ...good, expires: "5" },
    { ...good, used: null },
  ];
  assert.deepEqual(parseIssued([...odd, good, ...odd]), [good]);
  for (const other of [undefined, null, good, "x", 7]) assert.deepEqual(parseIssued(other), []);
});
