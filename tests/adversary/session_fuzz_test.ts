/** Spoilt sessions: a member says again, changed in some ways, what was said in an honest session. */
import assert from "node:assert/strict";
import { sha256, toHex } from "../../field/bytes.ts";
import type { Signer } from "../../field/keys.ts";
import { signerNamed } from "../fixtures/devices.ts";
import { feedOf } from "../fixtures/replicas.ts";
import type { SyncDevice } from "../fixtures/sync_net.ts";
import { noise } from "../fixtures/trial_memory.ts";
import { HostileNet } from "./hostile_net.ts";
import { mutatedSession } from "./mutate_session.ts";
import { copyOf, type Recorded, recordSession } from "./recorded_session.ts";
import { MOST_HELD_BYTES, MOST_UNREAD_BYTES, SECOND } from "./scene.ts";

const CASES = 2000;
/** Then a new scene: what is genuine of the session has been taken by then. */
const CASES_A_SCENE = 50;
const MEDIAN_MS = 200;

Deno.test(`no spoilt session of ${CASES} makes a node throw, keep what is false, or hold much`, async () => {
  const recorded = await recordSession();
  const first = Number(Deno.env.get("FUZZ_FIRST") ?? 0);
  const count = Number(Deno.env.get("FUZZ_COUNT") ?? CASES);
  const times: number[] = [];
  const fates = { dropped: 0, held: 0, "not let in": 0 };
  let fuzzed: FuzzedScene | null = null;
  for (let number = first; number < first + count; number++) {
    if (number % CASES_A_SCENE === 0) await fuzzed?.assertWhole();
    if (!fuzzed || number % CASES_A_SCENE === 0) fuzzed = await FuzzedScene.open(recorded);
    const before = performance.now();
    try {
      fates[await fuzzed.tryCase(number)]++;
    } catch (cause) {
      const again =
        `FUZZ_FIRST=${number} FUZZ_COUNT=1 deno test -A tests/adversary/session_fuzz_test.ts`;
      throw new Error(`Case ${number}: ${(cause as Error).message}\nOnce more: ${again}`, {
        cause,
      });
    }
    times.push(performance.now() - before);
  }
  await fuzzed?.assertWhole();
  times.sort((a, b) => a - b);
  const median = times[times.length >> 1];
  assert.ok(median < MEDIAN_MS, `median ${median} ms`);
  console.log(
    `spoilt sessions: ${JSON.stringify(fates)}, median ${median.toFixed(1)} ms, longest ${
      times.at(-1)?.toFixed(0)
    } ms`,
  );
});

class FuzzedScene {
  readonly #net: HostileNet;
  readonly #ann: SyncDevice;
  readonly #bob: SyncDevice;
  readonly #mal: Signer;
  readonly #genuine: Set<string>;
  readonly #recorded: Recorded;
  #seen = 90_000;

  private constructor(
    net: HostileNet,
    devices: [SyncDevice, SyncDevice],
    mal: Signer,
    recorded: Recorded,
  ) {
    [this.#net, [this.#ann, this.#bob], this.#mal] = [net, devices, mal];
    [this.#recorded, this.#genuine] = [recorded, new Set(recorded.genuine)];
  }

  static async open(recorded: Recorded): Promise<FuzzedScene> {
    const net = new HostileNet(9);
    const [ann, bob] = recorded.disks;
    const devices: [SyncDevice, SyncDevice] = [
      await net.device("ann", await copyOf(ann)),
      await net.device("bob", await copyOf(bob)),
    ];
    for (const { replica } of devices) await replica.rebuildIndex();
    await net.connect(...devices);
    await net.deliver();
    devices[0].node.subscribe("#", () => {});
    return new FuzzedScene(net, devices, await signerNamed("mal"), recorded);
  }

  async tryCase(number: number): Promise<"dropped" | "held" | "not let in"> {
    const random = noise(number);
    const line = await this.#net.line(this.#ann);
    if (random() % 8 > 0) await line.enter(this.#mal);
    const frames = mutatedSession(this.#recorded, random);
    if (random() % 4 === 0) await line.burst(frames);
    else await line.say(...frames);
    if (random() % 16 === 0) await this.#net.pass(SECOND);
    assert.ok(line.mostHeldBytes <= MOST_HELD_BYTES, `${line.mostHeldBytes} bytes were held`);
    assert.ok(line.heardBytes <= MOST_UNREAD_BYTES, `${line.heardBytes} bytes were said`);
    await this.#assertHeads();
    if (line.dropped !== null) return "dropped";
    const fate = line.isIn ? "held" : "not let in";
    this.#ann.node.close(line.id);
    return fate;
  }

  /** Everything that is on the disks is genuine, and Ann and Bob meet. */
  async assertWhole(): Promise<void> {
    const [ann, bob] = [this.#ann, this.#bob];
    for (const device of [ann, bob]) await this.#assertGenuine(device);
    for (const { kind, device, message } of [...ann.node.incidents, ...bob.node.incidents]) {
      const isHonest = device === ann.id || device === bob.id;
      assert.ok(!isHonest, `an honest one is accused: ${kind}, ${message}`);
    }
    const seen = [await ann.record(this.#seen++), await bob.record(this.#seen++)];
    for (const { store, id } of [ann, bob]) {
      for (const bytes of await feedOf(store, id)) this.#genuine.add(toHex(bytes));
    }
    for (let round = 0; round < 3; round++) {
      if (!this.#net.isLinked(ann, bob)) await this.#net.connect(ann, bob);
      await this.#net.deliver();
      await this.#net.pass(20 * SECOND);
    }
    for (const { id } of seen) {
      assert.ok(
        await ann.store.observation(id) && await bob.store.observation(id),
        "they are apart",
      );
    }
  }

  async #assertGenuine({ name, store, replica }: SyncDevice): Promise<void> {
    for (const { device } of await store.heads()) {
      for (const bytes of await feedOf(store, device)) {
        assert.ok(this.#genuine.has(toHex(bytes)), `${name} took an entry that nobody wrote`);
      }
    }
    for (const { hash, state } of await store.mediaAfter(null, 1000)) {
      const blob = state === "here" ? await store.blob(hash) : null;
      assert.ok(!blob || toHex(await sha256(blob.bytes)) === hash, "a false picture");
    }
    assert.deepEqual((await replica.verify()).faults, []);
  }

  /** Cheap, after each case: no feed ends in what is not genuine, and nobody is in quarantine, for nobody forked. */
  async #assertHeads(): Promise<void> {
    const { store, name } = this.#ann;
    for (const head of await store.heads()) {
      const [last] = await store.entriesAfter(head.device, head.seq - 1, 1);
      assert.ok(!last || this.#genuine.has(toHex(last.bytes)), `${name} took what nobody wrote`);
      assert.equal(head.quarantined, undefined, "nobody forked");
    }
  }
}
