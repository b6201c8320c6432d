import type { Bytes } from "../../../field/bytes.ts";
import type { Role } from "../../../field/messages.ts";
import type { DeviceId } from "../../../field/observation.ts";
import type { HeardMessage } from "../../../field/sync/ephemerals.ts";
import {
  CONTROL_UNIT_BYTES,
  CONTROL_WINDOW,
  WINDOW_BYTES,
} from "../../../field/sync/send_window.ts";
import type { Chance } from "../chance.ts";
import { Broken } from "../check_device.ts";
import { promptSigner } from "../prompt_crypto.ts";
import { CrewLedger, type Place } from "./crew_ledger.ts";
import { crewDisks } from "./crew_made.ts";
import { type DevicePorts, SimDevice } from "./device.ts";
import { FaultyDeviceDisk, MemoryDeviceDisk } from "./device_disk.ts";
import { Radio } from "./radio.ts";
import { Schedule } from "./schedule.ts";
import { Trace } from "./trace.ts";
import type { Trouble } from "./trouble.ts";
import { Villain } from "./villain.ts";
import { type End, Wires, type WireTraits } from "./wires.ts";
import { Promises } from "../ledger.ts";

const START_MS = 1_800_000_000_000;
const OVERHEARD_FRAMES = 400;
/** Of hellos, proofs and credits, which no window counts. */
const UNCOUNTED_BYTES = 8 * 1024;
/** What an honest sender may have under way, whoever reads at its end. */
const MOST_QUEUED_BYTES = WINDOW_BYTES + CONTROL_WINDOW * CONTROL_UNIT_BYTES + UNCOUNTED_BYTES;

/** Bytes that were handed to a link and not read yet. */
export interface Queue {
  readonly from: string;
  readonly to: string;
  readonly bytes: number;
}

/** The devices, what is between them, and what is known of what they said. */
export class World {
  readonly chance: Chance;
  readonly trouble: Trouble;
  readonly schedule = new Schedule(START_MS);
  readonly wires: Wires;
  readonly trace = new Trace();
  readonly ledger = new CrewLedger();
  readonly honest: SimDevice[] = [];
  /** Those of the honest that are no members at first. */
  readonly newcomers: SimDevice[] = [];
  /** Newcomers who have taken up an invite and were not refused: they must come in. */
  readonly invited = new Set<SimDevice>();
  readonly villains: Villain[] = [];
  readonly roles = new Map<DeviceId, Role>();
  /** All links hold, and everybody reaches everybody. */
  isWell = false;
  /** Who is cut off from whom: those on one island reach each other. */
  islands: ReadonlyMap<End, number> = new Map();
  harm = 0;
  fullest: Queue = { from: "", to: "", bytes: 0 };
  #faulty: { readonly device: SimDevice; readonly disk: FaultyDeviceDisk } | null = null;
  readonly #ends = new Map<DeviceId, SimDevice | Villain>();
  readonly #overheard: Bytes[] = [];
  #broken: { readonly thrown: unknown } | null = null;

  private constructor(trouble: Trouble, chance: Chance) {
    [this.trouble, this.chance] = [trouble, chance];
    this.wires = new Wires(this.schedule, chance.branch());
    this.wires.noticesWithinMs = trouble.noticesWithinMs;
    this.wires.onFrame = (wire, from, bytes) => {
      this.trace.add(this.elapsedMs, wire.id, from.name, bytes.length);
      if (from instanceof Villain) this.harm++;
      else if (this.#overheard.length < OVERHEARD_FRAMES) this.#overheard.push(bytes);
    };
    this.wires.onQueue = (wire, from, bytes) => {
      if (from instanceof Villain || bytes <= this.fullest.bytes) return;
      this.fullest = { from: from.name, to: wire.other(from).name, bytes };
      // who begins anew has a window of its own, and what was under way before still is
      if (bytes <= MOST_QUEUED_BYTES * Math.max(1, wire.beginnings - 1)) return;
      this.#onBroken(new Broken(`${bytes} bytes wait on a link: ${JSON.stringify(this.fullest)}`));
    };
    this.schedule.isBusy = () => (this.#faulty?.device.underWay ?? 0) > 0;
  }

  /** A crew of `nodes`, who know each other, with all devices switched on and no link open yet. */
  static async begin(nodes: number, trouble: Trouble, chance: Chance): Promise<World> {
    const world = new World(trouble, chance);
    const signers = Array.from(
      { length: nodes + trouble.newcomers + trouble.traitors + trouble.strangers },
      () => promptSigner(chance.bytes(32)),
    );
    const [founder, ...others] = signers.slice(0, nodes);
    const traitors = signers.slice(nodes + trouble.newcomers).slice(0, trouble.traitors);
    for (const [i, { id }] of others.entries()) {
      const role = i === 0 && chance.is(0.4) ? "admin" : chance.is(0.1) ? "viewer" : "sensor";
      world.roles.set(id, role);
    }
    for (const { id } of traitors) world.roles.set(id, "sensor");
    for (const [id, role] of world.roles) {
      world.ledger.places.set(id, new Promises<Place>(role));
    }
    const disks = await crewDisks(founder, world.roles, START_MS);
    world.roles.set(founder.id, "admin");
    const faultyAt = trouble.diskFaults ? nodes : -1; // the first newcomer's: it begins empty
    for (const [i, signer] of signers.slice(0, nodes + trouble.newcomers).entries()) {
      const ports = { name: nameOf(i, nodes), signer };
      if (i === faultyAt) world.#addFaulty(ports);
      else {
        const disk = i === 0 ? disks.founder : i < nodes ? await disks.member() : undefined;
        const { schedule } = world;
        const mostDelayMs = trouble.mostDiskDelayMs;
        const on = new MemoryDeviceDisk(schedule, chance.branch(), mostDelayMs, disk);
        world.#add({ ...ports, disk: on });
      }
      if (i >= nodes) world.newcomers.push(world.honest[i]);
    }
    for (const signer of signers.slice(nodes + trouble.newcomers)) world.#addVillain(signer);
    for (const device of world.honest) device.switchOn();
    await world.run(1);
    return world;
  }

  get founder(): DeviceId {
    return this.honest[0].id;
  }

  get elapsedMs(): number {
    return this.schedule.nowMs() - START_MS;
  }

  get faultyDisk(): FaultyDeviceDisk | null {
    return this.#faulty?.disk ?? null;
  }

  /** Time passes. Throws what must not happen, if it did. */
  async run(ms: number): Promise<void> {
    await this.schedule.runUntil(this.schedule.nowMs() + ms);
    if (this.#broken) throw this.#broken.thrown;
  }

  isReachable(a: End, b: End): boolean {
    return this.isWell || this.islands.get(a) === this.islands.get(b);
  }

  connect(a: End, b: End): void {
    this.wires.connect(a, b, this.#traits()).catch(this.#onBroken);
  }

  #traits(): WireTraits {
    const { chance, trouble } = this;
    return {
      latencyMs: 1 + chance.below(trouble.mostLatencyMs),
      bytesPerMs: trouble.leastBytesPerMs * (1 + chance.below(10)),
      loss: () => this.isWell ? 0 : trouble.loss,
      ...trouble.lossPeriodMs === undefined ? {} : { lossPeriodMs: trouble.lossPeriodMs },
    };
  }

  #add(ports: Pick<DevicePorts, "name" | "signer" | "disk">): SimDevice {
    const { schedule, chance } = this;
    const isListening = chance.is(this.trouble.listeners);
    const device = new SimDevice({
      ...ports,
      schedule,
      chance: chance.branch(),
      onBroken: this.#onBroken,
      onRefused: (refused) => this.invited.delete(refused),
      ...isListening ? { onHeard: this.#onHeard } : {},
    });
    this.honest.push(device);
    this.#ends.set(device.id, device);
    new Radio(device, {
      schedule,
      wires: this.wires,
      isReachable: (a, b) => this.isReachable(a, b),
      find: (id) => this.#ends.get(id),
      traits: () => this.#traits(),
      onBroken: this.#onBroken,
    });
    return device;
  }

  #addFaulty(ports: Pick<DevicePorts, "name" | "signer">): void {
    const disk = new FaultyDeviceDisk(this.schedule, this.chance.branch());
    this.#faulty = { device: this.#add({ ...ports, disk }), disk };
  }

  #addVillain(signer: DevicePorts["signer"]): void {
    const villain = new Villain({
      ...{ signer, name: `villain ${this.villains.length + 1}`, founder: this.founder },
      ...{ schedule: this.schedule, chance: this.chance.branch(), onBroken: this.#onBroken },
      victim: () => this.chance.pick(this.honest).id,
      overheard: this.#overheard,
    });
    this.villains.push(villain);
    this.#ends.set(villain.id, villain);
  }

  readonly #onBroken = (thrown: unknown): void => {
    this.#broken ??= { thrown };
  };

  readonly #onHeard = (device: SimDevice, { from, topic, bytes }: HeardMessage): void => {
    const said = `${from} ${topic} ${new TextDecoder().decode(bytes)}`;
    if (this.ledger.published.has(said)) this.ledger.heard++;
    else this.#onBroken(new Broken(`${device.name} heard what nobody published: ${said}`));
  };
}

function nameOf(i: number, nodes: number): string {
  return i === 0 ? "founder" : i < nodes ? `device ${i}` : `newcomer ${i - nodes + 1}`;
}
