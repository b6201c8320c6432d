import assert from "node:assert/strict";
import { idOf, seededRandom } from "../../tests/fixtures/devices.ts";
import {
  entriesOf,
  NOW,
  openDevice,
  receiveAll,
  SlowStore,
  type TestDevice,
} from "../../tests/fixtures/replicas.ts";
import { type ErrorCode, FieldError } from "../errors.ts";
import { INVITE_LASTS_MS, INVITE_MOST_USES, parseTicket } from "../invite.ts";
import type { InviteTicket } from "../invite.ts";
import { Membership } from "./membership.ts";

interface Joining extends TestDevice {
  membership: Membership;
  now: number;
}

const STRANGER = idOf(0x55);

let seed = 1;

async function openJoining(name: string): Promise<Joining> {
  const device = await openDevice(name, new SlowStore());
  const joining = { ...device, now: NOW, membership: null as never as Membership };
  joining.membership = await reopen(joining);
  return joining;
}

/** Membership as a restarted worker has it. */
function reopen(device: Joining): Promise<Membership> {
  const { replica, store } = device;
  return Membership.open({
    replica,
    store,
    nowMs: () => device.now,
    random: seededRandom(seed++),
  });
}

function ticketIn(code: string): InviteTicket {
  const ticket = parseTicket(code);
  assert.ok(ticket);
  return ticket;
}

const failsWith = (code: ErrorCode) => (error: unknown) =>
  error instanceof FieldError && error.code === code;

Deno.test("invite() founds a crew and gives a code that names founder, inviter and secret", async () => {
  const ann = await openJoining("ann");
  assert.ok(!ann.membership.isInviting);
  const { code, role, expires } = await ann.membership.invite("sensor");
  assert.equal(ann.replica.crew?.founder, ann.id);
  assert.equal(role, "sensor");
  assert.equal(expires, NOW + INVITE_LASTS_MS);
  const ticket = ticketIn(code);
  assert.deepEqual([ticket.founder, ticket.inviter, ticket.expires], [ann.id, ann.id, expires]);
  assert.deepEqual(ann.membership.find(ticket.id, STRANGER)?.secret, ticket.secret);
  assert.ok(ann.membership.isInviting);
  assert.equal(ann.membership.find(new Uint8Array(8), STRANGER), null);
});

Deno.test("invite() gives another id and secret each time, and the earlier ones stay good", async () => {
  const ann = await openJoining("ann");
  const [one, two] = [
    ticketIn((await ann.membership.invite("sensor")).code),
    ticketIn((await ann.membership.invite("viewer")).code),
  ];
  assert.notDeepEqual(one.secret, two.secret);
  assert.equal(ann.membership.find(one.id, STRANGER)?.role, "sensor");
  assert.equal(ann.membership.find(two.id, STRANGER)?.role, "viewer");
});

Deno.test("invite() twice at once gives two invites that are both good, also after reopening", async () => {
  const ann = await openJoining("ann");
  const made = await Promise.all([
    ann.membership.invite("sensor"),
    ann.membership.invite("viewer"),
  ]);
  for (const membership of [ann.membership, await reopen(ann)]) {
    const roles = made.map(({ code }) => membership.find(ticketIn(code).id, STRANGER)?.role);
    assert.deepEqual(roles, ["sensor", "viewer"]);
  }
});

Deno.test("invite() of one who is no admin throws not-admin", async () => {
  const [ann, bob] = [await openJoining("ann"), await openJoining("bob")];
  await bob.replica.follow(ann.id);
  await assert.rejects(bob.membership.invite("sensor"), failsWith("not-admin"));
  assert.ok(!bob.membership.isInviting);
});

Deno.test("find() has an invite until it expires", async () => {
  const ann = await openJoining("ann");
  const { id } = ticketIn((await ann.membership.invite("sensor")).code);
  ann.now += INVITE_LASTS_MS - 1;
  assert.ok(ann.membership.find(id, STRANGER));
  ann.now += 1;
  assert.equal(ann.membership.find(id, STRANGER), null);
  assert.ok(!ann.membership.isInviting);
});

Deno.test("find() has an invite until it is used up, also after reopening", async () => {
  const ann = await openJoining("ann");
  const { id } = ticketIn((await ann.membership.invite("sensor")).code);
  for (let use = 0; use < INVITE_MOST_USES; use++) {
    if (use === 5) ann.membership = await reopen(ann);
    const invite = ann.membership.find(id, STRANGER);
    assert.ok(invite, `use ${use}`);
    await ann.membership.admit(idOf(use), invite);
  }
  assert.equal(ann.membership.find(id, STRANGER), null);
  assert.equal((await reopen(ann)).find(id, STRANGER), null);
  assert.equal(ann.replica.crew?.members.size, INVITE_MOST_USES + 1);
});

Deno.test("admit() of several at once counts each use", async () => {
  const ann = await openJoining("ann");
  const { id } = ticketIn((await ann.membership.invite("sensor")).code);
  const invite = ann.membership.find(id, STRANGER);
  assert.ok(invite);
  await Promise.all([1, 2, 3].map((byte) => ann.membership.admit(idOf(byte), invite)));
  assert.equal(ann.membership.find(id, STRANGER)?.used, 3);
  for (const byte of [1, 2, 3]) {
    assert.equal(ann.replica.crew?.members.get(idOf(byte))?.role, "sensor");
  }
});

Deno.test("admit() lets in no more at once than the invite is for, and says who came too late", async () => {
  const ann = await openJoining("ann");
  const { id } = ticketIn((await ann.membership.invite("sensor")).code);
  const invite = ann.membership.find(id, STRANGER);
  assert.ok(invite);
  const all = Array.from({ length: INVITE_MOST_USES + 5 }, (_, n) => idOf(n));
  const came = await Promise.all(all.map((device) => ann.membership.admit(device, invite)));
  assert.equal(came.filter((isIn) => isIn).length, INVITE_MOST_USES);
  assert.equal(ann.replica.crew?.members.size, INVITE_MOST_USES + 1);
  for (const [n, device] of all.entries()) {
    assert.equal(ann.replica.crew?.members.has(device), came[n]);
  }
});

Deno.test("take() keeps the invite over reopening, until it is answered or dropped", async () => {
  const [ann, bob] = [await openJoining("ann"), await openJoining("bob")];
  const { code } = await ann.membership.invite("sensor");
  assert.equal((await bob.membership.take(code)).inviter, ann.id);
  assert.deepEqual(bob.membership.ticket, ticketIn(code));
  bob.membership = await reopen(bob);
  assert.deepEqual(bob.membership.ticket, ticketIn(code));
  await bob.membership.drop();
  assert.equal(bob.membership.ticket, null);
  assert.equal((await reopen(bob)).ticket, null);
  assert.equal(bob.replica.crew, null);
});

Deno.test("take() refuses what is no invite, an expired one, and this device's own", async () => {
  const [ann, bob] = [await openJoining("ann"), await openJoining("bob")];
  const { code } = await ann.membership.invite("sensor");
  await assert.rejects(bob.membership.take("hello"), failsWith("invite-invalid"));
  await assert.rejects(bob.membership.take(code.slice(1)), failsWith("invite-invalid"));
  await assert.rejects(ann.membership.take(code), failsWith("invite-invalid"));
  bob.now += INVITE_LASTS_MS + 1;
  await assert.rejects(bob.membership.take(code), failsWith("invite-expired"));
  assert.equal(bob.membership.ticket, null);
  assert.equal((await reopen(bob)).ticket, null);
});

Deno.test("take() refuses a device that is in a crew with others, but not one that is invited into its own again", async () => {
  const [ann, bob] = [await openJoining("ann"), await openJoining("bob")];
  const { code } = await ann.membership.invite("sensor");
  await bob.replica.found();
  await bob.replica.admit(idOf(1), "sensor");
  await assert.rejects(bob.membership.take(code), failsWith("already-in-crew"));
  const cal = await openJoining("cal");
  await ann.replica.admit(cal.id, "sensor");
  await cal.replica.follow(ann.id);
  await hears(ann, cal);
  assert.equal((await cal.membership.take(code)).founder, ann.id);
  await cal.membership.accepted();
  assert.equal(cal.membership.ticket, null);
});

/** The crew's entries reach a device, as over a link to its inviter. */
async function hears(of: Joining, device: Joining): Promise<void> {
  await receiveAll(device.replica, await entriesOf(of.store));
}

Deno.test("accepted() lets a device that founded a crew of its own follow another's", async () => {
  const [ann, bob] = [await openJoining("ann"), await openJoining("bob")];
  const own = ticketIn((await bob.membership.invite("sensor")).code);
  const { code } = await ann.membership.invite("sensor");
  await bob.membership.take(code);
  await bob.membership.accepted();
  assert.equal(bob.replica.crew?.founder, ann.id);
  assert.equal(bob.membership.find(own.id, STRANGER), null, "it led into the crew that was left");
  assert.ok(!(await reopen(bob)).isInviting);
});

Deno.test("settle() ends an invite once the crew names this device, and not before", async () => {
  const [ann, bob] = [await openJoining("ann"), await openJoining("bob")];
  const { code } = await ann.membership.invite("sensor");
  await bob.membership.take(code);
  await bob.membership.settle();
  await bob.membership.accepted();
  await bob.membership.settle();
  assert.ok(bob.membership.ticket, "nobody has named Bob yet");
  assert.ok((await reopen(bob)).ticket);
  await ann.replica.admit(bob.id, "sensor");
  await hears(ann, bob);
  await bob.membership.settle();
  assert.equal(bob.membership.ticket, null);
  assert.equal((await reopen(bob)).ticket, null);
});

Deno.test("take() lets a device try another invite while its crew does not name it yet", async () => {
  const [ann, bob, cal] = await Promise.all(["ann", "bob", "cal"].map(openJoining));
  await ann.replica.found();
  await ann.replica.admit(bob.id, "admin");
  await bob.replica.follow(ann.id);
  await hears(ann, bob);
  await cal.membership.take((await bob.membership.invite("sensor")).code);
  await cal.membership.accepted(); // and then Bob goes away, before his entries have come
  const { inviter } = await cal.membership.take((await ann.membership.invite("sensor")).code);
  assert.equal(inviter, ann.id);
});

Deno.test("accepted() and settle() without an invite change nothing", async () => {
  const ann = await openJoining("ann");
  await ann.membership.invite("sensor");
  await ann.membership.accepted();
  await ann.membership.settle();
  assert.equal(ann.replica.crew?.founder, ann.id);
  assert.ok(ann.membership.isInviting);
});

Deno.test("open() leaves out settings that another version may have written", async () => {
  const ann = await openJoining("ann");
  for (const odd of [7, null, "no ticket", {}, [1, null]]) {
    await ann.store.commit({ settings: { ticket: odd, invites: odd } });
    const membership = await reopen(ann);
    assert.equal(membership.ticket, null);
    assert.ok(!membership.isInviting);
  }
});

Deno.test("find() gives a device that was removed no invite from before, but a later one", async () => {
  const ann = await openJoining("ann");
  const before = ticketIn((await ann.membership.invite("sensor")).code);
  await ann.replica.admit(STRANGER, "sensor");
  await ann.replica.remove(STRANGER);
  assert.equal(ann.membership.find(before.id, STRANGER), null);
  assert.ok(ann.membership.find(before.id, idOf(0x56)), "it is good for others");
  ann.now += 60_000;
  const after = ticketIn((await ann.membership.invite("viewer")).code);
  assert.equal(ann.membership.find(after.id, STRANGER)?.role, "viewer");
});

Deno.test("an admin that was removed takes nobody in by the invites that it gave out", async () => {
  const [ann, bob] = [await openJoining("ann"), await openJoining("bob")];
  await ann.replica.found();
  await ann.replica.admit(bob.id, "admin");
  await bob.replica.follow(ann.id);
  await receiveAll(bob.replica, await entriesOf(ann.store));
  const { id } = ticketIn((await bob.membership.invite("sensor")).code);
  assert.ok(bob.membership.isInviting && bob.membership.find(id, STRANGER));
  await ann.replica.remove(bob.id);
  await receiveAll(bob.replica, await entriesOf(ann.store));
  assert.ok(!bob.membership.isInviting);
  assert.equal(bob.membership.find(id, STRANGER), null);
});
