import { sha256, toHex } from "../../../field/bytes.ts";
import { FieldError } from "../../../field/errors.ts";
import type { Role } from "../../../field/messages.ts";
import type { Edit, NoteField, NoteValue } from "../../../field/notes.ts";
import { observationId } from "../../../field/observation_id.ts";
import type { Hex, Observation } from "../../../field/observation.ts";
import type { StoredBlob } from "../../../field/store/store.ts";
import { observationAt } from "../../fixtures/devices.ts";
import type { Chance } from "../chance.ts";
import { Broken } from "../check_device.ts";
import type { CrewLedger } from "./crew_ledger.ts";
import type { SimDevice, Worker } from "./device.ts";

const LABELS = ["person", "cat", "cup"] as const;
/** Pictures of one part, and now and then of several. */
const SMALL_PICTURE = 1500, LARGE_PICTURE = 90_000;
/** Large pictures taken at once: more than may be under way. */
const ALBUM = 6;
const NOT_ALLOWED: ReadonlySet<string> = new Set(["not-admin", "entry-not-allowed"]);
const FULL_BATCH = 256;

/** What people and cameras do with the devices of a crew, a piece at a time. */
export class Work {
  readonly #ledger: CrewLedger;
  readonly #chance: Chance;
  readonly #albums: number;
  readonly #open = new Map<SimDevice, Observation[]>();
  #said = 0;

  /** `albums`: how often a device takes many large pictures at once, of all that it sees. */
  constructor(ledger: CrewLedger, chance: Chance, albums = 0) {
    [this.#ledger, this.#chance, this.#albums] = [ledger, chance, albums];
  }

  /** Some piece of work on this device, if it is in use. Viewers look on. */
  some(device: SimDevice, role: Role): void {
    if (!device.worker) return;
    const chance = this.#chance;
    if (role === "viewer") return this.rename(device);
    const draw = chance.fraction();
    if (draw < 0.45) this.see(device);
    else if (draw < 0.55) this.seeMore(device);
    else if (draw < 0.85) this.note(device);
    else if (draw < 0.92) this.rename(device);
    else this.publish(device);
  }

  see(device: SimDevice): void {
    const chance = this.#chance;
    if (chance.is(this.#albums)) {
      for (let i = 0; i < ALBUM; i++) this.seeSo(device, 1, LARGE_PICTURE);
      return;
    }
    const count = chance.is(0.02) ? FULL_BATCH : chance.is(0.15) ? 40 : 1 + chance.below(3);
    const picture = chance.is(0.3)
      ? chance.is(0.1) ? LARGE_PICTURE : SMALL_PICTURE + chance.below(SMALL_PICTURE)
      : 0;
    this.seeSo(device, count, picture);
  }

  /** So many observations at once; `picture`: the bytes of one of the first, 0 for none. */
  seeSo(device: SimDevice, count: number, picture = 0): void {
    const chance = this.#chance;
    const numbers = Array.from({ length: count }, () => chance.below(1000));
    const salt = chance.bytes(16);
    this.#do(device, async (worker, isAlive) => {
      const thumb = picture > 0 ? await pictureOf(salt, picture) : null;
      const seen = numbers.map((n, i) =>
        sighting(device, worker, n, i === 0 ? thumb?.hash : undefined)
      );
      await this.#record(device, worker, seen, thumb ? [thumb] : [], isAlive);
    });
  }

  /** An observation in view goes on, or ends. */
  seeMore(device: SimDevice): void {
    const open = this.#open.get(device) ?? [];
    const [one] = open.splice(this.#chance.below(open.length || 1), 1);
    if (!one) return;
    const next = {
      ...one,
      last: one.last + 500,
      frames: one.frames + 2,
      open: this.#chance.is(0.5),
    };
    this.#do(device, (worker, isAlive) => this.#record(device, worker, [next], [], isAlive));
  }

  async #record(
    device: SimDevice,
    { replica, node }: Worker,
    seen: readonly Observation[],
    pictures: readonly StoredBlob[],
    isAlive: () => boolean,
  ): Promise<void> {
    const ledger = this.#ledger.of(device.id);
    for (const one of seen) ledger.made(one);
    await replica.record(seen, pictures);
    if (!isAlive()) return;
    ledger.saved(seen);
    for (const { hash } of pictures) ledger.pictures.add(hash);
    this.#open.set(device, [
      ...this.#open.get(device) ?? [],
      ...seen.filter(({ open }) => open),
    ]);
    await node.announce([replica.id]);
  }

  /** On any observation of anybody, also one that is not here yet; `id`: on this one. */
  note(device: SimDevice, id?: string): void {
    const ids = this.#ledger.ids;
    const observation = id ?? (ids.length > 0 ? this.#chance.pick(ids) : null);
    if (observation === null) return;
    const [field, value] = this.#words();
    const edit: Edit = { observation, field, value };
    this.#do(device, async ({ store, replica, node }, isAlive) => {
      const before = (await store.edits(observation)).filter((one) => one.field === field);
      await replica.note([edit]);
      if (!isAlive()) return;
      this.#ledger.of(device.id).edits.push(edit);
      const after = await store.edits(observation);
      const mine = after.find((one) =>
        one.by === device.id && one.field === field && one.value === value &&
        before.every(({ counter }) => counter < one.counter)
      );
      // with an index that is being built the old ones are not all listed
      if (isAlive() && replica.indexState.whole && !mine) {
        throw new Broken(`${device.name} wrote a note of ${observation} that does not hold`);
      }
      await node.announce([replica.id]);
    });
  }

  rename(device: SimDevice): void {
    const name = `name ${this.#chance.below(1000)}`;
    this.#do(device, async ({ replica, node }, isAlive) => {
      await this.#ledger.of(device.id).name.ask(name, () => replica.rename(name), isAlive);
      await node.announce([replica.id]);
    });
  }

  /** `admin` says where a device stands from now on. */
  place(admin: SimDevice, device: SimDevice, place: Role | "removed"): void {
    if (!admin.worker) return;
    this.#do(admin, async ({ replica, node }, isAlive) => {
      const write = () =>
        place === "removed" ? replica.remove(device.id) : replica.admit(device.id, place);
      await this.#ledger.placeOf(device.id).ask(place, write, isAlive);
      await node.announce([replica.id]);
      node.dropStrangers();
    });
  }

  publish(device: SimDevice): void {
    const topic = `sensor/${this.#chance.below(3)}/heard`;
    const text = `word ${++this.#said}`;
    this.#ledger.published.add(`${device.id} ${topic} ${text}`);
    const bytes = new TextEncoder().encode(text);
    const retain = this.#chance.is(0.5);
    this.#do(device, ({ node }) => node.publish({ topic, bytes, retain }));
  }

  #words(): [NoteField, NoteValue] {
    const word = `word ${++this.#said}`;
    return this.#chance.pick<[NoteField, NoteValue]>([
      ["comment", word],
      ["class", word],
      ["class", null],
      [`label/${word}`, true],
      ["star", this.#chance.is(0.5)],
      ["wrong", this.#chance.is(0.5)],
    ]);
  }

  #do(device: SimDevice, work: (worker: Worker, isAlive: () => boolean) => Promise<void>): void {
    const { boots } = device;
    const isAlive = () => device.boots === boots;
    device.run((worker) =>
      work(worker, isAlive).catch((thrown) => {
        // an admin, or a member, that is one no more, or has not heard yet that it is
        if (!(thrown instanceof FieldError) || !NOT_ALLOWED.has(thrown.code)) throw thrown;
      })
    );
  }
}

function sighting(device: SimDevice, worker: Worker, n: number, thumb?: Hex): Observation {
  const first = device.nowMs() - n;
  return {
    ...observationAt(device.id, first),
    id: observationId(device.id, worker.replica.clock.next()),
    label: LABELS[n % LABELS.length],
    score: n / 1000,
    frames: 3 + n % 50,
    open: n % 4 === 0,
    ...(thumb === undefined ? {} : { thumb }),
  };
}

async function pictureOf(salt: Uint8Array, size: number): Promise<StoredBlob> {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i += salt.length) bytes.set(salt.subarray(0, size - i), i);
  bytes[size - 1] = size;
  return { hash: toHex(await sha256(bytes)), type: "image/jpeg", bytes };
}
