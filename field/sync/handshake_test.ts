import assert from "node:assert/strict";
import { signerNamed } from "../../tests/fixtures/devices.ts";
import type { Bytes } from "../bytes.ts";
import type { HelloFrame, ProofFrame } from "./frames.ts";
import { checkInvite, checkProof, isAnswerTo, prove } from "./handshake.ts";

const [ann, bob, eve] = await Promise.all(["ann", "bob", "eve"].map(signerNamed));
const BINDING = new Uint8Array(32).fill(1);
const OTHER_BINDING = new Uint8Array(32).fill(2);
const SECRET = new Uint8Array(16).fill(3);

function hello(device: string, nonce: number): HelloFrame {
  return { kind: "hello", device, nonce: new Uint8Array(16).fill(nonce), invite: null };
}

const annHello = hello(ann.id, 4);
const bobHello = hello(bob.id, 5);

/** Bob's proof to Ann, as he makes it. */
function bobProves(secret: Bytes | null = null, binding = BINDING): Promise<ProofFrame> {
  return prove(bob, binding, bobHello, annHello, secret);
}

Deno.test("checkProof() holds for the proof that the other side made, in both directions", async () => {
  assert.ok(await checkProof(await bobProves(), BINDING, annHello, bobHello));
  const annProof = await prove(ann, BINDING, annHello, bobHello, null);
  assert.ok(await checkProof(annProof, BINDING, bobHello, annHello));
});

Deno.test("checkProof() refuses a proof for another channel", async () => {
  assert.ok(!await checkProof(await bobProves(null, OTHER_BINDING), BINDING, annHello, bobHello));
  assert.ok(!await checkProof(await bobProves(), OTHER_BINDING, annHello, bobHello));
});

Deno.test("checkProof() refuses a proof over swapped nonces", async () => {
  const swapped = await prove(
    bob,
    BINDING,
    { ...bobHello, nonce: annHello.nonce },
    { ...annHello, nonce: bobHello.nonce },
    null,
  );
  assert.ok(!await checkProof(swapped, BINDING, annHello, bobHello));
});

Deno.test("checkProof() refuses a proof replayed from an earlier session", async () => {
  const proof = await bobProves();
  assert.ok(!await checkProof(proof, BINDING, hello(ann.id, 6), bobHello), "fresh nonce of Ann");
  assert.ok(!await checkProof(proof, BINDING, annHello, hello(bob.id, 7)), "fresh nonce of Bob");
});

Deno.test("checkProof() refuses our own proof sent back to us", async () => {
  const own = await prove(ann, BINDING, annHello, bobHello, null);
  assert.ok(!await checkProof(own, BINDING, annHello, bobHello));
  const mirror = { ...annHello };
  assert.ok(!await checkProof(own, BINDING, annHello, { ...mirror, nonce: bobHello.nonce }));
});

Deno.test("checkProof() refuses another device that claims to be Bob, or a proof meant for another", async () => {
  const byEve = await prove(eve, BINDING, bobHello, annHello, null);
  assert.ok(!await checkProof(byEve, BINDING, annHello, bobHello));
  const toEve = await prove(bob, BINDING, bobHello, hello(eve.id, 4), null);
  assert.ok(
    !await checkProof(toEve, BINDING, annHello, bobHello),
    "Eve in the middle passes it on",
  );
  assert.ok(!await checkProof(await bobProves(), BINDING, annHello, hello(eve.id, 5)));
});

Deno.test("checkProof() refuses a signature with any bit flipped", async () => {
  const proof = await bobProves();
  for (let at = 0; at < proof.sig.length; at++) {
    const sig = proof.sig.slice();
    sig[at] ^= 1 << (at % 8);
    assert.ok(!await checkProof({ ...proof, sig }, BINDING, annHello, bobHello), `byte ${at}`);
  }
});

Deno.test("isAnswerTo() tells a proof for an earlier hello of ours from one for this", async () => {
  assert.ok(isAnswerTo(await bobProves(), annHello));
  assert.ok(!isAnswerTo(await bobProves(), hello(ann.id, 6)));
});

Deno.test("checkInvite() holds for who has the secret, and for nobody else", async () => {
  const proof = await bobProves(SECRET);
  assert.ok(await checkInvite(proof, SECRET, BINDING, annHello, bobHello));
  assert.ok(!await checkInvite(proof, new Uint8Array(16), BINDING, annHello, bobHello));
  const without = await bobProves();
  assert.equal(without.invite, null);
  assert.ok(!await checkInvite(without, SECRET, BINDING, annHello, bobHello));
});

Deno.test("checkInvite() refuses a proof of the secret from another channel, session or device", async () => {
  const proof = await bobProves(SECRET);
  assert.ok(!await checkInvite(proof, SECRET, OTHER_BINDING, annHello, bobHello));
  assert.ok(!await checkInvite(proof, SECRET, BINDING, hello(ann.id, 9), bobHello));
  assert.ok(!await checkInvite(proof, SECRET, BINDING, annHello, hello(bob.id, 9)));
  assert.ok(!await checkInvite(proof, SECRET, BINDING, annHello, hello(eve.id, 5)));
});

Deno.test("prove() does not give the secret away", async () => {
  const { invite, sig } = await bobProves(SECRET);
  for (const field of [invite ?? new Uint8Array(0), sig]) {
    assert.ok(!Array.from(field).join().includes(Array.from(SECRET).join()));
  }
});
