import assert from "node:assert/strict";
import fc from "fast-check";
import {
  isInRange,
  mayVouchForAddress,
  mayVouchForName,
  nameConstraints,
  permittedBy,
} from "./name_constraints.ts";
import { KEY_ALGORITHM } from "./pem_file.ts";
import { type Extension, X509CertificateGenerator } from "./x509.ts";

async function certificateWith(extensions: Extension[]) {
  const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ["sign", "verify"]);
  return await X509CertificateGenerator.createSelfSigned({
    keys,
    extensions,
    signingAlgorithm: KEY_ALGORITHM,
  });
}

Deno.test("nameConstraints() is critical and encodes as RFC 5280 says", () => {
  const extension = nameConstraints({ names: ["local"], ranges: ["10.0.0.0/8"] });
  assert.equal(extension.type, "2.5.29.30");
  assert.equal(extension.critical, true);
  // SEQUENCE { [0] { SEQUENCE { [2] "local" } SEQUENCE { [7] 10.0.0.0 255.0.0.0 } } }
  const expected = "3017a0153007" + "8205" + "6c6f63616c" + "300a" + "8708" + "0a000000ff000000";
  assert.equal(new Uint8Array(extension.value).toHex(), expected);
});

Deno.test("permittedBy() reads back what nameConstraints() wrote", async () => {
  const permitted = { names: ["localhost", "box"], ranges: ["172.16.0.0/12", "203.0.113.9/32"] };
  assert.deepEqual(permittedBy(await certificateWith([nameConstraints(permitted)])), permitted);
});

Deno.test("permittedBy() permits nothing where there are no constraints", async () => {
  assert.deepEqual(permittedBy(await certificateWith([])), { names: [], ranges: [] });
});

Deno.test("mayVouchForName() takes the name and those below it, not those that merely end alike", () => {
  const permitted = { names: ["local", "box"], ranges: [] };
  for (const name of ["local", "a.local", "b.a.local", "box"]) {
    assert.ok(mayVouchForName(permitted, name), name);
  }
  for (const name of ["notlocal", "local.example.org", "xbox", ""]) {
    assert.ok(!mayVouchForName(permitted, name), name);
  }
});

Deno.test("isInRange() holds at the edges of a range", () => {
  const inside = ["172.16.0.0", "172.31.255.255"];
  const outside = ["172.15.255.255", "172.32.0.0", "10.0.0.1"];
  for (const address of inside) assert.ok(isInRange(address, "172.16.0.0/12"), address);
  for (const address of outside) assert.ok(!isInRange(address, "172.16.0.0/12"), address);
  assert.ok(isInRange("203.0.113.9", "203.0.113.9/32"));
  assert.ok(!isInRange("203.0.113.8", "203.0.113.9/32"));
  assert.ok(isInRange("255.255.255.255", "0.0.0.0/0"));
});

Deno.test("mayVouchForAddress() is true exactly for addresses that share a range's first bits", () => {
  const octet = fc.nat(255);
  fc.assert(
    fc.property(
      fc.tuple(octet, octet, octet, octet),
      fc.nat(32),
      fc.nat(31),
      (parts, bits, flip) => {
        const toText = (n: bigint) => [24n, 16n, 8n, 0n].map((s) => (n >> s) & 255n).join(".");
        const start = parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
        const permitted = { names: [], ranges: [`${toText(start)}/${bits}`] };
        const other = toText(start ^ (1n << BigInt(31 - flip)));
        assert.equal(mayVouchForAddress(permitted, other), flip >= bits);
      },
    ),
  );
});
