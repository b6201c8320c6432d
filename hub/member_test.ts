import assert from "node:assert/strict";
import { toBase64Url } from "../field/bytes.ts";
import { encodeTicket, parseTicket } from "../field/invite.ts";
import { MemoryStore } from "../field/store/memory_store.ts";
import { bytesOf, idOf, seededRandom, signerNamed } from "../tests/fixtures/devices.ts";
import { RelayDevice } from "../tests/fixtures/relay_device.ts";
import { NOW } from "../tests/fixtures/replicas.ts";
import { thumbOf } from "../tests/fixtures/sync_net.ts";
import { TemporaryFolder } from "../tests/temporary_folder.ts";
import { waitFor } from "../tests/wait_for.ts";
import { HubError } from "./hub_error.ts";
import { Member } from "./member.ts";
import type { GivenInvite } from "./member_address.ts";
import { RunningMember } from "./member_run.ts";
import type { MemberStatus } from "./member_words.ts";
import { Relay } from "./relay.ts";

/** A hub with a relay that others reach, and a folder; it can be started again over that. */
class TestHub implements AsyncDisposable {
  readonly said: string[] = [];
  readonly url: string;
  readonly #folder: string;
  readonly #relay: Relay;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #member: RunningMember | null = null;

  constructor(folder: string) {
    this.#folder = folder;
    const relay = new Relay();
    this.#relay = relay;
    this.#server = Deno.serve(
      { hostname: "localhost", port: 0, onListen: () => {} },
      (request, { remoteAddr }) => relay.accept(request, remoteAddr.hostname),
    );
    this.url = `http://localhost:${this.#server.addr.port}`;
  }

  async start(
    { invite = null, peerHubs = [] }: {
      invite?: GivenInvite | null;
      peerHubs?: readonly string[];
    } = {},
  ): Promise<void> {
    const say = (text: string) => void this.said.push(text);
    const flags = { hubOf: invite, peerHubs };
    this.#member = await RunningMember.open(this.#folder, flags, { say, warn: say });
    const name = { name: "Hub box", isGiven: false };
    await this.#member?.start({ relay: this.#relay, ownOrigins: [this.url], name });
  }

  async stop(): Promise<void> {
    await this.#member?.close();
    this.#member = null;
  }

  async status(): Promise<MemberStatus | null> {
    return await this.#member?.status() ?? null;
  }

  async until(what: string, holds: (status: MemberStatus) => boolean): Promise<void> {
    const isSo = (status: MemberStatus | null) => status !== null && holds(status);
    await waitFor(`the hub: ${what}`, () => this.status(), isSo, { withinMs: 20_000, pauseMs: 20 });
  }

  async untilSaid(words: RegExp): Promise<void> {
    const has = (said: readonly string[]) => said.some((text) => words.test(text));
    await waitFor(`the hub to say ${words}`, () => this.said, has, { withinMs: 20_000 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.#relay.close();
    await this.#server.shutdown();
  }
}

const bare = (code: string): GivenInvite => ({ code, hub: null });

/** A hub that `inviter` has taken into its crew, which is online at it. */
async function joinedHub(inviter: RelayDevice, folder: string): Promise<TestHub> {
  const hub = new TestHub(folder);
  const { code } = await inviter.membership.invite("sensor");
  inviter.goOnline(hub.url);
  await hub.start({ invite: bare(code) });
  await hub.until("is a member", ({ state }) => state === "member");
  return hub;
}

async function joins(device: RelayDevice, inviter: RelayDevice): Promise<void> {
  const { code } = await inviter.membership.invite("sensor");
  await device.membership.take(code);
}

Deno.test("a hub brings together devices that are never online at the same time, pictures included", async () => {
  await using files = await TemporaryFolder.make("member");
  await using ann = await RelayDevice.named("ann");
  await using bob = await RelayDevice.named("bob");
  await using hub = await joinedHub(ann, `${files.path}/member`);
  await joins(bob, ann);
  bob.goOnline(hub.url);
  await bob.until("bob in the crew", () => bob.replica.crew?.members.size === 3);
  bob.goOffline();

  await ann.record(0, 5, await thumbOf(1, 100_000));
  await ann.record(5, 5, await thumbOf(2));
  await hub.until(
    "has all of ann's",
    ({ observations, pictures, picturesWaiting }) =>
      observations === 10 && pictures === 2 && picturesWaiting === 0,
  );
  ann.goOffline();

  // not only with the hub's memory: it is started again in between, without the invite
  await hub.stop();
  await hub.start();
  await hub.untilSaid(/^Member of a crew of 3: holds 10 observations, 2 pictures\.$/);
  await bob.record(20, 3);
  bob.goOnline(hub.url);
  await bob.until("ann's observations", async () => await bob.observations() === 13);
  await bob.until(
    "ann's pictures",
    async () => (await bob.store.mediaTotals()).here === 2 && (await bob.store.countWanted()) === 0,
  );
  await hub.until("has bob's", ({ observations }) => observations === 13);
  bob.goOffline();

  ann.goOnline(hub.url);
  await ann.until("bob's observations", async () => await ann.observations() === 13);
  assert.deepEqual((await ann.replica.verify()).faults, []);
});

Deno.test("a hub has its name in the crew, and says who comes and goes", async () => {
  await using files = await TemporaryFolder.make("member");
  await using ann = await RelayDevice.named("ann");
  await ann.replica.rename("Ann's phone");
  await using hub = await joinedHub(ann, `${files.path}/member`);
  await ann.until(
    "the hub's name",
    () =>
      [...ann.replica.crew?.members.keys() ?? []].some((id) =>
        ann.replica.nameOf(id) === "Hub box"
      ),
  );
  ann.goOffline();
  await hub.untilSaid(/^Ann's phone has gone: 0 of 1 other linked\.$/);
  assert.deepEqual(await hub.status(), {
    state: "member",
    members: 2,
    connected: 0,
    observations: 0,
    pictures: 0,
    picturesWaiting: 0,
  });
  ann.goOnline(hub.url);
  await hub.untilSaid(/^Ann's phone is here: 1 of 1 other linked\.$/);
});

Deno.test("two hubs of one crew sync with each other: one is told where the other is", async () => {
  await using files = await TemporaryFolder.make("member");
  await using ann = await RelayDevice.named("ann");
  await using bob = await RelayDevice.named("bob");
  await using first = await joinedHub(ann, `${files.path}/first`);
  await using second = new TestHub(`${files.path}/second`);
  const { code } = await ann.membership.invite("sensor");
  // as in an invite's link, made where ann has the app open
  await second.start({ invite: { code, hub: first.url } });
  await second.until("is a member", ({ state }) => state === "member");
  await joins(bob, ann);
  bob.goOnline(first.url);
  await bob.until("bob in the crew", () => bob.replica.crew?.members.size === 4);
  bob.goOffline();

  bob.goOnline(second.url); // and nowhere else, as ann is at the first alone
  await ann.record(0, 7, await thumbOf(1));
  await bob.until("ann's observations", async () => await bob.observations() === 7);
  await bob.until("ann's picture", async () => (await bob.store.mediaTotals()).here === 1);
  await bob.record(50, 4);
  await ann.until("bob's observations", async () => await ann.observations() === 11);

  // it remembers the other hub
  await second.stop();
  await ann.record(100, 2);
  await second.start();
  await second.until("has the new ones", ({ observations }) => observations === 13);
});

Deno.test("two hubs find each other again by --peer-hub", async () => {
  await using files = await TemporaryFolder.make("member");
  await using ann = await RelayDevice.named("ann");
  await using first = await joinedHub(ann, `${files.path}/first`);
  await using second = new TestHub(`${files.path}/second`);
  const { code } = await ann.membership.invite("sensor");
  ann.goOffline();
  ann.goOnline(first.url, second.url);
  await second.start({ invite: bare(code) });
  await second.until("is a member", ({ state }) => state === "member");
  ann.goOffline();
  await second.stop();

  await first.until("knows the other", ({ members }) => members === 3);
  await second.start({ peerHubs: [first.url] });
  await second.until("is linked with the first", ({ connected }) => connected === 1);
});

Deno.test("a hub whose invite is refused says so, and waits for another", async () => {
  await using files = await TemporaryFolder.make("member");
  await using ann = await RelayDevice.named("ann");
  await using hub = new TestHub(`${files.path}/member`);
  const { code } = await ann.membership.invite("sensor");
  const ticket = parseTicket(code);
  assert.ok(ticket);
  ann.goOnline(hub.url);
  await hub.start({
    invite: bare(encodeTicket({ ...ticket, secret: bytesOf("0123456789abcdef") })),
  });
  await hub.untilSaid(/^The invite was not accepted.*--hub-of <invite>/);
  assert.equal(await hub.status(), null);
  assert.equal(ann.replica.crew?.members.size, 1);

  await hub.stop();
  await hub.start({ invite: bare(code) });
  await hub.until("is a member", ({ state }) => state === "member");
});

Deno.test("a hub that was removed says so, keeps what it has, and links with nobody", async () => {
  await using files = await TemporaryFolder.make("member");
  await using ann = await RelayDevice.named("ann");
  await using hub = await joinedHub(ann, `${files.path}/member`);
  await ann.record(0, 3);
  await hub.until("has ann's", ({ observations }) => observations === 3);
  const [hubId] = [...ann.replica.crew?.members.keys() ?? []].filter((id) => id !== ann.id);
  await ann.replica.remove(hubId);
  await ann.node.announce([ann.id]);
  await hub.untilSaid(/^Removed from its crew.*still holds 3 observations.*--hub-of/);
  ann.node.dropStrangers();
  await ann.record(10, 1);
  assert.equal((await hub.status())?.connected, 0);

  await hub.stop();
  await hub.start();
  const { state, observations } = await hub.status() ?? {};
  assert.deepEqual({ state, observations }, { state: "removed", observations: 3 });

  const { code } = await ann.membership.invite("sensor");
  await hub.stop();
  await hub.start({ invite: bare(code) });
  await hub.until(
    "has it all again",
    ({ state, observations }) => state === "member" && observations === 4,
  );
});

Deno.test("a hub that has lost its records gets them back, and signs nothing twice", async () => {
  await using files = await TemporaryFolder.make("member");
  await using ann = await RelayDevice.named("ann");
  const folder = `${files.path}/member`;
  await using hub = await joinedHub(ann, folder);
  await ann.record(0, 3);
  const hubIds = () => [...ann.replica.crew?.members.keys() ?? []].filter((id) => id !== ann.id);
  await ann.until("the hub's name", () => ann.replica.nameOf(hubIds()[0]) === "Hub box");
  await hub.stop();
  for (const name of ["records.db", "records.db-wal", "records.db-shm"]) {
    await Deno.remove(`${folder}/${name}`).catch(() => {});
  }
  await hub.start();
  assert.match(hub.said.at(-1) ?? "", /has the key of a member.*--hub-of <invite>/);
  assert.equal(await hub.status(), null);

  const { code } = await ann.membership.invite("sensor");
  await hub.start({ invite: bare(code) });
  await hub.until(
    "has all again",
    ({ state, observations }) => state === "member" && observations === 3,
  );
  assert.equal(hubIds().length, 1);
  await ann.record(10, 1);
  await hub.until("goes on", ({ observations }) => observations === 4);
  assert.equal(ann.replica.headOf(hubIds()[0])?.quarantined, undefined);
});

/** A member over a disk in memory, with a clock of its own. */
async function memberAt(clock: { now: number }, store = new MemoryStore()) {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const member = await Member.open({
    ...{ store, signer: await signerNamed("hub"), say, warn: say },
    ...{ nowMs: () => clock.now, random: seededRandom(1) },
  });
  return { member, said, store };
}

function invite(put: Partial<Parameters<typeof encodeTicket>[0]> = {}): GivenInvite {
  const [id, secret] = [new Uint8Array(8).fill(1), new Uint8Array(16).fill(2)];
  const parts = { founder: idOf(1), inviter: idOf(1), id, secret, expires: NOW + 1000 };
  return bare(encodeTicket({ ...parts, ...put }));
}

const refusal = (words: RegExp) => (error: unknown) =>
  error instanceof HubError && words.test(error.message) && !error.message.includes("\n");

Deno.test("Member.take() says in a line what is wrong with an invite", async () => {
  const { member } = await memberAt({ now: NOW });
  const cut = invite().code.slice(0, -8);
  await assert.rejects(member.take(bare(cut)), refusal(/--hub-of: This is not a whole invite/));
  const other = bare(toBase64Url(bytesOf("something that is no invite")));
  await assert.rejects(member.take(other), refusal(/not a whole invite/));
  await assert.rejects(member.take(invite({ expires: NOW - 1 })), refusal(/expired.*new one/));
  assert.equal(member.state, null);
  await member.take(invite());
  assert.equal(member.state, "joining");
});

Deno.test("Member.take() takes an invite into its own crew as done, and refuses one into another", async () => {
  await using files = await TemporaryFolder.make("member");
  await using ann = await RelayDevice.named("ann");
  const { code } = await ann.membership.invite("sensor");
  await using hub = await joinedHub(ann, `${files.path}/member`);
  await hub.stop();
  await hub.start({ invite: bare(code) });
  assert.equal((await hub.status())?.state, "member");
  await hub.stop();
  await assert.rejects(
    hub.start({ invite: invite({ expires: Date.now() + 60_000 }) }),
    refusal(/another crew.*--data/),
  );
  await hub.start();
});

Deno.test("Member waits for its inviter over restarts, until the invite has expired", async () => {
  const clock = { now: NOW };
  const first = await memberAt(clock);
  await first.member.take(invite());
  const name = { name: "Hub", isGiven: false };
  await first.member.start([], name);
  assert.match(first.said.join(), /waiting for the device that made the invite/);

  const { member, said } = await memberAt(clock, first.store);
  await member.start([], name);
  assert.match(said.join(), /waiting for the device/);
  await member.tick();
  assert.equal(member.state, "joining");
  clock.now += 2000;
  await member.tick();
  assert.match(said.at(-1) ?? "", /The invite has expired.*new one/);
  assert.equal(member.state, null);
});
