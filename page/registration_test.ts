import assert from "node:assert/strict";
import { FakeTiming, settled } from "./fakes_for_tests.ts";
import type { Update } from "./fieldmesh.ts";
import { KeptFlag } from "./kept_flag.ts";
import { Registration, type RegistrationPorts, workerObstacle } from "./registration.ts";

class FakeServiceWorker extends EventTarget {
  state: ServiceWorkerState;
  constructor(state: ServiceWorkerState) {
    super();
    this.state = state;
  }
  become(state: ServiceWorkerState) {
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }
}

interface FakeRegistration {
  active: FakeServiceWorker | null;
  installing: FakeServiceWorker | null;
  waiting: FakeServiceWorker | null;
}

function setUp(
  registration: FakeRegistration,
  { register, ...ports }: Partial<RegistrationPorts> & { register?: () => Promise<never> } = {},
) {
  const timing = new FakeTiming();
  const seen = { reloads: 0, skips: 0, checks: 0, offline: 0, failures: [] as string[] };
  const updates: Update[] = [];
  const listeners: Record<string, (() => void)[]> = { waiting: [], controlling: [] };
  const made = new Registration({
    timing,
    page: { isSecureContext: true, hasServiceWorker: true },
    installer: () => ({
      register: register ??
        (() => Promise.resolve(registration as unknown as ServiceWorkerRegistration)),
      update: () => Promise.resolve(void seen.checks++),
      messageSkipWaiting: () => seen.skips++,
      addEventListener: (type, listener) => void listeners[type].push(listener),
    }),
    reload: () => seen.reloads++,
    toldOfflineReady: new KeptFlag("offline", false, null),
    onOfflineReady: () => seen.offline++,
    onUpdate: (update) => updates.push(update),
    onFailure: (failure) => seen.failures.push(failure.message),
    ...ports,
  });
  const fire = (type: "waiting" | "controlling") => listeners[type].forEach((tell) => tell());
  return { timing, seen, updates, made, fire };
}

const running = (): FakeRegistration => ({
  active: new FakeServiceWorker("activated"),
  installing: null,
  waiting: null,
});

Deno.test("register() waits for the first install, then says once that the app works offline", async () => {
  const installing = new FakeServiceWorker("installing");
  const registration = { active: null, installing, waiting: null };
  const flag = new KeptFlag("offline", false, null);
  const { made, seen } = setUp(registration, { toldOfflineReady: flag });
  const registering = made.register();
  await settled();
  installing.become("installed");
  await settled();
  assert.equal(seen.offline, 0, "what is installed need not be active");
  installing.become("activated");
  await registering;
  assert.equal(seen.offline, 1);
  const again = setUp(running(), { toldOfflineReady: flag });
  await again.made.register();
  assert.equal(again.seen.offline, 0);
});

Deno.test("register() rejects when the install fails, as when the hub goes away in the middle", async () => {
  const installing = new FakeServiceWorker("installing");
  const { made, seen } = setUp({ active: null, installing, waiting: null });
  const registering = made.register();
  await settled();
  installing.become("redundant");
  await assert.rejects(registering, { code: "worker-missing" });
  assert.equal(seen.offline, 0);
});

Deno.test("register() tells a certificate that is not trusted from other failures", async () => {
  const reject = (error: Error) => ({ register: () => Promise.reject(error) });
  const untrusted = setUp(running(), reject(new DOMException("ssl", "SecurityError")));
  await assert.rejects(untrusted.made.register(), { code: "insecure-origin", message: /\/trust/ });
  const other = setUp(running(), reject(new TypeError("404")));
  await assert.rejects(other.made.register(), { code: "worker-missing" });
});

Deno.test("register() rejects where there can be no worker, saying what to do", async () => {
  const insecure = { isSecureContext: false, hasServiceWorker: false };
  await assert.rejects(setUp(running(), { page: insecure }).made.register(), {
    code: "insecure-origin",
    message: /https/,
  });
  const hidden = { isSecureContext: true, hasServiceWorker: false };
  await assert.rejects(setUp(running(), { page: hidden }).made.register(), {
    code: "worker-missing",
    message: /private/,
  });
  assert.equal(workerObstacle({ isSecureContext: true, hasServiceWorker: true }), null);
});

Deno.test("a waiting version is offered, and taken only when its user says so", async () => {
  const registration = running();
  const { timing, made, seen, updates, fire } = setUp(registration);
  await made.register();
  registration.waiting = new FakeServiceWorker("installed");
  fire("waiting");
  assert.equal(updates.length, 1);
  await timing.pass(3_600_000);
  assert.deepEqual([seen.skips, seen.reloads], [0, 0]);
  updates[0].apply();
  updates[0].apply();
  assert.deepEqual([seen.skips, seen.reloads], [1, 0]);
  registration.waiting.become("activated");
  fire("controlling");
  assert.equal(seen.reloads, 1);
  await timing.pass(60_000);
  assert.deepEqual(seen.failures, []);
});

Deno.test("apply() says so when the new version does not take over", async () => {
  const registration = running();
  const { timing, made, seen, updates, fire } = setUp(registration);
  await made.register();
  registration.waiting = new FakeServiceWorker("installed");
  fire("waiting");
  updates[0].apply();
  await timing.pass(10_000);
  assert.deepEqual([seen.reloads, seen.failures.length], [0, 1]);
});

Deno.test("apply() reloads at once when another tab has let it take over", async () => {
  const { made, seen, updates, fire } = setUp(running());
  await made.register();
  fire("waiting");
  updates[0].apply();
  assert.equal(seen.reloads, 1);
});

Deno.test("check() looks for a newer version at most once an hour", async () => {
  const { timing, made, seen } = setUp(running());
  await made.check();
  await made.register();
  await made.check();
  assert.equal(seen.checks, 0, "registering has just looked");
  await timing.pass(3_600_000);
  await made.check();
  await made.check();
  assert.equal(seen.checks, 1);
});

Deno.test("replaceAndReload() takes a waiting worker first, and reloads at once without one", async () => {
  const plain = setUp(running());
  await plain.made.register();
  await plain.made.replaceAndReload();
  assert.deepEqual([plain.seen.checks, plain.seen.reloads], [1, 1]);

  const registration = running();
  const { made, seen } = setUp(registration);
  await made.register();
  registration.waiting = new FakeServiceWorker("installed");
  await made.replaceAndReload();
  assert.deepEqual([seen.skips, seen.reloads], [1, 0]);
  registration.waiting.become("activated");
  assert.equal(seen.reloads, 1);
});
