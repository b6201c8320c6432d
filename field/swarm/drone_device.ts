import { type Bytes } from "../bytes.ts";
import { assertNever } from "../errors.ts";
import { Replica } from "../feed/replica.ts";
import { keysOf, SECRET_BYTES, type Signer, signerOf } from "../keys.ts";
import type { DeviceId } from "../observation.ts";
import { DiskStore } from "../store/disk_store.ts";
import { MemoryDisk } from "../store/memory_disk.ts";
import { Membership } from "../sync/membership.ts";
import { type Effect, SyncNode } from "../sync/node.ts";
import { PeerBook } from "../sync/peer_book.ts";
import type { Chance } from "./chance.ts";
import type { LinkEnd, RadioLink } from "./radio_link.ts";
import type { Radio } from "./radio.ts";

export interface DevicePorts {
  readonly number: number;
  readonly chance: Chance;
  readonly nowMs: () => number;
  readonly automerge: () => Promise<void>;
  readonly radio: Radio;
}

/** A device of its own: its key, its feed on its own disk (in memory), its node. */
export class DroneDevice implements LinkEnd {
  readonly number: number;
  readonly id: DeviceId;
  readonly replica: Replica;
  readonly node: SyncNode;
  /** Bytes handed to its links. */
  bytesSent = 0;
  /** What its owner has to say to what came. */
  onReceived: () => Promise<void> = () => Promise.resolve();
  readonly #radio: Radio;
  #unsent: { readonly link: RadioLink; readonly bytes: Bytes }[] = [];

  private constructor(
    ports: DevicePorts,
    replica: Replica,
    make: (device: DroneDevice) => SyncNode,
  ) {
    this.number = ports.number;
    this.#radio = ports.radio;
    this.replica = replica;
    this.id = replica.id;
    this.node = make(this);
  }

  static async open(ports: DevicePorts): Promise<DroneDevice> {
    const { chance, nowMs, automerge } = ports;
    const signer: Signer = signerOf(await keysOf(chance.bytes(SECRET_BYTES)));
    const store = new DiskStore(new MemoryDisk());
    const replica = await Replica.open({ store, signer, nowMs, automerge });
    const random = (length: number): Bytes => chance.bytes(length);
    const membership = await Membership.open({ replica, store, nowMs, random });
    const book = await PeerBook.open(store);
    return new DroneDevice(ports, replica, (device) => {
      const effect = (one: Effect) => device.#carryOut(one);
      return new SyncNode({ replica, membership, store, signer, nowMs, random, effect }, book);
    });
  }

  opened(link: RadioLink): void {
    this.node.open(link.id, link.binding);
  }

  async receive(link: RadioLink, bytes: Bytes): Promise<void> {
    await this.node.receive(link.id, bytes);
    await this.onReceived();
    this.flush();
  }

  /**
   * Hands over what the node has to send, link by link; to be called when a work of its has ended. The frames of
   * several links are made at one time, on other threads in part: which one is ready first is not for the seed to
   * say.
   */
  flush(): void {
    const unsent = this.#unsent.sort((a, b) => a.link.made - b.link.made);
    this.#unsent = [];
    for (const { link, bytes } of unsent) {
      this.bytesSent += bytes.length;
      link.send(this, bytes);
    }
  }

  closed(link: RadioLink): void {
    this.node.close(link.id);
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case "send": {
        const link = this.#radio.get(effect.link);
        if (link) this.#unsent.push({ link, bytes: effect.bytes });
        return;
      }
      case "drop": {
        const link = this.#radio.get(effect.link);
        return link && this.#radio.drop(link);
      }
      case "changed":
        return; // the drone looks once a second
      case "refused":
      case "full":
        throw new Error(`A drone of the swarm was told: ${effect.failure.message}`);
      default:
        return assertNever(effect);
    }
  }
}

/** The first founds a crew and takes the others in; each has heard of that before it flies. */
export async function makeCrew([founder, ...others]: readonly DroneDevice[]): Promise<void> {
  await founder.replica.found();
  for (const { id } of others) await founder.replica.admit(id, "sensor");
  const entries = await founder.replica.entriesAfter(founder.id, 0, Infinity);
  for (const { replica } of others) {
    await replica.follow(founder.id);
    await replica.receive(entries);
  }
  for (const { number, replica } of [founder, ...others]) await replica.rename(droneName(number));
}

export function droneName(number: number): string {
  return `Drone ${number + 1}`;
}
