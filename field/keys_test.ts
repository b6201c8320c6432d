import assert from "node:assert/strict";
import * as noble from "@noble/ed25519";
import fc from "fast-check";
import { idOf, keysOfSeed } from "../tests/fixtures/devices.ts";
import { type Bytes, fromHex, toHex } from "./bytes.ts";
import * as keys from "./keys.ts";

const { createKeys, keysOf, secretOf, signerOf, SIGNATURE_BYTES, verifySignature } = keys;

/** RFC 8032, section 7.1: tests 1 to 3. */
const VECTORS = [
  {
    secret: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    id: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    message: "",
    signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac" +
      "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  },
  {
    secret: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    id: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e" +
      "458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  },
  {
    secret: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    id: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    message: "af82",
    signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290" +
      "ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  },
] as const;

/** The same module as a browser without Ed25519 in WebCrypto has it: a second instance, asked once. */
async function withoutWebCrypto(): Promise<typeof keys> {
  const { subtle } = crypto;
  const unknown = () => Promise.reject(new DOMException("Unknown", "NotSupportedError"));
  Object.defineProperty(subtle, "generateKey", { value: unknown, configurable: true });
  try {
    const instance: typeof keys = await import("./keys.ts?without-webcrypto");
    await instance.createKeys();
    return instance;
  } finally {
    Reflect.deleteProperty(subtle, "generateKey"); // back to the prototype's
  }
}

Deno.test("signerOf() gives the signatures of RFC 8032, by WebCrypto and by noble", async () => {
  for (const { secret, id, message, signature } of VECTORS) {
    const pairs = [
      await keysOfSeed(fromHex(secret)),
      { kind: "noble" as const, id, secret: fromHex(secret) },
    ];
    for (const pair of pairs) {
      assert.equal(pair.id, id, pair.kind);
      const made = await signerOf(pair).sign(fromHex(message));
      assert.equal(toHex(made), signature, pair.kind);
    }
  }
});

Deno.test("verifySignature() takes the signatures of RFC 8032, by WebCrypto and by noble", async () => {
  const old = await withoutWebCrypto();
  for (const { id, message, signature } of VECTORS) {
    for (const verify of [verifySignature, old.verifySignature]) {
      assert.ok(await verify(id, fromHex(signature), fromHex(message)));
      assert.ok(!await verify(id, fromHex(signature), fromHex(message + "00")));
    }
  }
});

Deno.test("createKeys() makes WebCrypto keys that sign without being taken out, a new pair each time", async () => {
  const [a, b] = await Promise.all([createKeys(), createKeys()]);
  assert.notEqual(a.id, b.id);
  assert.ok(a.kind === "webcrypto" && !a.privateKey.extractable);
  await assert.rejects(crypto.subtle.exportKey("pkcs8", a.privateKey));
});

Deno.test("secretOf() gives what keysOf() makes the same pair of, by WebCrypto and by noble", async () => {
  const old = await withoutWebCrypto();
  const message = Uint8Array.of(1, 2, 3);
  for (const made of [await createKeys(), await old.createKeys()]) {
    const secret = await secretOf(made);
    assert.ok(secret && secret.length === keys.SECRET_BYTES, made.kind);
    for (const again of [await keysOf(secret), await old.keysOf(secret)]) {
      assert.equal(again.id, made.id);
      assert.deepEqual(await secretOf(again), secret, again.kind);
      assert.ok(await verifySignature(made.id, await signerOf(again).sign(message), message));
    }
  }
});

Deno.test("keysOf() knows the public keys of RFC 8032, and signs with a key that stays", async () => {
  for (const { secret, id } of VECTORS) {
    const pair = await keysOf(fromHex(secret));
    assert.equal(pair.id, id);
    assert.ok(pair.kind === "webcrypto" && !pair.privateKey.extractable);
  }
  await assert.rejects(keysOf(new Uint8Array(31)), /31 bytes/);
});

Deno.test("keysOf() keeps its pair when the caller wipes the secret", async () => {
  const secret = fromHex(VECTORS[0].secret);
  const pairs = [await keysOf(secret), await (await withoutWebCrypto()).keysOf(secret)];
  secret.fill(0);
  for (const pair of pairs) {
    assert.equal(toHex(await signerOf(pair).sign(new Uint8Array(0))), VECTORS[0].signature);
  }
});

Deno.test("secretOf() has none of a pair that was made before there were backups", async () => {
  const { id, ...made } = await createKeys();
  assert.ok("privateKey" in made);
  const old = { kind: "webcrypto", id, privateKey: made.privateKey } as const;
  assert.equal(await secretOf(old), null);
});

Deno.test("createKeys() makes noble keys where WebCrypto has no Ed25519", async () => {
  const old = await withoutWebCrypto();
  const pair = await old.createKeys();
  assert.ok(pair.kind === "noble");
  assert.equal(pair.id, toHex(await noble.getPublicKeyAsync(pair.secret)));
});

Deno.test("WebCrypto and noble verify what the other has signed, and refuse what it has not", async () => {
  const old = await withoutWebCrypto();
  const [modern, aged] = [await createKeys(), await old.createKeys()];
  const makers = [
    { id: modern.id, sign: signerOf(modern).sign, verify: old.verifySignature },
    { id: aged.id, sign: old.signerOf(aged).sign, verify: verifySignature },
  ];
  const message = fc.uint8Array({ maxLength: 200 });
  const flip = fc.record({ at: fc.nat(SIGNATURE_BYTES - 1), bit: fc.nat(7) });
  await fc.assert(
    fc.asyncProperty(message, flip, async (text, { at, bit }) => {
      for (const { id, sign, verify } of makers) {
        const signature = await sign(text);
        assert.equal(signature.length, SIGNATURE_BYTES);
        assert.ok(await verify(id, signature, text));
        const flipped = signature.slice();
        flipped[at] ^= 1 << bit;
        assert.ok(!await verify(id, flipped, text));
        assert.ok(!await verify(id, signature, Uint8Array.of(...text, 0)));
      }
    }),
    { numRuns: 20 },
  );
});

Deno.test("verifySignature() is false, and does not throw, for malformed keys and signatures", async () => {
  const old = await withoutWebCrypto();
  const good = fromHex(VECTORS[0].signature);
  const odd: [string, Bytes][] = [
    ["", good],
    ["not hex", good],
    [VECTORS[0].id.toUpperCase(), good],
    [VECTORS[0].id.slice(2), good],
    [idOf(0xff), good],
    [idOf(0x02), good],
    [VECTORS[0].id, good.slice(1)],
    [VECTORS[0].id, new Uint8Array(0)],
    [VECTORS[0].id, new Uint8Array(64)],
    [VECTORS[0].id, new Uint8Array(64).fill(0xff)],
  ];
  for (const [device, signature] of odd) {
    for (const verify of [verifySignature, old.verifySignature]) {
      assert.equal(await verify(device, signature, new Uint8Array(0)), false, device);
    }
  }
});

Deno.test("verifySignature() still knows a device after many strangers", async () => {
  const { id, message, signature } = VECTORS[1];
  for (let stranger = 0; stranger < 300; stranger++) {
    const device = toHex(new Uint8Array(32).fill(stranger & 255, 0, 16).fill(stranger >> 8, 16));
    await verifySignature(device, fromHex(signature), fromHex(message));
  }
  assert.ok(await verifySignature(id, fromHex(signature), fromHex(message)));
});

Deno.test("signerOf() signs bytes that are a part of a shared buffer", async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(8)).fill(7).subarray(2, 5);
  for (const pair of [await createKeys(), await (await withoutWebCrypto()).createKeys()]) {
    const signature = await signerOf(pair).sign(shared);
    assert.ok(await verifySignature(pair.id, signature, Uint8Array.of(7, 7, 7)));
  }
});
