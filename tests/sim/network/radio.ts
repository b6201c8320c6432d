import type { DeviceId } from "../../../field/observation.ts";
import { DialBook } from "../../../page/radio/dial_book.ts";
import type { SimDevice } from "./device.ts";
import type { Schedule } from "./schedule.ts";
import type { End, Wire, Wires, WireTraits } from "./wires.ts";

export interface RadioPorts {
  readonly schedule: Schedule;
  readonly wires: Wires;
  readonly isReachable: (a: End, b: End) => boolean;
  readonly find: (device: DeviceId) => (End & { readonly isOn: boolean }) | undefined;
  readonly traits: (a: End, b: End) => WireTraits;
  readonly onBroken: (thrown: unknown) => void;
}

const LOOKS_EVERY_MS = 1000;
/** Somebody who does not answer is not there. */
const GIVES_UP_MS = 5000;

/** What a device's page does: it calls whom the mesh names, more rarely after each failure, and leaves whom the mesh says. */
export class Radio {
  readonly #device: SimDevice;
  readonly #ports: RadioPorts;
  readonly #calling = new Set<DeviceId>();
  readonly #book: DialBook;

  constructor(device: SimDevice, ports: RadioPorts) {
    [this.#device, this.#ports] = [device, ports];
    const { chance } = device.ports;
    this.#book = new DialBook(() => chance.fraction());
    device.onClosed = (wire) => this.#ended(wire);
    ports.schedule.after(chance.below(LOOKS_EVERY_MS), () => this.#look());
  }

  #look(): void {
    this.#ports.schedule.after(LOOKS_EVERY_MS, () => this.#look());
    const mesh = this.#device.worker?.mesh;
    if (!mesh) return;
    for (const device of mesh.toCall()) this.#call(device);
    const left = mesh.toLeave();
    for (const wire of [...this.#device.wires]) {
      if (this.#ports.find(left ?? "") !== wire.other(this.#device)) continue;
      wire.closeBy(this.#device);
      this.#device.closed(wire);
    }
  }

  #ended(wire: Wire): void {
    const { id } = wire.other(this.#device);
    const nowMs = this.#ports.schedule.nowMs();
    this.#book.ended(id, nowMs, nowMs - wire.madeMs);
  }

  #isInVain(device: DeviceId): void {
    this.#calling.delete(device);
    this.#book.ended(device, this.#ports.schedule.nowMs(), 0);
    this.#device.worker?.mesh.failed(device);
  }

  #call(device: DeviceId): void {
    const { find, isReachable, schedule, traits, wires } = this.#ports;
    const [self, other] = [this.#device, find(device)];
    const isLinked = [...self.wires].some((wire) => wire.other(self) === other);
    const isDue = this.#book.isDue(device, schedule.nowMs());
    if (!other || isLinked || !isDue || this.#calling.has(device)) return;
    this.#calling.add(device);
    const isThere = () => self.isOn && other.isOn && isReachable(self, other);
    if (!isThere()) return schedule.after(GIVES_UP_MS, () => this.#isInVain(device));
    const wire = traits(self, other);
    schedule.after(2 * wire.latencyMs, () => {
      if (!isThere()) return this.#isInVain(device);
      this.#calling.delete(device);
      wires.connect(self, other, wire).catch(this.#ports.onBroken);
    });
  }
}
