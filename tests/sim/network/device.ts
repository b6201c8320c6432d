import type { Bytes } from "../../../field/bytes.ts";
import { assertNever } from "../../../field/errors.ts";
import type { Signer } from "../../../field/keys.ts";
import type { DeviceId } from "../../../field/observation.ts";
import type { Store } from "../../../field/store/store.ts";
import { Replica } from "../../../field/feed/replica.ts";
import { Membership } from "../../../field/sync/membership.ts";
import { Mesh } from "../../../field/sync/mesh.ts";
import type { HeardMessage } from "../../../field/sync/ephemerals.ts";
import { type Effect, SyncNode } from "../../../field/sync/node.ts";
import { PeerBook } from "../../../field/sync/peer_book.ts";
import { readyAutomerge } from "../../fixtures/automerge.ts";
import type { Chance } from "../chance.ts";
import type { DeviceDisk } from "./device_disk.ts";
import type { Schedule } from "./schedule.ts";
import type { End, Wire } from "./wires.ts";

export interface DevicePorts {
  readonly name: string;
  readonly signer: Signer;
  readonly disk: DeviceDisk;
  readonly schedule: Schedule;
  readonly chance: Chance;
  /** Something that must not happen has: ends the simulation. */
  readonly onBroken: (thrown: unknown) => void;
  /** Its invite was not taken: it had expired by the inviter's clock. */
  readonly onRefused: (device: SimDevice) => void;
  readonly onHeard?: (device: SimDevice, heard: HeardMessage) => void;
}

/** All that one worker of a device has; the next one has its own. */
export interface Worker {
  readonly store: Store;
  readonly replica: Replica;
  readonly membership: Membership;
  readonly node: SyncNode;
  readonly mesh: Mesh;
}

const TICK_MS = 1000;
/** To which every device listens. */
const ALL_TOPICS = "#";

/** A device with the shipping feed, store, node and mesh. Its worker may end at any point; its page, with the links, may stay. */
export class SimDevice implements End {
  readonly name: string;
  readonly id: DeviceId;
  readonly ports: DevicePorts;
  /** By how much its clock is ahead, ms. */
  aheadMs = 0;
  readsAfterMs = 0;
  /** Switched on: there is a page. */
  isOn = false;
  /** What its worker is at: work that has not ended. */
  underWay = 0;
  /** How often its worker began. */
  boots = 0;
  readonly wires = new Set<Wire>();
  /** Hears that a link ended. */
  onClosed: ((wire: Wire) => void) | null = null;
  #worker: Worker | null = null;

  constructor(ports: DevicePorts) {
    this.ports = ports;
    this.name = ports.name;
    this.id = ports.signer.id;
  }

  /** Null while it starts, or is off. */
  get worker(): Worker | null {
    return this.#worker;
  }

  readonly nowMs = (): number => this.ports.schedule.nowMs() + this.aheadMs;

  // ---------------------------------------------------------------- lives

  /** The page is opened. */
  switchOn(): void {
    if (this.isOn) return;
    this.isOn = true;
    this.#start();
  }

  /** The page is closed, and with it every link. */
  switchOff(): void {
    if (!this.isOn) return;
    this.isOn = false;
    this.#end();
    for (const wire of [...this.wires]) wire.cut();
    this.wires.clear();
  }

  /** The browser ends the worker; its page starts another, and tells it of the links. */
  restart(): void {
    if (!this.isOn) return;
    this.#end();
    this.#start();
  }

  #end(): void {
    this.boots++;
    this.#worker = null;
    this.underWay = 0;
    this.ports.disk.end();
  }

  #start(): void {
    const boot = ++this.boots;
    this.run(async () => {
      const worker = await this.#open(boot);
      if (boot !== this.boots) return;
      this.#worker = worker;
      for (const wire of this.wires) this.#openOn(worker, wire);
      this.ports.schedule.after(this.ports.chance.below(TICK_MS), () => this.#tick(boot));
    });
  }

  async #open(boot: number): Promise<Worker> {
    const { disk, signer, chance, onHeard } = this.ports;
    const { nowMs } = this;
    const store = await disk.start();
    const replica = await Replica.open({ store, signer, nowMs, automerge: readyAutomerge });
    if (!replica.indexState.whole) await replica.rebuildIndex();
    const random = (length: number) => chance.bytes(length);
    const membership = await Membership.open({ replica, store, nowMs, random });
    const effect = (one: Effect) => {
      if (boot === this.boots) this.#carryOut(one); // a worker that has ended says nothing more
    };
    const book = await PeerBook.open(store);
    let mesh: Mesh | null = null;
    const mayAccept = (peer: DeviceId) => mesh?.mayAccept(peer) ?? true;
    const ports = { replica, membership, store, signer, nowMs, random, effect, mayAccept };
    const node = new SyncNode(ports, book);
    mesh = new Mesh({
      self: signer.id,
      random: () => chance.fraction(),
      nowMs,
      members: () => [...replica.crew?.members.keys() ?? []],
      connected: () => node.connected,
      quality: (device) => node.peers().find((peer) => peer.device === device),
      lastMetAt: (device) => book.of(device).lastAt,
      inviter: () => membership.ticket?.inviter,
    });
    if (onHeard) node.subscribe(ALL_TOPICS, (heard) => onHeard(this, heard));
    return { store, replica, membership, node, mesh };
  }

  #tick(boot: number): void {
    if (boot !== this.boots) return;
    this.ports.schedule.after(TICK_MS, () => this.#tick(boot));
    if (this.wires.size > 0) this.run(({ node }) => node.tick());
  }

  // ---------------------------------------------------------------- work

  /**
   * Runs work of the worker that is there now. That it ends in the middle is no fault, nor is what a disk
   * may say that fails.
   */
  run(work: (worker: Worker) => Promise<void>): void {
    const { boots } = this;
    this.underWay++;
    // before the first worker is there, only its start runs
    work(this.#worker as Worker).catch((thrown) => {
      if (boots === this.boots && !this.ports.disk.mayFail(thrown)) this.ports.onBroken(thrown);
      return boots === this.boots && this.#worker === null;
    }).then((hasFailedToStart) => {
      if (boots !== this.boots) return;
      this.underWay--;
      if (hasFailedToStart) this.ports.schedule.after(TICK_MS, () => this.restart());
    });
  }

  // ---------------------------------------------------------------- links

  opened(wire: Wire): void {
    this.wires.add(wire);
    if (this.#worker) this.#openOn(this.#worker, wire);
  }

  #openOn({ node }: Worker, wire: Wire): void {
    wire.beginnings++;
    node.open(wire.id, wire.binding);
  }

  receive(wire: Wire, bytes: Bytes): void {
    if (this.#worker) this.run(({ node }) => node.receive(wire.id, bytes.slice()));
  }

  closed(wire: Wire): void {
    if (!this.wires.delete(wire)) return;
    this.onClosed?.(wire);
    this.#worker?.node.close(wire.id);
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case "send":
        return this.#wire(effect.link)?.send(this, effect.bytes);
      case "drop": {
        const wire = this.#wire(effect.link);
        if (!wire) return;
        this.wires.delete(wire);
        this.onClosed?.(wire);
        return wire.closeBy(this);
      }
      case "refused":
        return this.ports.onRefused(this);
      case "changed":
      case "full":
        return;
      default:
        return assertNever(effect);
    }
  }

  #wire(id: string): Wire | undefined {
    for (const wire of this.wires) if (wire.id === id) return wire;
  }
}
