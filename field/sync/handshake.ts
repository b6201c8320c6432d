/**
 * Who is at the other end? Both sides send a fresh nonce, then sign a transcript that names both
 * devices, both nonces and the channel (the hash of its DTLS fingerprints): a signature is good for
 * this channel alone, so whoever stands between the two holds none that the other would take.
 */
import { type Bytes, equalBytes, fromHex, joinBytes, sha256 } from "../bytes.ts";
import { encodeCbor } from "../cbor.ts";
import { type Signer, verifySignature } from "../keys.ts";
import type { DeviceId } from "../observation.ts";
import { ANSWERS_BYTES, type HelloFrame, type ProofFrame } from "./frames.ts";

const SIGNED_AS = "fieldmesh hello 1";
const INVITE_AS = new TextEncoder().encode("fieldmesh invite 1\n");

export interface Greeting {
  readonly device: DeviceId;
  readonly nonce: Bytes;
}

/** Proves to `theirs` that `mine` is us on this channel, and that we hold `secret` if we were invited. */
export async function prove(
  signer: Signer,
  binding: Bytes,
  mine: Greeting,
  theirs: Greeting,
  secret: Bytes | null,
): Promise<ProofFrame> {
  const transcript = transcriptOf(binding, mine, theirs);
  return {
    kind: "proof",
    answers: theirs.nonce.slice(0, ANSWERS_BYTES),
    sig: await signer.sign(transcript),
    invite: secret && await inviteProof(secret, transcript),
  };
}

/** False for a proof that answers an earlier hello of ours: from before one side began anew. */
export function isAnswerTo(proof: ProofFrame, mine: Greeting): boolean {
  return equalBytes(proof.answers, mine.nonce.subarray(0, ANSWERS_BYTES));
}

/** True when the other side's proof shows that it is the device of its hello. */
export function checkProof(
  proof: ProofFrame,
  binding: Bytes,
  mine: Greeting,
  theirs: HelloFrame,
): Promise<boolean> {
  return verifySignature(theirs.device, proof.sig, transcriptOf(binding, theirs, mine));
}

/** True when the other side holds the invite's secret. */
export async function checkInvite(
  proof: ProofFrame,
  secret: Bytes,
  binding: Bytes,
  mine: Greeting,
  theirs: HelloFrame,
): Promise<boolean> {
  const expected = await inviteProof(secret, transcriptOf(binding, theirs, mine));
  return proof.invite !== null && equalBytes(proof.invite, expected);
}

function transcriptOf(binding: Bytes, from: Greeting, to: Greeting): Bytes {
  const parties = [fromHex(from.device), fromHex(to.device), from.nonce, to.nonce];
  return encodeCbor([SIGNED_AS, binding, ...parties]);
}

function inviteProof(secret: Bytes, transcript: Bytes): Promise<Bytes> {
  return sha256(joinBytes(INVITE_AS, secret, transcript));
}
