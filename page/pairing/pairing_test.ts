import assert from "node:assert/strict";
import { FieldError } from "../../field/errors.ts";
import type { Channel, ChannelEvents } from "../../field/link/signal.ts";
import { FakeTiming, settled } from "../fakes_for_tests.ts";
import * as browsers from "./browser_sdps_for_tests.ts";
import type { PairCrew } from "./pair_crew.ts";
import { readPairCode } from "./pair_code.ts";
import { readSdp } from "./pair_sdp.ts";
import type { PairState } from "./pair_state.ts";
import {
  CONNECTS_WITHIN_MS,
  LOST_FOR_MS,
  MEETS_WITHIN_MS,
  Pairing,
  UNREAD_AFTER_MS,
} from "./pairing.ts";
import type { EndEvents, PairEnd } from "./rtc_end.ts";

const INVITE = "AAECAwQFBgcICQoLDA0ODw";

class FakeChannel implements Channel {
  readonly answered = true;
  readonly bufferedBytes = 0;
  isClosed = false;
  constructor(readonly peerId: string, readonly onOver: () => void) {}
  listen(_events: ChannelEvents): void {}
  send(_bytes: ArrayBuffer): void {}
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.onOver();
  }
}

/** An end that describes itself as a browser did once, and connects when a test says so. */
class FakeEnd implements PairEnd {
  offerSdp = browsers.chromiumOffer;
  answerSdp = browsers.chromiumAnswer;
  remote = "";
  /** Why the browser takes no description of the other side's. */
  refusal: unknown = null;
  hasLeft = false;
  events: EndEvents | undefined;
  #peerId = "";

  listen(events: EndEvents): void {
    this.events = events;
  }
  offer(): Promise<string> {
    return Promise.resolve(this.offerSdp);
  }
  answer(offer: string, peerId: string): Promise<string> {
    [this.remote, this.#peerId] = [offer, peerId];
    return Promise.resolve(this.answerSdp);
  }
  accept(answer: string, peerId: string): Promise<void> {
    [this.remote, this.#peerId] = [answer, peerId];
    return this.refusal ? Promise.reject(this.refusal) : Promise.resolve();
  }
  leave(): void {
    this.hasLeft = true;
    this.events = undefined;
  }
  open(): FakeChannel {
    const channel = new FakeChannel(this.#peerId, () => this.events?.over());
    this.events?.opened(channel);
    return channel;
  }
}

/** A device with its pairing; its crew says yes to everything unless told otherwise. */
class Device implements PairCrew {
  readonly timing = new FakeTiming();
  readonly ends: FakeEnd[] = [];
  readonly steps: string[] = [];
  readonly adopted: Channel[] = [];
  readonly said: string[] = [];
  readonly pairing: Pairing;
  isMember = false;
  refusal: FieldError | null = null;
  adoption: FieldError | null = null;
  meet: (name: string) => void = () => {};

  constructor(readonly name: string, prepare: (end: FakeEnd) => void = () => {}) {
    let drawn = name.charCodeAt(0);
    this.pairing = new Pairing({
      timing: this.timing,
      random: (length) => new Uint8Array(length).fill(drawn++),
      openEnd: () => {
        const end = new FakeEnd();
        prepare(end);
        this.ends.push(end);
        return end;
      },
      crew: this,
    });
    this.pairing.onState(({ step }) => this.steps.push(step));
  }

  get end(): FakeEnd {
    return this.ends.at(-1) ?? assert.fail("no end");
  }
  get state(): PairState {
    return this.pairing.state;
  }
  get code(): string {
    return "code" in this.state ? this.state.code : assert.fail(`no code in ${this.state.step}`);
  }
  get reason(): string {
    return this.state.step === "failed" ? this.state.failure.reason : this.state.step;
  }

  turnRadioOn(): void {
    this.said.push("radio");
  }
  peerId(): Promise<string> {
    return Promise.resolve(`fm-${this.name.charCodeAt(0).toString(16).repeat(16)}`);
  }
  invite(): Promise<string> {
    return this.refusal ? Promise.reject(this.refusal) : Promise.resolve(INVITE);
  }
  isIn(): Promise<boolean> {
    return Promise.resolve(this.isMember);
  }
  join(invite: string): Promise<void> {
    this.said.push(`join ${invite}`);
    return this.refusal ? Promise.reject(this.refusal) : Promise.resolve();
  }
  cancelJoin(): Promise<void> {
    this.said.push("cancel");
    return Promise.resolve();
  }
  adopt(channel: Channel): void {
    if (this.adoption) {
      channel.close();
      throw this.adoption;
    }
    this.adopted.push(channel);
  }
  met(_peerId: string, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      this.meet = resolve;
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  }
}

async function upToAnswer(invite: boolean) {
  const [one, other] = [new Device("a"), new Device("b")];
  await one.pairing.offer({ invite });
  other.pairing.read();
  await other.pairing.take(one.code);
  if (other.state.step === "invited") await other.pairing.agree();
  return { one, other };
}

async function upToConnecting(invite = false) {
  const { one, other } = await upToAnswer(invite);
  await one.pairing.take(other.code);
  return { one, other };
}

Deno.test("Pairing links a member with a newcomer, who is asked before it joins", async () => {
  const { one, other } = await upToConnecting(true);
  assert.deepEqual(other.said, ["radio", `join ${INVITE}`]);
  await one.timing.pass(700);
  for (const device of [one, other]) device.end.open();
  assert.equal(one.adopted[0].peerId, await other.peerId());
  assert.equal(other.adopted[0].peerId, await one.peerId());
  one.meet("Bo");
  other.meet("Ann");
  await settled();
  assert.deepEqual(one.state, { step: "met", name: "Bo", tookMs: 700 });
  assert.deepEqual(other.state, { step: "met", name: "Ann", tookMs: null });
  const last = ["meeting", "met"];
  assert.deepEqual(one.steps, ["idle", "preparing", "offering", "connecting", ...last]);
  const before = ["idle", "reading", "preparing", "invited", "preparing", "answering"];
  assert.deepEqual(other.steps, [...before, ...last]);
  assert.equal(one.timing.pending + other.timing.pending, 0);
});

Deno.test("Pairing hands each end the other's description, the offer's side starting DTLS", async () => {
  const { one, other } = await upToConnecting();
  const essence = (sdp: string) => {
    const { ufrag, pwd, fingerprint } = readSdp(sdp) ?? assert.fail("not read");
    return { ufrag, pwd, fingerprint };
  };
  assert.deepEqual(essence(other.end.remote), essence(browsers.chromiumOffer));
  assert.deepEqual(essence(one.end.remote), essence(browsers.chromiumAnswer));
  assert.match(other.end.remote, /a=setup:active/);
  assert.match(one.end.remote, /a=setup:passive/);
});

Deno.test("Pairing of two members asks nothing and takes no invite", async () => {
  const [one, other] = [new Device("a"), new Device("b")];
  other.isMember = true;
  await one.pairing.offer({ invite: true });
  other.pairing.read();
  await other.pairing.take(one.code);
  assert.equal(other.state.step, "answering");
  assert.deepEqual(other.said, ["radio"]);
  const answer = readPairCode(other.code);
  assert.ok(typeof answer === "object" && answer.invite === null);
});

Deno.test("Pairing names a code that is not the one it waits for, and goes on", async () => {
  const { one, other } = await upToAnswer(false);
  const [late, former] = [other.code, one.code];
  const problem = () => "problem" in one.state ? one.state.problem : one.state.step;
  await one.pairing.offer({ invite: false });
  for (
    const [text, wanted] of [
      ["", "not-a-code"],
      [one.code.slice(0, 60), "damaged"],
      [one.code.replace("FM1", "FM9"), "other-version"],
      [one.code, "own-code"],
      [former, "both-show"],
      [late, "other-attempt"],
    ]
  ) {
    await one.pairing.take(text);
    assert.equal(problem(), wanted);
  }
  const reader = new Device("c");
  reader.pairing.read();
  await reader.pairing.take(late);
  assert.deepEqual(reader.state, { step: "reading", problem: "answer-first" });
  await reader.pairing.take(one.code);
  await one.pairing.take(reader.code);
  assert.equal(one.state.step, "connecting");
});

Deno.test("Pairing without a network, without WebRTC or with an odd browser says so at once", async () => {
  const bare = browsers.chromiumOffer.replace(/a=candidate.*\r\n/g, "");
  const offline = new Device("a", (end) => end.offerSdp = bare);
  await offline.pairing.offer({ invite: false });
  assert.equal(offline.reason, "no-network");
  assert.ok(offline.end.hasLeft);

  const odd = new Device("a", (end) => end.offerSdp = "v=0");
  await odd.pairing.offer({ invite: false });
  assert.equal(odd.reason, "unusual-browser");

  const device = new Device("a");
  const refusing = await upToAnswer(false);
  refusing.one.end.refusal = new DOMException("Failed to parse", "OperationError");
  await refusing.one.pairing.take(refusing.other.code);
  assert.equal(refusing.one.reason, "unusual-browser");

  for (const openEnd of [() => null, () => assert.fail("forbidden")]) {
    const pairing = new Pairing({
      timing: device.timing,
      random: (length) => new Uint8Array(length),
      openEnd,
      crew: device,
    });
    await pairing.offer({ invite: false });
    assert.ok(pairing.state.step === "failed" && pairing.state.failure.reason === "unsupported");
  }
});

Deno.test("Pairing gives up 15 s after the second code, and tells how far it came", async () => {
  const plain = await upToConnecting();
  await plain.one.timing.pass(CONNECTS_WITHIN_MS - 1);
  assert.equal(plain.one.state.step, "connecting");
  await plain.one.timing.pass(1);
  assert.equal(plain.one.reason, "unreached");

  const found = await upToConnecting();
  found.one.end.events?.reachChanged("found");
  await found.one.timing.pass(CONNECTS_WITHIN_MS);
  assert.equal(found.one.reason, "broken");

  const [one, other] = [
    new Device("a"),
    new Device("b", (end) => end.answerSdp = browsers.firefoxNamesAnswer),
  ];
  await one.pairing.offer({ invite: false });
  assert.ok(one.state.step === "offering" && !one.state.namesOnly);
  other.pairing.read();
  await other.pairing.take(one.code);
  assert.ok(other.state.step === "answering" && other.state.namesOnly);
  await one.pairing.take(other.code);
  await one.timing.pass(CONNECTS_WITHIN_MS);
  assert.equal(one.reason, "names-unresolved");
});

Deno.test("Pairing outlives a passing loss of reach, and not a lasting one", async () => {
  const { one } = await upToConnecting();
  one.end.events?.reachChanged("lost");
  await one.timing.pass(LOST_FOR_MS - 1);
  one.end.events?.reachChanged("searching");
  await one.timing.pass(LOST_FOR_MS);
  assert.equal(one.state.step, "connecting");
  one.end.events?.reachChanged("lost");
  await one.timing.pass(LOST_FOR_MS);
  assert.equal(one.reason, "unreached");
});

Deno.test("Pairing shows its answer for five minutes, and tells when the other is in reach", async () => {
  const { other } = await upToAnswer(false);
  assert.ok(other.state.step === "answering" && !other.state.inReach);
  other.end.events?.reachChanged("found");
  assert.ok(other.state.step === "answering" && other.state.inReach);
  await other.timing.pass(UNREAD_AFTER_MS);
  assert.equal(other.reason, "unread");
});

Deno.test("Pairing names a link that was refused, that stays silent, or that the radio does not take", async () => {
  const refused = await upToConnecting();
  refused.one.end.open().close();
  assert.equal(refused.one.reason, "refused");

  const silent = await upToConnecting();
  silent.one.end.open();
  await silent.one.timing.pass(MEETS_WITHIN_MS);
  assert.equal(silent.one.reason, "unanswered");

  const full = await upToConnecting();
  full.one.adoption = new FieldError("peer-refused", "No room.");
  const channel = full.one.end.open();
  await settled();
  assert.ok(channel.isClosed);
  assert.ok(full.one.state.step === "failed");
  assert.equal(full.one.state.failure.message, "No room.");
});

Deno.test("Pairing passes on what the crew says against it", async () => {
  const one = new Device("a");
  one.refusal = new FieldError("not-admin", "Only an admin can invite.");
  await one.pairing.offer({ invite: true });
  assert.ok(one.state.step === "failed");
  assert.equal(one.state.failure.message, "Only an admin can invite.");

  const [inviter, other] = [new Device("c"), new Device("b")];
  await inviter.pairing.offer({ invite: true });
  other.refusal = new FieldError("already-in-crew", "Already in a crew of 3.");
  other.pairing.read();
  await other.pairing.take(inviter.code);
  await other.pairing.agree();
  assert.ok(other.state.step === "failed");
  assert.equal(other.state.failure.message, "Already in a crew of 3.");
});

Deno.test("Pairing cancelled gives the invite up, closes its end and hears nothing more", async () => {
  const { other } = await upToAnswer(true);
  const { end } = other;
  const { events } = end;
  other.pairing.cancel();
  assert.deepEqual(other.said, ["radio", `join ${INVITE}`, "cancel"]);
  assert.ok(end.hasLeft);
  assert.equal(other.timing.pending, 0);
  const late = new FakeChannel("fm-late", () => {});
  events?.opened(late);
  events?.reachChanged("found");
  assert.ok(late.isClosed);
  assert.equal(other.state.step, "idle");
});

Deno.test("Pairing that fails before there is a link gives the invite up, and keeps it after", async () => {
  const unread = await upToAnswer(true);
  await unread.other.timing.pass(UNREAD_AFTER_MS);
  assert.equal(unread.other.reason, "unread");
  assert.deepEqual(unread.other.said, ["radio", `join ${INVITE}`, "cancel"]);

  const { other } = await upToConnecting(true);
  other.end.open();
  await other.timing.pass(MEETS_WITHIN_MS);
  assert.equal(other.reason, "unanswered");
  assert.deepEqual(other.said, ["radio", `join ${INVITE}`]);
});

Deno.test("Pairing cancelled while its code is made shows none", async () => {
  const one = new Device("a");
  const made = one.pairing.offer({ invite: true });
  one.pairing.cancel();
  await made;
  assert.equal(one.state.step, "idle");
  assert.deepEqual(one.steps, ["idle", "preparing", "idle"]);
});

Deno.test("Pairing left once it has met keeps the link and the membership", async () => {
  const { one, other } = await upToConnecting(true);
  const channels = [one, other].map((device) => device.end.open());
  other.meet("Ann");
  await settled();
  other.pairing.cancel();
  one.pairing.cancel();
  assert.ok(channels.every((channel) => !channel.isClosed));
  assert.ok(!other.said.includes("cancel"));
});
