/** A crew that publishes and records over the shipping nodes, on links that lose, send again, are cut and made anew. */
import type { Bytes } from "../../../field/bytes.ts";
import { parseFrame, type SyncFrame } from "../../../field/sync/frames.ts";
import { readyAutomerge } from "../../fixtures/automerge.ts";
import { observationAt } from "../../fixtures/devices.ts";
import { Chance } from "../chance.ts";
import { promptSigner } from "../prompt_crypto.ts";
import { crewDisks } from "./crew_made.ts";
import { SimDevice } from "./device.ts";
import { MemoryDeviceDisk } from "./device_disk.ts";
import { Schedule } from "./schedule.ts";
import { type Wire, Wires } from "./wires.ts";

export interface TalkingOptions {
  readonly seed: number;
  readonly nodes: number;
  /** Share of frames on a link that get lost, each time that they are sent. */
  readonly loss: number;
}

const START_MS = 1_800_000_000_000;
const LEAST_LATENCY_MS = 5;
const MOST_LATENCY_MS = 20;
/** A crew that is larger is a ring with as many chords. */
const ALL_TO_ALL = 5;
const STEP_MS = 10;

/** What went over links, of all devices together. */
export interface Said {
  frames: number;
  bytes: number;
}

/** `usePromptCrypto` must be in use. */
export class TalkingCrew {
  readonly schedule = new Schedule(START_MS);
  readonly devices: SimDevice[] = [];
  readonly chance: Chance;
  readonly wires: Wires;
  readonly said = new Map<SyncFrame["kind"], Said>();
  /** What each device heard: topics, with when it first did, ms. */
  readonly heardAt: Map<string, number>[] = [];
  /** Messages that a listener was told more than once. */
  heardTwice = 0;
  readonly #loss: number;
  readonly #pairs: (readonly [number, number])[] = [];
  #broken: { readonly thrown: unknown } | null = null;
  #recorded = 0;

  private constructor({ seed, loss, nodes }: TalkingOptions) {
    this.chance = new Chance(seed * 1009 + nodes);
    this.wires = new Wires(this.schedule, this.chance.branch());
    this.wires.onFrame = (_wire, _from, bytes) => this.#count(bytes);
    this.#loss = loss;
  }

  /** All are linked, know each other's subscriptions, and nothing was published. */
  static async begin(options: TalkingOptions): Promise<TalkingCrew> {
    await readyAutomerge();
    const crew = new TalkingCrew(options);
    const { chance, schedule, devices } = crew;
    const [founder, ...others] = Array.from(
      { length: options.nodes },
      () => promptSigner(chance.bytes(32)),
    );
    const roles = new Map(others.map(({ id }) => [id, "sensor"] as const));
    const disks = await crewDisks(founder, roles, START_MS);
    for (const [i, signer] of [founder, ...others].entries()) {
      const on = i === 0 ? disks.founder : await disks.member();
      const disk = new MemoryDeviceDisk(schedule, chance.branch(), 0, on);
      const heardAt = new Map<string, number>();
      const device = new SimDevice({
        ...{ name: `device ${i}`, signer, disk, schedule, chance: chance.branch() },
        onBroken: crew.#onBroken,
        onRefused: () => {},
        onHeard: (_device, { topic }) => {
          if (heardAt.has(topic)) crew.heardTwice++;
          else heardAt.set(topic, schedule.nowMs());
        },
      });
      crew.heardAt.push(heardAt);
      devices.push(device);
      device.switchOn();
    }
    await crew.run(10);
    crew.#choosePairs();
    crew.link(() => true);
    await crew.run(3000);
    return crew;
  }

  get nowMs(): number {
    return this.schedule.nowMs();
  }

  /** Time passes. Throws what must not happen, if it did. */
  async run(ms: number): Promise<void> {
    await this.schedule.runUntil(this.nowMs + ms);
    if (this.#broken) throw this.#broken.thrown;
  }

  /** Lets time pass until it holds, at most so long. After how many ms it did; Infinity: not by then. */
  async msUntil(holds: () => boolean, mostMs: number): Promise<number> {
    for (let ms = 0; ms < mostMs; ms += STEP_MS) {
      if (holds()) return ms;
      await this.run(STEP_MS);
    }
    return holds() ? mostMs : Infinity;
  }

  // ---------------------------------------------------------------- what is said

  /** Each device publishes now, of itself. */
  publishAll(topic: string): void {
    for (const i of this.devices.keys()) this.publish(i, `${topic}/${i}`);
  }

  publish(i: number, topic: string): void {
    const bytes: Bytes = new Uint8Array(20).fill(i);
    this.devices[i].run(({ node }) => node.publish({ topic, bytes, critical: true }));
  }

  /** Each device records now. */
  recordAll(): void {
    for (const device of this.devices) {
      const one = observationAt(device.id, START_MS + ++this.#recorded);
      device.run(async ({ replica, node }) => {
        await replica.record([one], []);
        await node.announce([device.id]);
      });
    }
  }

  /** Of what each published, that is not heard everywhere: `topic, device`. */
  unheard(topic: string): string[] {
    return this.devices.flatMap((_, i) =>
      this.heardAt.flatMap((heard, k) => heard.has(`${topic}/${i}`) ? [] : `${topic}/${i}, ${k}`)
    );
  }

  /** Does every device have what all recorded? */
  hasAllRecords(): boolean {
    const ends = this.devices.map(({ id, worker }) => worker?.replica.headOf(id)?.seq ?? 0);
    return this.devices.every(({ worker }) =>
      this.devices.every(({ id }, i) => (worker?.replica.headOf(id)?.seq ?? 0) === ends[i])
    );
  }

  saidOf(kind: SyncFrame["kind"]): Said {
    return this.said.get(kind) ?? { frames: 0, bytes: 0 };
  }

  // ---------------------------------------------------------------- links

  /** Makes those links of the crew that are not there. */
  link(isWanted: (a: number, b: number) => boolean): void {
    for (const [a, b] of this.#pairs) {
      const isThere = this.wires.isLinked(this.devices[a], this.devices[b]);
      if (!isThere && isWanted(a, b)) this.#connect(a, b);
    }
  }

  cut(isHit: (a: number, b: number) => boolean): void {
    const numbers = new Map(this.devices.map((device, i) => [device.id, i]));
    const numberOf = (id: string) => numbers.get(id) ?? -1;
    this.wires.cut(({ ends: [a, b] }: Wire) => isHit(numberOf(a.id), numberOf(b.id)));
  }

  /** One link of the crew, by the numbers of its ends. */
  anyPair(): readonly [number, number] {
    return this.chance.pick(this.#pairs);
  }

  get links(): number {
    return this.#pairs.length;
  }

  #choosePairs(): void {
    const { length } = this.devices;
    const seen = new Set<string>();
    const add = (a: number, b: number) => {
      const key = `${Math.min(a, b)} ${Math.max(a, b)}`;
      if (a === b || seen.has(key)) return;
      seen.add(key);
      this.#pairs.push([a, b]);
    };
    for (let i = 0; i < length; i++) {
      if (length > ALL_TO_ALL) {
        add(i, (i + 1) % length);
        add(i, this.chance.below(length));
      } else for (let k = i + 1; k < length; k++) add(i, k);
    }
  }

  #connect(a: number, b: number): void {
    const latencyMs = LEAST_LATENCY_MS + this.chance.below(MOST_LATENCY_MS - LEAST_LATENCY_MS + 1);
    const resend = { loss: this.#loss, afterMs: 2 * latencyMs };
    const traits = { latencyMs, bytesPerMs: 1000, loss: () => 0, resend };
    this.wires.connect(this.devices[a], this.devices[b], traits).catch(this.#onBroken);
  }

  #count(bytes: Bytes): void {
    const frame = parseFrame(bytes);
    if (frame === null || frame === "unknown") return;
    const said = this.said.get(frame.kind) ?? { frames: 0, bytes: 0 };
    said.frames++;
    said.bytes += bytes.length;
    this.said.set(frame.kind, said);
  }

  readonly #onBroken = (thrown: unknown): void => {
    this.#broken ??= { thrown };
  };
}
