import assert from "node:assert/strict";
import type { Failure } from "../field/errors.ts";
import type { Status } from "../field/messages.ts";
import { FakeTiming, someStatus } from "./fakes_for_tests.ts";
import { untilMember } from "./joining.ts";

const member: Status = { ...someStatus, crew: { id: "c", role: "sensor", members: 2 } };

function setUp(trouble: Failure | null = null) {
  const timing = new FakeTiming();
  const state = { status: someStatus, listeners: 0 };
  let tell: (failure: Failure) => void = () => {};
  const joining = untilMember("c", {
    timing,
    status: () => Promise.resolve(state.status),
    onFailure(listener) {
      state.listeners++;
      tell = listener;
      return () => void state.listeners--;
    },
    trouble: () => trouble,
  });
  joining.catch(() => {});
  return { timing, state, joining, tell: (failure: Failure) => tell(failure) };
}

Deno.test("untilMember() resolves when the status shows a crew", async () => {
  const { timing, state, joining } = setUp();
  await timing.pass(20_000);
  state.status = { ...someStatus, crew: { id: "another", role: "admin", members: 1 } };
  await timing.pass(20_000);
  state.status = member;
  await timing.pass(500);
  await joining;
  assert.equal(state.listeners, 0);
});

Deno.test("untilMember() rejects with what the worker says against the invite", async () => {
  const { timing, state, joining, tell } = setUp();
  await timing.pass(1_000);
  tell({ code: "storage-full", message: "of no concern here" });
  tell({ code: "invite-expired", message: "Too late." });
  await assert.rejects(joining, { code: "invite-expired", message: "Too late." });
  assert.equal(state.listeners, 0);
});

Deno.test("untilMember() rejects when the invite is given up here", async () => {
  const { timing, state, joining } = setUp();
  state.status = { ...someStatus, joining: { inviter: "i", expires: 9 } };
  await timing.pass(5_000);
  state.status = { ...someStatus, joining: null };
  await timing.pass(2_000);
  await assert.rejects(joining, { code: "called-off" });
});

Deno.test("untilMember() rejects after a minute with why nobody was reached", async () => {
  const unreachable = setUp({ code: "hub-unreachable", message: "The hub cannot be reached." });
  await unreachable.timing.pass(61_000);
  await assert.rejects(unreachable.joining, {
    code: "hub-unreachable",
    message: /Not joined yet\. The hub cannot be reached\./,
  });
  const silent = setUp();
  await silent.timing.pass(61_000);
  await assert.rejects(silent.joining, { code: "peer-refused", message: /has not answered/ });
});
