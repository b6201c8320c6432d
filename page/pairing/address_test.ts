import assert from "node:assert/strict";
import fc from "fast-check";
import { ADDRESS_BYTES, type AddressKind, formatAddress, parseAddress } from "./address.ts";

const NAME = "582c5684-fd88-49fb-81fd-ec01e89fe3f0.local";

Deno.test("parseAddress() reads what browsers write", () => {
  const read = (text: string) => {
    const address = parseAddress(text);
    return address && [address.kind, [...address.bytes].join(" ")];
  };
  assert.deepEqual(read("192.168.43.1"), ["ipv4", "192 168 43 1"]);
  assert.deepEqual(read("fd00::2"), ["ipv6", "253 0 0 0 0 0 0 0 0 0 0 0 0 0 0 2"]);
  assert.deepEqual(read("::1"), ["ipv6", "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1"]);
  assert.equal(parseAddress(NAME)?.kind, "mdns");
  assert.equal(formatAddress(parseAddress(NAME.toUpperCase())!), NAME);
});

Deno.test("parseAddress() is null for everything else", () => {
  const others = [
    "",
    "256.1.1.1",
    "1.2.3",
    "1.2.3.4.5",
    "01.2.3.4",
    "fd00::2%eth0",
    "1::2::3",
    ":::",
  ];
  const more = [
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2:3:4:5:6:7:8",
    "phone.local",
    `a${NAME}`,
  ];
  for (const text of [...others, ...more, "::ffff:1.2.3.4"]) {
    assert.equal(parseAddress(text), null, text);
  }
});

Deno.test("formatAddress() is read back as it was, whatever the bytes", () => {
  const addresses = fc.constantFrom<AddressKind>("ipv4", "ipv6", "mdns").chain((kind) =>
    fc.uint8Array({ minLength: ADDRESS_BYTES[kind], maxLength: ADDRESS_BYTES[kind] })
      .map((bytes) => ({ kind, bytes }))
  );
  fc.assert(fc.property(addresses, (address) => {
    const text = formatAddress({ kind: address.kind, bytes: new Uint8Array(address.bytes) });
    const again = parseAddress(text);
    assert.equal(again?.kind, address.kind);
    assert.deepEqual([...again?.bytes ?? []], [...address.bytes]);
  }));
});
