/**
 * Who means harm: a stranger, or a member of the crew. It has a genuine key of its own, knows the protocol, and
 * heeds none of it. Nothing of what it makes up may be taken, and nobody else may suffer.
 */
import { type Bytes, toHex } from "../../../field/bytes.ts";
import { crewDoc, observationsDoc } from "../../../field/feed/doc_name.ts";
import { openDocument, putRecords } from "../../../field/feed/documents.ts";
import { NO_ENTRY, parseEntry, type SignedEntry, signEntry } from "../../../field/feed/entry.ts";
import { encodeCrewRecord } from "../../../field/feed/crew.ts";
import { encodeBatch } from "../../../field/batch/observation_batch.ts";
import type { Signer } from "../../../field/keys.ts";
import type { DeviceId } from "../../../field/observation.ts";
import {
  encodeFrame,
  type HelloFrame,
  NONCE_BYTES,
  parseFrame,
  type SyncFrame,
} from "../../../field/sync/frames.ts";
import type { EphemeralMessage } from "../../../field/sync/ephemerals.ts";
import { prove } from "../../../field/sync/handshake.ts";
import { observationAt } from "../../fixtures/devices.ts";
import type { Chance } from "../chance.ts";
import type { Schedule } from "./schedule.ts";
import type { End, Wire } from "./wires.ts";

export interface VillainPorts {
  readonly name: string;
  readonly signer: Signer;
  readonly chance: Chance;
  readonly schedule: Schedule;
  readonly onBroken: (thrown: unknown) => void;
  /** Its crew's founder; and somebody of the crew. */
  readonly founder: DeviceId;
  readonly victim: () => DeviceId;
  /** Frames that honest devices sent to each other. */
  readonly overheard: readonly Bytes[];
}

interface Talk {
  readonly hello: HelloFrame;
  /** What it heard; it may ask for records like any member. */
  readonly wanted: boolean;
}

const EVERY_MS = 700;
const FLOOD = 120;
const HUGE_FRAME = 200_000;
const KEPT_ENTRIES = 50;

export class Villain implements End {
  readonly name: string;
  readonly readsAfterMs: number;
  isOn = true;
  readonly #ports: VillainPorts;
  readonly #talks = new Map<Wire, Talk>();
  /** Genuine entries that it was given. */
  #entries: Bytes[] = [];
  /** Its own feed as it told it to some, and the last entry told to others. */
  #own: SignedEntry | null = null;

  constructor(ports: VillainPorts) {
    this.#ports = ports;
    this.name = ports.name;
    this.readsAfterMs = ports.chance.is(0.3) ? 500 : 0;
  }

  get id(): DeviceId {
    return this.#ports.signer.id;
  }

  opened(wire: Wire): void {
    const { chance, signer, victim } = this.#ports;
    const isImpostor = chance.is(0.15);
    const hello: HelloFrame = {
      kind: "hello",
      device: isImpostor ? victim() : signer.id,
      nonce: chance.bytes(NONCE_BYTES),
      invite: chance.is(0.1) ? chance.bytes(16) : null,
    };
    this.#talks.set(wire, { hello, wanted: chance.is(0.7) });
    if (chance.is(0.1)) return; // it says nothing, and holds a place
    this.#send(wire, hello);
    this.#again(wire);
  }

  closed(wire: Wire): void {
    this.#talks.delete(wire);
  }

  receive(wire: Wire, bytes: Bytes): void {
    this.#answer(wire, parseFrame(bytes)).catch(this.#ports.onBroken);
  }

  /** Ends all that it does. */
  quit(): void {
    if (!this.isOn) return;
    this.isOn = false;
    for (const wire of [...this.#talks.keys()]) wire.cut();
  }

  #again(wire: Wire): void {
    const { chance, schedule } = this.#ports;
    schedule.after(1 + chance.below(EVERY_MS), () => {
      if (!this.isOn || !this.#talks.has(wire)) return;
      this.#harm(wire).catch(this.#ports.onBroken);
      this.#again(wire);
    });
  }

  async #answer(wire: Wire, frame: SyncFrame | "unknown" | null): Promise<void> {
    const { signer, chance } = this.#ports;
    const talk = this.#talks.get(wire);
    if (!talk || frame === null || frame === "unknown") return;
    switch (frame.kind) {
      case "hello":
        return this.#send(wire, await prove(signer, wire.binding, talk.hello, frame, null));
      case "summary":
        if (talk.wanted) this.#send(wire, { kind: "heads", heads: [this.#madeUpHead()] });
        return;
      case "heads":
        return this.#send(wire, {
          kind: "want",
          feeds: frame.heads.map(({ device }) => ({ device, after: 0 })).slice(0, 100),
          mostBytes: chance.is(0.5) ? Number.MAX_SAFE_INTEGER : 1000,
        });
      case "entries":
        this.#entries = [...this.#entries, ...frame.entries].slice(-KEPT_ENTRIES);
        return;
      case "want":
        return this.#send(wire, { kind: "entries", entries: await this.#badEntries() });
      case "blob-want":
        for (const { hash, offset } of frame.parts) {
          this.#send(wire, {
            ...{ kind: "blob-chunk", hash, type: "image/jpeg", offset },
            ...{ total: 1 + chance.below(60_000), bytes: chance.bytes(1 + chance.below(500)) },
          });
        }
        return;
      default:
        return;
    }
  }

  async #harm(wire: Wire): Promise<void> {
    const { chance, overheard, victim } = this.#ports;
    switch (chance.below(15)) {
      case 0:
        return wire.send(this, chance.bytes(1 + chance.below(2000)));
      case 1:
        return wire.send(this, new Uint8Array(HUGE_FRAME));
      case 2: {
        const heads = { kind: "heads", heads: [this.#madeUpHead()] } as const;
        for (let i = 0; i < FLOOD; i++) this.#send(wire, heads);
        return;
      }
      case 3:
        return this.#send(wire, { kind: "entries", entries: await this.#badEntries() });
      case 4: {
        // a session that was, once more
        const from = chance.below(overheard.length || 1);
        for (const bytes of overheard.slice(from, from + 10)) wire.send(this, bytes.slice());
        return;
      }
      case 5:
        return this.#send(wire, {
          kind: "heads",
          heads: Array.from({ length: 200 }, (_, i) => ({
            device: toHex(new Uint8Array(32).fill(i)),
            seq: Number.MAX_SAFE_INTEGER,
            hash: new Uint8Array(8),
          })),
        });
      case 6:
        return this.#send(wire, {
          kind: "heads",
          heads: [{ device: victim(), seq: 1 + chance.below(500), hash: chance.bytes(8) }],
        });
      case 7:
        return this.#send(wire, {
          kind: "ack",
          heads: [{ device: victim(), seq: 1_000_000, hash: chance.bytes(8) }],
        });
      case 8:
        for (let i = 0; i < 20; i++) {
          const feeds = [{ device: victim(), after: 0 }];
          this.#send(wire, { kind: "want", feeds, mostBytes: Number.MAX_SAFE_INTEGER });
        }
        return;
      case 9:
        return this.#send(wire, {
          ...{ kind: "blob-chunk", hash: toHex(chance.bytes(32)), type: "text/html", offset: 0 },
          ...{ total: Number.MAX_SAFE_INTEGER, bytes: chance.bytes(100) },
        });
      case 10:
        return this.#send(wire, { kind: "proof", ...this.#madeUpProof() });
      case 11:
        return this.#send(wire, { kind: "ephemeral", message: this.#madeUpMessage() });
      case 12:
        return this.#send(wire, { kind: "credit", bytes: chance.below(2 ** 32), control: 1000 });
      case 13:
        return this.#send(wire, { kind: "pushing", isWanted: chance.is(0.5) });
      default:
        return this.#send(wire, { kind: "clock", n: 0, receivedAt: 2 ** 52, heldMs: 2 ** 52 });
    }
  }

  #madeUpHead() {
    const { chance, signer } = this.#ports;
    const seq = (this.#own?.seq ?? 0) + 1;
    return { device: signer.id, seq, hash: chance.bytes(8) };
  }

  #madeUpProof() {
    const { chance } = this.#ports;
    return { answers: chance.bytes(4), sig: chance.bytes(64), invite: null };
  }

  /** In another's name. */
  #madeUpMessage(): EphemeralMessage {
    const { chance, schedule, victim } = this.#ports;
    const at = schedule.nowMs() + chance.below(100_000);
    return {
      ...{ topic: "sensor/0/heard", from: victim(), counter: at * 1024, at },
      ...{ retain: chance.is(0.5), critical: chance.is(0.5) },
      ...{ bytes: chance.bytes(20), sig: chance.bytes(64) },
    };
  }

  /** Entries of every kind that must not be taken, and of its own feed some that fork it. */
  async #badEntries(): Promise<Bytes[]> {
    const { chance, victim, signer, founder } = this.#ports;
    const stolen = this.#entries.length > 0 ? chance.pick(this.#entries) : null;
    const genuine = stolen && await parseEntry(stolen);
    switch (chance.below(6)) {
      case 0: // in another's name, after the last entry that is known of it
        return [(await this.#entry(genuine?.device ?? victim(), genuine)).bytes];
      case 1: { // a genuine one with one bit changed
        if (!stolen) return [chance.bytes(300)];
        const at = chance.below(stolen.length);
        return [stolen.with(at, stolen[at] ^ 1 << chance.below(8))];
      }
      case 2: { // who is in the crew, said by one who may not
        const change = this.#change(
          victim(),
          encodeCrewRecord({
            ...{ device: victim(), by: signer.id, seq: 1, counter: 1000, at: 1 },
            says: { kind: "removed", through: 0 },
          }),
        );
        return [
          (await this.#entry(signer.id, this.#own, crewDoc(founder, signer.id), change)).bytes,
        ];
      }
      case 3: { // its own feed goes on, and is kept
        this.#own = await this.#entry(signer.id, this.#own);
        return [this.#own.bytes];
      }
      case 4: // a fork of it
        return [(await this.#entry(signer.id, this.#own)).bytes];
      default: // out of place
        return this.#entries.slice(-chance.below(5) - 1).toReversed();
    }
  }

  /** Signed with its own key, whoever it is said to be of. */
  #entry(
    device: DeviceId,
    after: SignedEntry | null,
    doc = observationsDoc(device, 0),
    change = this.#change("0", this.#batch(device)),
  ): Promise<SignedEntry> {
    const { schedule, signer, chance } = this.#ports;
    const at = Math.max(schedule.nowMs() * 1024, after?.at ?? 0) + 1 + chance.below(100);
    const [seq, prev] = [(after?.seq ?? 0) + 1, after?.hash ?? NO_ENTRY];
    return signEntry({ device, seq, prev, at, doc, change }, signer);
  }

  #change(key: string, value: Bytes): Bytes {
    const { schedule, signer } = this.#ports;
    return putRecords(openDocument(signer.id, []), [{ key, value }], schedule.nowMs()).change;
  }

  #batch(device: DeviceId): Bytes {
    const { schedule, chance } = this.#ports;
    const first = schedule.nowMs() - chance.below(1000);
    return encodeBatch([observationAt(device, first, { label: "forged" })]);
  }

  #send(wire: Wire, frame: SyncFrame): void {
    wire.send(this, encodeFrame(frame));
  }
}
