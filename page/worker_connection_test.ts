import assert from "node:assert/strict";
import { FieldError } from "../field/errors.ts";
import { FakeTiming, FakeWorker, settled, someStatus } from "./fakes_for_tests.ts";
import { WorkerConnection } from "./worker_connection.ts";

function connect() {
  const timing = new FakeTiming();
  const worker = new FakeWorker();
  let ids = 0;
  const connection = new WorkerConnection(timing, () => `id-${ids++}`);
  worker.tell = (message) => connection.receive(message);
  connection.attach(worker.post);
  return { timing, worker, connection };
}

/** Makes the connection know its worker: answers the ping of attach(). */
function greet({ worker }: ReturnType<typeof connect>) {
  worker.answer("ping", null);
}

const rgba = () => new ArrayBuffer(4);
const frame = () => ({ source: "s", width: 1, height: 1, rgba: rgba(), at: 0 });
const isLost = (error: unknown) => error instanceof FieldError && error.code === "worker-lost";

Deno.test("call() resolves with the answer to its own id", async () => {
  const { worker, connection } = connect();
  const first = connection.call("rename", { name: "A" });
  const second = connection.call("status", {});
  worker.answer("status", someStatus);
  worker.answer("rename", null);
  assert.equal(await first, null);
  assert.deepEqual(await second, someStatus);
});

Deno.test("call() rejects with the worker's failure", async () => {
  const { worker, connection } = connect();
  const call = connection.call("invite", { role: "sensor" });
  const { id } = worker.take("invite");
  const failure = { code: "not-admin" as const, message: "Only an admin may invite." };
  worker.tell({ id, boot: worker.boot, ok: false, failure });
  await assert.rejects(call, { code: "not-admin", message: failure.message });
});

Deno.test("call() rejects with bad-message when the answer is not of its kind", async () => {
  const { worker, connection } = connect();
  const call = connection.call("status", {});
  const { id } = worker.take("status");
  connection.receive({ id, boot: worker.boot, ok: true, value: { saved: "many" } });
  await assert.rejects(call, { code: "bad-message" });
});

Deno.test("call() waits for attach() and is sent then, in order", async () => {
  const timing = new FakeTiming();
  const worker = new FakeWorker();
  const connection = new WorkerConnection(timing);
  worker.tell = (message) => connection.receive(message);
  const calls = [connection.call("rename", { name: "A" }), connection.call("ping", {})];
  await timing.pass(600_000); // an installing worker may take long
  connection.attach(worker.post);
  assert.deepEqual(worker.received.map((call) => call.kind), ["ping", "rename", "ping"]);
  worker.answer("rename", null);
  worker.answer("ping", null);
  worker.answer("ping", null);
  await Promise.all(calls);
});

Deno.test("refuse() rejects calls made before and after it", async () => {
  const connection = new WorkerConnection(new FakeTiming());
  const before = connection.call("ping", {});
  connection.refuse(new FieldError("worker-missing", "No worker here."));
  await assert.rejects(before, { code: "worker-missing" });
  await assert.rejects(connection.call("ping", {}), { code: "worker-missing" });
});

Deno.test("call() rejects when the port throws", async () => {
  const connection = new WorkerConnection(new FakeTiming());
  connection.attach(() => {
    throw new FieldError("worker-lost", "unregistered");
  });
  await assert.rejects(connection.call("ping", {}), isLost);
});

Deno.test("call() rejects with the signal's reason, and a late answer is passed over", async () => {
  const { worker, connection } = connect();
  const abort = new AbortController();
  const call = connection.call("status", {}, { signal: abort.signal });
  abort.abort(new Error("changed my mind"));
  await assert.rejects(call, /changed my mind/);
  worker.answer("status", someStatus);
  await assert.rejects(connection.call("status", {}, { signal: abort.signal }), /changed my mind/);
});

Deno.test("a waiting call makes the connection ping", async () => {
  const all = connect();
  greet(all);
  const { timing, worker, connection } = all;
  const call = connection.call("status", {});
  await timing.pass(500);
  assert.equal(worker.received.length, 1);
  await timing.pass(2_500);
  assert.ok(worker.received.some((one) => one.kind === "ping"));
  worker.answer("status", someStatus);
  await call;
  await timing.pass(2_000);
  assert.equal(timing.pending, 0, "an idle connection leaves no timer behind");
});

Deno.test("a new boot is sent again what waits, under the same id", async () => {
  const all = connect();
  const { timing, worker, connection } = all;
  greet(all);
  const call = connection.call("observations", { query: { limit: 1 } });
  const { id } = worker.take("observations");
  worker.restart();
  await timing.pass(3_000);
  worker.answer("ping", null);
  const again = worker.take("observations");
  assert.equal(again.id, id);
  worker.tell(worker.goodAnswer(again, []));
  assert.deepEqual(await call, []);
});

Deno.test("a new boot rejects what was transferred away", async () => {
  const all = connect();
  greet(all);
  const { rgba, ...rest } = frame();
  const call = all.connection.call("frame", { ...rest, rgba }, { transfer: [rgba] });
  all.worker.restart();
  all.worker.notify({ notice: "boot" });
  await assert.rejects(call, isLost);
  assert.equal(all.worker.received.length, 0);
});

Deno.test("an answer from a new boot counts before the restart is dealt with", async () => {
  const all = connect();
  greet(all);
  all.worker.restart();
  const { rgba, ...rest } = frame();
  const call = all.connection.call("frame", { ...rest, rgba }, { transfer: [rgba] });
  const heard: string[] = [];
  all.connection.onRestart(() => heard.push("restart"));
  const done = call.then(() => heard.push("answer"));
  all.worker.answer("frame", { looked: true, detections: [], ms: 1 });
  await done;
  assert.deepEqual(heard, ["restart", "answer"]);
});

Deno.test("the first boot is no restart, but what waits is asked again", async () => {
  const { worker, connection } = connect();
  let restarts = 0;
  connection.onRestart(() => restarts++);
  const call = connection.call("status", {});
  worker.restart(); // died before its first word
  worker.notify({ notice: "boot" });
  worker.answer("status", someStatus);
  await call;
  assert.equal(restarts, 0);
});

Deno.test("what is transferred waits for the first word of the worker", async () => {
  const all = connect();
  const bytes = rgba();
  const call = all.connection.call("frame", { ...frame(), rgba: bytes }, { transfer: [bytes] });
  assert.deepEqual(all.worker.received.map((one) => one.kind), ["ping"]);
  greet(all);
  all.worker.answer("frame", { looked: true, detections: [], ms: 1 });
  await call;
});

Deno.test("a former worker's late answer counts, its notices do not", async () => {
  const all = connect();
  greet(all);
  const { worker, connection } = all;
  const call = connection.call("status", {});
  const late = worker.goodAnswer(worker.take("status"), someStatus);
  const former = worker.boot;
  worker.restart();
  worker.notify({ notice: "boot" });
  const sent: string[] = [];
  connection.on("link-send", (notice) => sent.push(notice.boot));
  worker.tell({ notice: "link-send", boot: former, link: "l", bytes: new ArrayBuffer(1) });
  worker.tell(late);
  assert.deepEqual(await call, someStatus);
  assert.deepEqual(sent, []);
  assert.equal(connection.boot, worker.boot);
});

Deno.test("silence of half a minute rejects with worker-lost", async () => {
  const { timing, connection } = connect();
  const call = connection.call("status", {});
  const early = assert.rejects(call, isLost);
  await timing.pass(29_000);
  let settledEarly = false;
  call.catch(() => settledEarly = true);
  await settled();
  assert.equal(settledEarly, false);
  await timing.pass(3_000);
  await early;
});

Deno.test("a machine that slept does not take its own sleep for silence", async () => {
  const { timing, worker, connection } = connect();
  const call = connection.call("status", {});
  await timing.pass(500);
  timing.jump(3_600_000);
  await timing.pass(2_000);
  worker.answer("status", someStatus);
  assert.deepEqual(await call, someStatus);
});

Deno.test("a worker that pings but never answers is given up at the deadline", async () => {
  const { timing, worker, connection } = connect();
  const call = connection.call("verify", {}, { deadlineMs: 60_000 });
  const lost = assert.rejects(call, isLost);
  for (let second = 0; second < 62; second++) {
    await timing.pass(1_000);
    while (worker.received.some((one) => one.kind === "ping")) worker.answer("ping", null);
  }
  await lost;
});

Deno.test("hold() pings every five seconds until released", async () => {
  const { timing, worker, connection } = connect();
  const release = connection.hold();
  await timing.pass(21_000);
  const pings = worker.received.filter((one) => one.kind === "ping").length;
  assert.ok(pings === 4 || pings === 5, `${pings} pings`);
  release();
  release();
  await timing.pass(60_000);
  assert.ok(worker.received.length <= pings + 1);
  assert.equal(timing.pending, 0);
});

Deno.test("receive() passes over what is not of the protocol", () => {
  const { connection } = connect();
  const strange = [null, 1, "x", {}, { boot: 1 }, { boot: "b" }, { boot: "b", notice: "?" }, {
    type: "CACHE_UPDATED",
    meta: "workbox-broadcast-update",
  }];
  for (const message of strange) connection.receive(message);
  assert.equal(connection.boot, undefined);
});
