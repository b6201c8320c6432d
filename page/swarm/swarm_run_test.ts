import assert from "node:assert/strict";
import { FieldError } from "../../field/errors.ts";
import type { ToSwarm } from "./swarm_messages.ts";
import { type Looked, type RunPorts, SwarmRun } from "./swarm_run.ts";

const LINKS = { latencyMs: [5, 20] as const, loss: 0, partition: false };
const CAT = { label: "cat", score: 0.8, box: { x: 0, y: 0, width: 1, height: 1 } };
const DETECT = {
  ...{ kind: "detect", batch: 4 },
  frames: [
    { width: 1, height: 1, rgba: new Uint8Array([9, 9, 9, 255]).buffer, drone: 2, corner: [0, 0] },
  ],
};

function setUp(detect: RunPorts["detect"] = () => Promise.resolve([[CAT]])) {
  const posted: ToSwarm[] = [];
  const told: string[] = [];
  const looked: Looked[] = [];
  let [say, breakDown] = [(_: unknown) => {}, (_: unknown) => {}];
  let isClosed = false;
  const run = new SwarmRun(
    {
      open(hear, broken) {
        [say, breakDown] = [hear, broken];
        return {
          post: (message) => void posted.push(message),
          close: () => void (isClosed = true),
        };
      },
      detect,
      onBegun: () => told.push("begun"),
      onReport: () => told.push("report"),
      onLooked: (all) => void looked.push(...all),
      onFailure: ({ code }) => told.push(code),
    },
    7,
    LINKS,
  );
  return { run, posted, told, looked, say, breakDown, isClosed: () => isClosed };
}

Deno.test("SwarmRun begins its swarm first of all", () => {
  const { posted } = setUp();
  assert.deepEqual(posted, [{ kind: "begin-swarm", seed: 7, links: LINKS }]);
});

Deno.test("SwarmRun brings back what the real detector saw, and shows it", async () => {
  const { posted, looked, say } = setUp((pictures) => {
    assert.deepEqual(pictures.map(({ rgba }) => [...rgba]), [[9, 9, 9, 255]]);
    return Promise.resolve([[CAT]]);
  });
  say(DETECT);
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(posted.at(-1), { kind: "detected", batch: 4, detections: [[CAT]] });
  assert.deepEqual(looked.map(({ drone, detections }) => ({ drone, detections })), [
    { drone: 2, detections: [CAT] },
  ]);
});

Deno.test("SwarmRun tells its worker when the detector fails, with its code", async () => {
  const missing = new FieldError("model-missing", "The model is not here.");
  const { posted, say } = setUp(() => Promise.reject(missing));
  say(DETECT);
  await Promise.resolve();
  await Promise.resolve();
  const last = posted.at(-1);
  assert.ok(last?.kind === "not-detected" && last.failure.code === "model-missing");
});

Deno.test("SwarmRun ends once with a failure: told, unreadable, or a worker that does not start", () => {
  const failure = { code: "file-unreadable", message: "A picture is missing." };
  for (
    const [how, code] of [
      [(it: ReturnType<typeof setUp>) => it.say({ kind: "failed", failure }), "file-unreadable"],
      [(it: ReturnType<typeof setUp>) => it.say({ kind: "nonsense" }), "bad-message"],
      [(it: ReturnType<typeof setUp>) => it.breakDown("no script"), "worker-missing"],
    ] as const
  ) {
    const it = setUp();
    how(it);
    it.say({ kind: "failed", failure });
    assert.deepEqual(it.told, [code]);
    assert.ok(it.isClosed());
  }
});

Deno.test("SwarmRun says and posts nothing after its end", async () => {
  const answer = Promise.withResolvers<readonly (readonly typeof CAT[])[]>();
  const { run, posted, told, looked, say } = setUp(() => answer.promise);
  say(DETECT);
  run.end();
  answer.resolve([[CAT]]);
  run.run(true);
  run.setLinks(LINKS);
  say({ kind: "failed", failure: { code: "internal", message: "late" } });
  await answer.promise;
  await Promise.resolve();
  assert.equal(posted.length, 1);
  assert.deepEqual({ told, looked }, { told: [], looked: [] });
});
