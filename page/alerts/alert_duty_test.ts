import assert from "node:assert/strict";
import { FakeTiming } from "../fakes_for_tests.ts";
import { alertDuty } from "./alert_duty.ts";

/** As `navigator.locks` does it, for requests that do not wait. */
class FakeLocks {
  readonly #held = new Set<string>();

  request = (async (
    name: string,
    _options: LockOptions,
    use: (lock: Lock | null) => Promise<unknown>,
  ) => {
    if (this.#held.has(name)) return await use(null);
    this.#held.add(name);
    await use({ name, mode: "exclusive" }).finally(() => this.#held.delete(name));
  }) as LockManager["request"];
}

function pages(...hidden: boolean[]) {
  const timing = new FakeTiming();
  const locks = new FakeLocks();
  return {
    timing,
    duties: hidden.map((isHidden) => alertDuty({ timing, locks, isHidden: () => isHidden })),
  };
}

Deno.test("alertDuty() is of one page only, the one that is seen if there is one", async () => {
  const { timing, duties } = pages(true, false, true);
  const all = Promise.all(duties.map((duty) => duty("d1")));
  await timing.pass(1_000);
  assert.deepEqual(await all, [false, true, false]);
});

Deno.test("alertDuty() falls to a hidden page when none is seen", async () => {
  const { timing, duties } = pages(true, true);
  const all = Promise.all(duties.map((duty) => duty("d1")));
  await timing.pass(1_000);
  assert.deepEqual(await all, [true, false]);
});

Deno.test("alertDuty() is taken anew for the next decision, and when the same one is told late", async () => {
  const { timing, duties: [first, second] } = pages(false, false);
  assert.equal(await first("d1"), true);
  assert.equal(await second("d2"), true);
  await timing.pass(5_000);
  assert.equal(await second("d1"), false, "it has been sounded just now");
});

Deno.test("alertDuty() without locks is of every page that is seen", async () => {
  const timing = new FakeTiming();
  const duty = (isHidden: boolean) => alertDuty({ timing, locks: null, isHidden: () => isHidden });
  assert.deepEqual([await duty(false)("d"), await duty(true)("d")], [true, false]);
});
