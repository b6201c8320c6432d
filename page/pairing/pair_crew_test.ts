import assert from "node:assert/strict";
import { encodeTicket } from "../../field/invite.ts";
import { FakeTiming, settled } from "../fakes_for_tests.ts";
import type { WorkerCalls } from "../worker_connection.ts";
import { workerPairCrew } from "./pair_crew.ts";

const FOUNDER = "11".repeat(32);
const OTHER = "22".repeat(32);
const PEER = { device: OTHER, name: "Bo", connected: false };

/** A worker that says of crew and peers what a test puts there. */
function crewWith(status: Record<string, unknown>) {
  const asked: string[] = [];
  const answers: Record<string, unknown> = {
    status: { crew: null, joining: null, peers: [], ...status },
    radio: { peerId: "fm-me", peers: [{ device: OTHER, peerId: "fm-bo" }] },
    invite: { code: "code" },
  };
  const call = (kind: string, args: unknown) => {
    asked.push(`${kind} ${JSON.stringify(args)}`);
    return Promise.resolve(answers[kind] ?? {});
  };
  const timing = new FakeTiming();
  const crew = workerPairCrew({
    timing,
    calls: { call } as unknown as WorkerCalls,
    turnRadioOn: () => {},
    adopt: () => {},
  });
  return { crew, asked, timing, answers };
}

Deno.test("workerPairCrew() knows whether an invite leads into the crew that this device is in", async () => {
  const invite = encodeTicket({
    founder: FOUNDER,
    inviter: FOUNDER,
    id: new Uint8Array(8),
    secret: new Uint8Array(16),
    expires: 1,
  });
  const isIn = (status: Record<string, unknown>) => crewWith(status).crew.isIn(invite);
  assert.equal(await isIn({ crew: { id: FOUNDER } }), true);
  assert.equal(await isIn({ crew: null }), false);
  assert.equal(await isIn({ crew: { id: OTHER } }), false);
  assert.equal(await isIn({ crew: { id: FOUNDER, removedBy: OTHER } }), false);
  assert.equal(await isIn({ crew: { id: FOUNDER }, joining: { inviter: FOUNDER } }), false);
  assert.equal(await crewWith({ crew: { id: FOUNDER } }).crew.isIn("no-invite"), false);
});

Deno.test("workerPairCrew() has met a device when the worker shows it as connected", async () => {
  const { crew, timing, answers } = crewWith({ peers: [PEER] });
  let name = "";
  const met = crew.met("fm-bo", new AbortController().signal).then((found) => name = found);
  await timing.pass(2_000);
  assert.equal(name, "");
  answers.status = { crew: null, peers: [{ ...PEER, connected: true }] };
  await timing.pass(250);
  await met;
  assert.equal(name, "Bo");
});

Deno.test("workerPairCrew() stops looking when the attempt is over", async () => {
  const { crew, timing, asked } = crewWith({ peers: [PEER] });
  const over = new AbortController();
  const met = assert.rejects(crew.met("fm-bo", over.signal));
  await settled();
  over.abort();
  await met;
  const before = asked.length;
  await timing.pass(5_000);
  assert.equal(asked.length, before);
});

Deno.test("workerPairCrew() invites as a sensor, joins and calls off by the worker", async () => {
  const { crew, asked } = crewWith({});
  assert.equal(await crew.peerId(), "fm-me");
  assert.equal(await crew.invite(), "code");
  await crew.join("code");
  await crew.cancelJoin();
  assert.deepEqual(asked, [
    "radio {}",
    'invite {"role":"sensor"}',
    'join {"invite":"code"}',
    "join-cancel {}",
  ]);
});
