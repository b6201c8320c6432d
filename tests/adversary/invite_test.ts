/** Invites that were stolen, forged, used up, expired, or given out before a removal. */
import assert from "node:assert/strict";
import {
  encodeTicket,
  INVITE_LASTS_MS,
  INVITE_MOST_USES,
  type InviteTicket,
  parseTicket,
} from "../../field/invite.ts";
import type { SyncFrame } from "../../field/sync/frames.ts";
import { signerNamed } from "../fixtures/devices.ts";
import { Forger } from "../fixtures/replicas.ts";
import { rolesOf, Scene, SECOND } from "./scene.ts";

async function inviteOf(scene: Scene, role: "sensor" | "admin" = "sensor"): Promise<InviteTicket> {
  const ticket = parseTicket((await scene.ann.membership.invite(role)).code);
  assert.ok(ticket);
  return ticket;
}

Deno.test("an invite whose secret is guessed, or shown by its id alone, lets nobody in", async () => {
  const scene = await Scene.open("none");
  const { id, secret } = await inviteOf(scene);
  const eve = await signerNamed("eve");
  for (const guess of [new Uint8Array(16), secret.with(0, secret[0] ^ 1), secret.slice(0, 15)]) {
    const line = await scene.net.line(scene.ann);
    await line.enter(eve, { id, secret: guess });
    assert.ok(!line.isIn && line.dropped !== null);
  }
  const silent = await scene.net.line(scene.ann);
  await silent.greet(eve.id, id);
  await silent.say(await silent.proofBy(eve));
  assert.ok(!silent.isIn && silent.dropped !== null);
  await scene.assertUnharmed();
  scene.assertNamed(scene.ann, ["forged", "impostor", "wrong-role"], eve.id);
});

Deno.test("the proof of an invite that somebody else showed is good for nobody else", async () => {
  const scene = await Scene.open("none");
  const invite = await inviteOf(scene);
  const [eve, friend] = [await signerNamed("eve"), await signerNamed("friend")];
  const theirs = await scene.net.line(scene.ann);
  await theirs.greet(friend.id, invite.id);
  const shown = await theirs.proofBy(friend, invite.secret);
  const line = await scene.net.line(scene.ann, { binding: theirs.binding });
  await line.greet(eve.id, invite.id);
  await line.say({ ...await line.proofBy(eve), invite: shown.invite });
  assert.ok(!line.isIn && line.dropped !== null);
  await scene.assertUnharmed();
  scene.assertNamed(scene.ann, ["forged", "impostor", "wrong-role", "replayed"], eve.id);
});

Deno.test("an invite that has expired, or was used up, lets nobody in", async () => {
  for (const how of ["expired", "used up"]) {
    const scene = await Scene.open("none");
    const invite = await inviteOf(scene);
    if (how === "expired") scene.net.now += INVITE_LASTS_MS + 1;
    else await useUp(scene, invite);
    scene.members = rolesOf(scene.ann);
    const eve = await signerNamed("eve");
    const line = await scene.net.line(scene.ann);
    await line.enter(eve, invite);
    assert.ok(!line.isIn && line.dropped !== null, how);
    await scene.assertUnharmed();
    scene.assertNamed(scene.ann, ["wrong-role", "replayed", "impostor"], eve.id);
  }
});

Deno.test("two dozen who use one invite at the same time are not more than it is for", async () => {
  const scene = await Scene.open("none");
  const invite = await inviteOf(scene);
  const lines = await Promise.all(Array.from({ length: 24 }, () => scene.net.line(scene.ann)));
  const signers = await Promise.all(lines.map((_, n) => signerNamed(`guest ${n}`)));
  await Promise.all(lines.map(async (line, n) => {
    await line.enter(signers[n], invite);
  }));
  const others = [scene.ann.id, scene.bob.id];
  const guests = Object.keys(rolesOf(scene.ann)).filter((device) => !others.includes(device));
  assert.ok(guests.length <= INVITE_MOST_USES, `${guests.length} came in`);
  scene.members = rolesOf(scene.ann);
  await scene.assertUnharmed();
});

Deno.test("who came in by a stolen invite and was removed does not come in by it again", async () => {
  const scene = await Scene.open("none");
  const invite = await inviteOf(scene);
  const eve = await Forger.named("eve");
  const first = await scene.net.line(scene.ann);
  await first.enter(eve.signer, invite);
  assert.ok(first.isIn, "whoever holds the secret may join");
  await scene.net.pass(SECOND);
  await scene.ann.replica.remove(eve.id);
  await scene.ann.node.announce([scene.ann.id]);
  scene.ann.node.dropStrangers();
  assert.ok(!first.isIn && first.dropped !== null, "and is let go at once");
  const again = await scene.net.line(scene.ann);
  await again.enter(eve.signer, invite);
  assert.ok(!again.isIn && again.dropped !== null);
  await scene.assertUnharmed();
  scene.assertNamed(scene.ann, ["revoked"], eve.id);
});

Deno.test("an invite forged by who is no admin, and one of another crew, lead nowhere", async () => {
  const scene = await Scene.open("sensor");
  const eve = await signerNamed("eve");
  const forged = {
    ...{ id: scene.net.random(8), secret: scene.net.random(16), inviter: scene.ann.id },
    ...{ founder: scene.ann.id, expires: scene.net.now + INVITE_LASTS_MS },
  };
  const line = await scene.net.line(scene.ann);
  await line.enter(eve, forged);
  assert.ok(!line.isIn && line.dropped !== null);
  await scene.assertUnharmed();
  scene.assertNamed(scene.ann, ["wrong-role", "forged", "impostor"], eve.id);
});

Deno.test("one who poses as the inviter gets neither the invite's secret nor the newcomer", async () => {
  const scene = await Scene.open("none");
  const cal = await scene.net.device("cal");
  const { code } = await scene.ann.membership.invite("sensor");
  await cal.membership.take(code);
  const eve = await signerNamed("eve");
  for (const claimed of [eve.id, scene.ann.id]) {
    const line = await scene.net.line(cal);
    await line.greet(claimed);
    await line.say(await line.proofBy(eve));
    await line.say({ kind: "summary", digest: new Uint8Array(8) }, { kind: "bye", reason: "No." });
    const proofs = line.all("proof").map(({ invite }) => invite);
    const secret = parseTicket(code)!.secret;
    assert.ok(proofs.every((proof) => proof === null || !includes(proof, secret)));
    assert.ok(!line.isIn);
  }
  assert.notEqual(cal.membership.ticket, null, "the invite still stands");
  assert.equal(cal.replica.crew, null, "Cal is in nobody's crew");
  await scene.net.connect(scene.ann, cal);
  await scene.net.deliver();
  scene.members = rolesOf(scene.ann);
  assert.ok(scene.members[cal.id]);
  await scene.assertUnharmed(cal);
  scene.assertNamed(cal, ["impostor"], null);
});

Deno.test("an invite that sends a newcomer to somebody else's crew is that crew's, not a way into ours", async () => {
  const scene = await Scene.open("none");
  const ticket = await inviteOf(scene);
  const cal = await scene.net.device("cal");
  const eve = await Forger.named("eve");
  await cal.membership.take(encodeTicket({ ...ticket, inviter: eve.id, founder: scene.ann.id }));
  const line = await scene.net.line(cal);
  await line.enter(eve.signer);
  const say = async (frame: SyncFrame) => await line.say(frame);
  await say({ kind: "summary", digest: new Uint8Array(8) });
  assert.deepEqual(Object.keys(rolesOf(cal)).filter((id) => id === eve.id), []);
  await scene.assertUnharmed();
});

async function useUp(scene: Scene, invite: InviteTicket): Promise<void> {
  for (let n = 0; n < INVITE_MOST_USES; n++) {
    const line = await scene.net.line(scene.ann);
    await line.enter(await signerNamed(`guest ${n}`), invite);
    assert.ok(line.isIn, `guest ${n}`);
    scene.ann.node.close(line.id);
  }
}

function includes(bytes: Uint8Array, part: Uint8Array): boolean {
  return bytes.some((_, at) => part.every((byte, i) => bytes[at + i] === byte));
}
