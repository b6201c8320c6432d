import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "../tests/fixtures/devices.ts";
import { type Bytes, fromBase64Url, joinBytes, sha256, toBase64Url } from "./bytes.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { FieldError } from "./errors.ts";
import { deviceOfBackup, openIdentity, sealIdentity } from "./identity_backup.ts";
import { createKeys, secretOf, signerOf, type StoredKeys, verifySignature } from "./keys.ts";

const PASSPHRASE = "seven quiet herons";

function refusedWith(words: RegExp) {
  return (thrown: unknown) =>
    thrown instanceof FieldError && thrown.code === "backup-refused" && words.test(thrown.message);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function bytesOf(text: string): Bytes {
  return new TextEncoder().encode(text);
}

let made: Promise<{ keys: StoredKeys; name: string; bytes: Bytes }> | undefined;

/** One backup for all tests: making one takes a while, as it should. */
function backup() {
  made ??= (async () => {
    const keys = await createKeys();
    return { keys, ...await sealIdentity(keys, PASSPHRASE, seededRandom(1)) };
  })();
  return made;
}

/** The same backup with other things in its body, and a right checksum. */
async function resealed(change: (body: unknown[]) => unknown[]): Promise<Bytes> {
  const lines = textOf((await backup()).bytes).split("\n");
  const body = fromBase64Url(lines.filter((line) => /^[\w-]{3,}$/.test(line)).join(""));
  const value = decodeCbor(body?.slice(0, -8) ?? new Uint8Array(0))?.value;
  assert.ok(Array.isArray(value));
  const other = encodeCbor(change(value));
  const text = toBase64Url(joinBytes(other, (await sha256(other)).slice(0, 8)));
  return bytesOf([lines[0], text, lines.at(-2)].join("\n"));
}

Deno.test("openIdentity() gives back the keys that sealIdentity() sealed", async () => {
  const { keys, name, bytes } = await backup();
  assert.equal(name, `fieldmesh-identity-${keys.id.slice(0, 8)}.txt`);
  assert.equal(await deviceOfBackup(bytes), keys.id);
  const opened = await openIdentity(bytes, PASSPHRASE);
  assert.equal(opened.id, keys.id);
  assert.deepEqual(await secretOf(opened), await secretOf(keys));
  const message = Uint8Array.of(1, 2);
  assert.ok(await verifySignature(keys.id, await signerOf(opened).sign(message), message));
});

Deno.test("sealIdentity() puts neither the secret nor the passphrase into the file in the clear", async () => {
  const { keys, bytes } = await backup();
  const secret = await secretOf(keys);
  assert.ok(secret);
  const text = textOf(bytes);
  assert.ok(!text.includes(PASSPHRASE));
  const body = fromBase64Url(text.split("\n").filter((line) => /^[\w-]{3,}$/.test(line)).join(""));
  const latin1 = (some: Uint8Array) => String.fromCharCode(...some);
  assert.ok(body && !latin1(body).includes(latin1(secret.subarray(0, 8))));
});

Deno.test("sealIdentity() seals noble keys too, and never twice alike", async () => {
  const secret = await secretOf((await backup()).keys);
  assert.ok(secret);
  const keys: StoredKeys = { kind: "noble", id: (await backup()).keys.id, secret };
  const random = seededRandom(2);
  const [a, b] = [
    await sealIdentity(keys, PASSPHRASE, random),
    await sealIdentity(keys, PASSPHRASE, random),
  ];
  assert.notDeepEqual(a.bytes, b.bytes);
  assert.equal((await openIdentity(b.bytes, PASSPHRASE)).id, keys.id);
});

Deno.test("openIdentity() takes a passphrase however its letters are composed", async () => {
  const { keys } = await backup();
  const { bytes } = await sealIdentity(keys, "Grünfüße im Moor", seededRandom(3));
  const decomposed = "Grünfüße im Moor ".normalize("NFD");
  assert.equal((await openIdentity(bytes, decomposed)).id, keys.id);
});

Deno.test("openIdentity() reads a backup that came by mail", async () => {
  const { keys, bytes } = await backup();
  const mailed = [
    "Hi, here is the file.",
    "",
    ...textOf(bytes).split("\n").map((line) => `> ${line} `),
    "--",
    "Kim",
  ];
  assert.equal((await openIdentity(bytesOf(mailed.join("\r\n")), PASSPHRASE)).id, keys.id);
});

Deno.test("openIdentity() refuses a wrong passphrase, and says that it may be damage as well", async () => {
  const { bytes } = await backup();
  await assert.rejects(
    openIdentity(bytes, PASSPHRASE + "s"),
    refusedWith(/does not open.*file was changed/),
  );
});

Deno.test("openIdentity() tells any changed character of the body from a wrong passphrase", async () => {
  const { bytes } = await backup();
  const text = textOf(bytes);
  const from = text.indexOf("\n\n") + 2;
  const to = text.lastIndexOf("\n\n");
  const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_ !";
  const change = fc.record({
    at: fc.integer({ min: from, max: to - 1 }),
    letter: fc.constantFrom(...letters),
  });
  await fc.assert(
    fc.asyncProperty(change, async ({ at, letter }) => {
      // the last character's unused bits say nothing
      fc.pre(text[at] !== letter && text[at] !== "\n" && at < to - 1);
      const changed = bytesOf(text.slice(0, at) + letter + text.slice(at + 1));
      // a line may be lost to a blank in it: then it is not whole either
      await assert.rejects(openIdentity(changed, PASSPHRASE), refusedWith(/damaged/));
    }),
  );
});

Deno.test("openIdentity() refuses what is no backup, is cut off, or comes from a newer version", async () => {
  const { bytes } = await backup();
  const text = textOf(bytes);
  for (const other of ["", "fmbundle", "Fieldmesh", "\u0000".repeat(70_000), text.slice(30)]) {
    await assert.rejects(
      openIdentity(bytesOf(other), PASSPHRASE),
      refusedWith(/not an identity backup/),
    );
  }
  for (const most of [40, 150, text.length - 20]) {
    await assert.rejects(
      openIdentity(bytesOf(text.slice(0, most)), PASSPHRASE),
      refusedWith(/damaged/),
    );
  }
  const newer = await resealed(([, ...rest]) => [2, ...rest]);
  await assert.rejects(openIdentity(newer, PASSPHRASE), refusedWith(/newer/));
});

Deno.test("openIdentity() takes no other device, iterations or salt than were sealed", async () => {
  const changes: ((body: unknown[]) => unknown[])[] = [
    ([format, , ...rest]) => [format, new Uint8Array(32).fill(7), ...rest],
    ([format, device, , ...rest]) => [format, device, 1, ...rest],
    (body) => body.with(3, new Uint8Array(16)),
    (body) => body.with(4, new Uint8Array(12)),
    (body) => body.with(5, new Uint8Array(48)),
  ];
  for (const change of changes) {
    await assert.rejects(openIdentity(await resealed(change), PASSPHRASE), refusedWith(/not open/));
  }
});

Deno.test("openIdentity() refuses a backup whose secret is not that of the device it names", async () => {
  const secret = await secretOf((await backup()).keys);
  assert.ok(secret);
  const keys: StoredKeys = { kind: "noble", id: "ab".repeat(32), secret };
  const { bytes } = await sealIdentity(keys, PASSPHRASE, seededRandom(4));
  await assert.rejects(openIdentity(bytes, PASSPHRASE), refusedWith(/damaged/));
});

Deno.test("openIdentity() refuses a body of another form, and one that would keep it busy", async () => {
  const bad: ((body: unknown[]) => unknown[])[] = [
    () => [],
    () => [1],
    (body) => body.with(1, "not bytes"),
    (body) => body.with(2, 1e12),
    (body) => body.with(2, 0),
    (body) => body.with(2, "many"),
    (body) => body.with(5, new Uint8Array(47)),
  ];
  for (const change of bad) {
    await assert.rejects(
      openIdentity(await resealed(change), PASSPHRASE),
      refusedWith(/damaged|newer/),
    );
  }
});

Deno.test("sealIdentity() refuses short passphrases, and keys that cannot be taken out", async () => {
  const { keys } = await backup();
  for (const short of ["", "1234567", "  1234567  "]) {
    await assert.rejects(sealIdentity(keys, short, seededRandom(1)), refusedWith(/too short/));
  }
  assert.ok(keys.kind === "webcrypto");
  const old = { kind: keys.kind, id: keys.id, privateKey: keys.privateKey } as const;
  await assert.rejects(
    sealIdentity(old, PASSPHRASE, seededRandom(1)),
    refusedWith(/before backups/),
  );
});
