import assert from "node:assert/strict";
import { FakeTiming } from "../fakes_for_tests.ts";
import { AgentRun } from "./agent_run.ts";
import type { AgentFrame, ToSwarm } from "./swarm_messages.ts";

const NEVER = new AbortController().signal;
const BEGUN = {
  ...{ kind: "begun", groundM: [10, 8] },
  ground: { width: 1, height: 1, rgba: new ArrayBuffer(4) },
};

function frame(atMs: number): AgentFrame {
  const pose = {
    ...{ position: [1, 2] as const, heightM: 18, headingDeg: 0, tiltDeg: 90, fovDeg: 60 },
    ...{ aspect: 1, rangeM: 20 },
  };
  const rgba = new ArrayBuffer(4);
  return { kind: "frame", width: 1, height: 1, rgba, atMs, pose, corner: [0, 0], sentTo: null };
}

function setUp() {
  const timing = new FakeTiming();
  const posted: ToSwarm[] = [];
  const told: string[] = [];
  let [say, breakDown] = [(_: unknown) => {}, (_: unknown) => {}];
  const run = new AgentRun(
    {
      open(hear, broken) {
        [say, breakDown] = [hear, broken];
        return { post: (message) => void posted.push(message), close: () => told.push("closed") };
      },
      timing,
      wallMs: () => 5_000,
      element: {} as HTMLCanvasElement,
      onBegun: () => told.push("begun"),
      onFrame: ({ atMs }) => told.push(`frame ${atMs}`),
      onFailure: ({ code }) => told.push(code),
    },
    7,
    3,
  );
  return { run, timing, posted, told, say, breakDown, source: run.source("Drone 4") };
}

Deno.test("AgentRun is ready when its scene is made", async () => {
  const { run, posted, told, say } = setUp();
  assert.deepEqual(posted, [{ kind: "begin-agent", seed: 7, drone: 3 }]);
  say(BEGUN);
  await run.ready;
  assert.deepEqual(told, ["begun"]);
});

Deno.test("AgentRun is never ready when its worker does not start", async () => {
  const { run, told, breakDown } = setUp();
  breakDown("no script");
  await assert.rejects(run.ready, /worker does not start/);
  assert.deepEqual(told, ["closed", "worker-missing"]);
});

Deno.test("AgentRun takes a frame by the shared clock, shows it, and hands it over with its pose", async () => {
  const { timing, posted, told, say, source } = setUp();
  say(BEGUN);
  const next = source.nextFrame(NEVER);
  await timing.pass(0);
  assert.deepEqual(posted.at(-1), { kind: "take-frame", atMs: 5_000 });
  say(frame(5_000));
  assert.deepEqual((await next)?.pose.position, [1, 2]);
  assert.deepEqual(told, ["begun", "frame 5000"]);
});

Deno.test("AgentRun takes at most four frames a second, however often it is asked", async () => {
  const { timing, posted, say, source } = setUp();
  say(BEGUN);
  const first = source.nextFrame(NEVER);
  await timing.pass(0);
  say(frame(0));
  await first;
  const second = source.nextFrame(NEVER);
  await timing.pass(249);
  assert.equal(posted.length, 2);
  await timing.pass(1);
  assert.equal(posted.length, 3);
  say(frame(1));
  await second;
});

Deno.test("AgentRun rejects the frame that is waited for when its worker breaks, and tells once", async () => {
  const { run, timing, posted, told, say, breakDown, source } = setUp();
  say(BEGUN);
  const next = source.nextFrame(NEVER);
  await timing.pass(0);
  breakDown("no script");
  await assert.rejects(next, /worker does not start/);
  breakDown("again");
  run.sendThere("a:0", [1, 2]);
  run.end();
  assert.deepEqual(told, ["begun", "closed", "worker-missing"]);
  assert.equal(posted.filter(({ kind }) => kind === "send-there").length, 0);
});

Deno.test("AgentRun ends quietly, and passes errands on until then", () => {
  const { run, posted, told } = setUp();
  run.sendThere("a:0", [1, 2]);
  run.end();
  assert.deepEqual(posted.at(-1), { kind: "send-there", track: "a:0", place: [1, 2] });
  assert.deepEqual(told, ["closed"]);
});
