/**
 * A crew at work, somebody hostile, and what must hold whatever is tried: nothing that is not genuine is
 * on an honest disk, nothing of the honest is lost, and they go on meeting.
 */
import assert from "node:assert/strict";
import { toHex } from "../../field/bytes.ts";
import type { SignedEntry } from "../../field/feed/entry.ts";
import type { Role } from "../../field/messages.ts";
import type { DeviceId, Observation } from "../../field/observation.ts";
import type { Store, StoredBlob } from "../../field/store/store.ts";
import type { IncidentKind } from "../../field/sync/incidents.ts";
import { readyAutomerge } from "../fixtures/automerge.ts";
import { feedOf, Forger, parsed } from "../fixtures/replicas.ts";
import { join } from "../fixtures/sync_crew.ts";
import { type SyncDevice, thumbOf } from "../fixtures/sync_net.ts";
import { type HostileLine, HostileNet } from "./hostile_net.ts";

/** Rounds of half a minute within which the honest are the same again. */
const MOST_ROUNDS = 3;
const ROUND_MS = 30_000;
/** A link's queues, both ways, whatever the other end does. */
export const MOST_HELD_BYTES = 4 << 20;
/** What a node says to one that reads nothing. */
export const MOST_UNREAD_BYTES = 1 << 20;
export const SECOND = 1000, MINUTE = 60_000;

export class Scene {
  readonly net: HostileNet;
  /** Founded the crew. */
  readonly ann: SyncDevice;
  /** A sensor of the crew. */
  readonly bob: SyncDevice;
  /** Writes on in the feed of the member that turned bad. */
  readonly mal: Forger;
  /** Mal may have signed two entries with one number: what the honest hold of his differs. */
  isMalForked = false;
  #lastOfMal: SignedEntry | null = null;
  /** What honest devices recorded, and what Mal did while he was honest, by id. */
  readonly observations = new Map<string, Observation>();
  readonly blobs = new Map<string, StoredBlob>();
  /** Entries that may be on a disk, in hex. */
  readonly genuine = new Set<string>();
  /** Who is in the crew, with their roles. */
  members: Record<DeviceId, Role> = {};
  #recorded = 100;

  private constructor(net: HostileNet, ann: SyncDevice, bob: SyncDevice, mal: Forger) {
    [this.net, this.ann, this.bob, this.mal] = [net, ann, bob, mal];
  }

  /** `role`: Mal's place in the crew; "none": his key is nobody's there. */
  static async open(role: Role | "none", seed = 1): Promise<Scene> {
    await readyAutomerge();
    const net = new HostileNet(seed);
    const [ann, bob] = [await net.device("ann"), await net.device("bob")];
    await join(net, ann, bob);
    const scene = new Scene(net, ann, bob, await Forger.named("mal"));
    if (role !== "none") await scene.#admitMal(role);
    scene.members = rolesOf(ann);
    net.cutAll();
    await scene.record(ann);
    await scene.record(bob);
    await net.connect(ann, bob);
    await scene.assertHonestMeet();
    net.sent.length = net.drops.length = net.said.length = 0;
    return scene;
  }

  get honest(): readonly SyncDevice[] {
    return [this.ann, this.bob];
  }

  /** A device in the crew for good, as honest as the others. */
  async another(name: string): Promise<SyncDevice> {
    const device = await this.net.device(name);
    await join(this.net, this.ann, device);
    this.members = rolesOf(this.ann);
    return device;
  }

  /** An honest device sees something, and takes a picture of it. */
  async record(device: SyncDevice): Promise<Observation> {
    const n = this.#recorded++;
    const thumb = await thumbOf(n);
    this.blobs.set(thumb.hash, thumb);
    const observation = await device.record(n, thumb);
    const stored = await device.store.observation(observation.id);
    assert.ok(stored);
    this.observations.set(stored.id, stored);
    await this.#keepFeed(device);
    return stored;
  }

  /** One more who writes on in Mal's feed, from where it was when he turned bad. */
  async twinOfMal(): Promise<Forger> {
    const twin = await Forger.named("mal");
    if (this.#lastOfMal) twin.continues(this.#lastOfMal);
    return twin;
  }

  /** A line to `victim` on which Mal is in, as the member that he is. */
  async malAt(victim: SyncDevice): Promise<HostileLine> {
    const line = await this.net.line(victim);
    await line.enter(this.mal.signer);
    assert.ok(line.isIn, "Mal is a member");
    return line;
  }

  /** From now on this entry may be on a disk: its author has the right to it. */
  allow(...entries: readonly SignedEntry[]): void {
    for (const { bytes } of entries) this.genuine.add(toHex(bytes));
  }

  /** The honest meet again in bounded time, with news of both, and hold what they should and nothing else. */
  async assertUnharmed(...others: readonly SyncDevice[]): Promise<void> {
    await this.record(this.ann);
    await this.record(this.bob);
    await this.assertHonestMeet(...others);
  }

  async assertHonestMeet(...others: readonly SyncDevice[]): Promise<void> {
    const devices = [...this.honest, ...others];
    for (const device of devices) await this.#keepFeed(device);
    let difference: unknown = null;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      for (const other of devices.slice(1)) {
        if (!this.net.isLinked(this.ann, other)) await this.net.connect(this.ann, other);
      }
      await this.net.deliver();
      difference = await this.#difference(devices);
      if (!difference) break;
      await this.net.pass(ROUND_MS);
    }
    if (difference) throw difference;
    for (const device of devices) await this.#assertGenuine(device);
  }

  /** One of these kinds is in the log of `device`, and names `who` (null: nobody, for nobody had proved to be there). */
  assertNamed(
    device: SyncDevice,
    kinds: readonly IncidentKind[],
    who: DeviceId | null = this.mal.id,
  ): void {
    const { incidents } = device.node;
    const told = incidents.map((one) => `${one.kind} by ${one.device?.slice(0, 6) ?? "nobody"}`);
    const isNamed = incidents.some((one) =>
      kinds.includes(one.kind) && (one.device ?? null) === who && one.message.length > 10 &&
      one.times >= 1 && one.at > 0
    );
    const wanted = `${kinds.join(" or ")} by ${who?.slice(0, 6) ?? "nobody"}`;
    assert.ok(isNamed, `${device.name}'s log has no ${wanted}: [${told.join(", ")}]`);
    this.assertNoHonestAccused();
  }

  /** Nobody is told of who did nothing wrong. */
  assertNoHonestAccused(): void {
    for (const device of this.honest) {
      for (const { kind, device: who, message } of device.node.incidents) {
        const isHonest = this.honest.some(({ id }) => id === who);
        assert.ok(!isHonest, `${device.name} accuses an honest one: ${kind}, ${message}`);
      }
    }
  }

  async #admitMal(role: Role): Promise<void> {
    const { net, ann } = this;
    const mal = await net.device("mal");
    await join(net, ann, mal, role);
    if (role !== "viewer") await this.record(mal);
    await net.deliver();
    await net.pass(ROUND_MS);
    net.cutAll();
    net.devices.splice(net.devices.indexOf(mal), 1);
    const last = (await feedOf(mal.store, mal.id)).at(-1);
    if (!last) return;
    this.#lastOfMal = await parsed(last);
    this.mal.continues(this.#lastOfMal);
  }

  async #keepFeed(device: SyncDevice): Promise<void> {
    for (const bytes of await feedOf(device.store, device.id)) this.genuine.add(toHex(bytes));
  }

  /** What is wrong with the honest devices' values; null for nothing. */
  async #difference(devices: readonly SyncDevice[]): Promise<unknown> {
    try {
      for (const device of devices) {
        const about = (what: string) => `${device.name}: ${what}`;
        const isLookedAt = (one: Observation) => !this.isMalForked || one.device !== this.mal.id;
        const all = (await allObservations(device.store)).filter(isLookedAt);
        const wanted = [...this.observations.values()].filter(isLookedAt);
        assert.deepEqual(
          all.map(({ id }) => id).sort(),
          wanted.map(({ id }) => id).sort(),
          about("observations"),
        );
        for (const one of all) assert.deepEqual(one, this.observations.get(one.id), about(one.id));
        const seen = new Set(wanted.map(({ thumb }) => thumb));
        for (const blob of this.blobs.values()) {
          if (!seen.has(blob.hash)) continue;
          const here = await device.store.blob(blob.hash);
          assert.ok(here, about(`picture ${blob.hash.slice(0, 8)} is missing`));
          assert.deepEqual(here.bytes, blob.bytes, about("a picture's bytes"));
        }
        assert.deepEqual(rolesOf(device), this.members, about("members"));
      }
      return null;
    } catch (difference) {
      return difference;
    }
  }

  async #assertGenuine({ name, store, replica }: SyncDevice): Promise<void> {
    for (const head of await store.heads()) {
      if (this.isMalForked && head.device === this.mal.id) continue;
      for (const bytes of await feedOf(store, head.device)) {
        assert.ok(this.genuine.has(toHex(bytes)), `${name} took an entry of ${head.device}`);
      }
      const isHonest = this.honest.some(({ id }) => id === head.device);
      assert.ok(!isHonest || head.quarantined === undefined, `${name} quarantined an honest one`);
    }
    assert.deepEqual((await replica.verify()).faults, [], name);
  }
}

export function rolesOf({ replica }: SyncDevice): Record<DeviceId, Role> {
  return Object.fromEntries(
    [...replica.crew?.members ?? []].map(([device, { role }]) => [device, role])
      .sort(([a], [b]) => a < b ? -1 : 1),
  );
}

async function allObservations(store: Store): Promise<Observation[]> {
  const all: Observation[] = [];
  for (;;) {
    const before = all.at(-1)?.id;
    const page = await store.observations(before ? { limit: 500, before } : { limit: 500 });
    if (page.length === 0) return all;
    all.push(...page);
  }
}
