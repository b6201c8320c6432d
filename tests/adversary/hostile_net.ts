/** The made-up network with somebody hostile on it: a line is one end of a link that a test speaks for. */
import { type Bytes, sha256 } from "../../field/bytes.ts";
import type { Signer } from "../../field/keys.ts";
import type { SignedEntry } from "../../field/feed/entry.ts";
import { checkProof, prove } from "../../field/sync/handshake.ts";
import {
  encodeFrame,
  HEAD_HASH_BYTES,
  type HelloFrame,
  NONCE_BYTES,
  parseFrame,
  type ProofFrame,
  type SyncFrame,
} from "../../field/sync/frames.ts";
import type { LinkKind } from "../../field/sync/lanes.ts";
import { bytesOf, idOf } from "../fixtures/devices.ts";
import { type SyncDevice, SyncNet } from "../fixtures/sync_net.ts";

export interface LineOptions {
  /** What the victim's end of the channel is bound to. */
  readonly binding?: Bytes;
  readonly via?: LinkKind;
}

export class HostileNet extends SyncNet {
  readonly #lines = new Map<string, HostileLine>();
  #called = 0;

  /** A link to `victim` whose other end is the test. */
  async line(victim: SyncDevice, { binding, via }: LineOptions = {}): Promise<HostileLine> {
    const id = `hostile-${++this.#called}`;
    const line = new HostileLine(this, victim, id, binding ?? await sha256(bytesOf(id)));
    this.#lines.set(id, line);
    victim.node.open(id, line.binding, via);
    return line;
  }

  /** As ever; and those who hold lines say that they are still there, as long as they like to. */
  override async pass(ms: number, options?: { delivering?: boolean }): Promise<void> {
    for (let gone = 0; gone < ms; gone += 1000) {
      await super.pass(Math.min(1000, ms - gone), options);
      for (const line of this.#lines.values()) await line.keepAlive();
    }
  }

  override send(from: SyncDevice, id: string, bytes: Bytes): void {
    const line = this.#lines.get(id);
    if (line) line.hear(bytes);
    else super.send(from, id, bytes);
  }

  override drop(by: SyncDevice, id: string, reason: string): void {
    this.#lines.get(id)?.end(reason);
    super.drop(by, id, reason);
  }
}

export class HostileLine {
  readonly net: HostileNet;
  readonly victim: SyncDevice;
  readonly id: string;
  readonly binding: Bytes;
  /** What the victim said, oldest first. */
  readonly heard: (SyncFrame | "unknown" | null)[] = [];
  readonly heardRaw: Bytes[] = [];
  heardBytes = 0;
  /** Why the victim is rid of this line; null while it is not. */
  dropped: string | null = null;
  /** The most bytes that the victim had taken over and not yet dealt with. */
  mostHeldBytes = 0;
  hello: HelloFrame | null = null;
  /** Answers the victim's questions whether it is still there. */
  answersProbes = true;
  #answered = 0;
  #heldBytes = 0;

  constructor(net: HostileNet, victim: SyncDevice, id: string, binding: Bytes) {
    [this.net, this.victim, this.id, this.binding] = [net, victim, id, binding];
  }

  hear(bytes: Bytes): void {
    this.heard.push(parseFrame(bytes));
    this.heardRaw.push(bytes.slice());
    this.heardBytes += bytes.length;
  }

  async keepAlive(): Promise<void> {
    const probes = this.all("clock-probe");
    if (!this.answersProbes) return;
    for (const { n } of probes.slice(this.#answered)) {
      await this.say({ kind: "clock", n, receivedAt: this.net.now, heldMs: 0 });
    }
    this.#answered = probes.length;
  }

  end(reason: string): void {
    this.dropped ??= reason;
  }

  /** All of one kind that the victim said. */
  all<K extends SyncFrame["kind"]>(kind: K): Extract<SyncFrame, { kind: K }>[] {
    return this.heard.flatMap((frame) =>
      frame && frame !== "unknown" && frame.kind === kind
        ? [frame as Extract<SyncFrame, { kind: K }>]
        : []
    );
  }

  /** One frame after the other, each dealt with before the next. */
  async say(...frames: readonly (SyncFrame | Uint8Array)[]): Promise<void> {
    for (const frame of frames) await this.#hand(frame);
  }

  /** All at once, as fast as a link can carry them. */
  async burst(frames: readonly (SyncFrame | Uint8Array)[]): Promise<void> {
    await Promise.all(frames.map((frame) => this.#hand(frame)));
  }

  /** Says who it is. */
  async greet(device: string, invite: Bytes | null = null): Promise<void> {
    const nonce = this.net.random(NONCE_BYTES);
    this.hello = { kind: "hello", device, nonce, invite };
    await this.say(this.hello);
  }

  /** The proof that the victim waits for, by whoever signs. */
  async proofBy(signer: Signer, secret: Bytes | null = null): Promise<ProofFrame> {
    const theirs = this.all("hello").at(-1);
    if (!theirs || !this.hello) throw new Error("Nobody has greeted yet");
    return await prove(signer, this.binding, this.hello, theirs, secret);
  }

  /** Comes in as an honest device would. */
  async enter(signer: Signer, invite?: { readonly id: Bytes; readonly secret: Bytes }) {
    await this.greet(signer.id, invite?.id ?? null);
    await this.say(await this.proofBy(signer, invite?.secret ?? null));
  }

  /** Did the victim prove itself to this line's hello? */
  async hasProof(): Promise<boolean> {
    const [theirs, proof] = [this.all("hello").at(-1), this.all("proof").at(-1)];
    return theirs !== undefined && proof !== undefined && this.hello !== null &&
      await checkProof(proof, this.binding, this.hello, theirs);
  }

  /** Tells of entries as a feed's news, and gives them when it is asked, or unasked where it is not. */
  async offer(...entries: readonly SignedEntry[]): Promise<void> {
    const last = new Map(entries.map((entry) => [entry.device, entry]));
    const wantsBefore = this.all("want").length;
    await this.say({
      kind: "heads",
      heads: [...last.values()].map(({ device, seq, hash }) => ({
        ...{ device, seq },
        hash: hash.slice(0, HEAD_HASH_BYTES),
      })),
    });
    const want = this.all("want").slice(wantsBefore).at(-1);
    await this.say({
      kind: "entries",
      entries: entries.map(({ bytes }) => bytes),
      ...want?.n === undefined ? {} : { answers: want.n },
    });
  }

  /** Is the victim in a session with somebody on this line? */
  get isIn(): boolean {
    return this.victim.node.peers().some(({ link }) => link === this.id);
  }

  async #hand(frame: SyncFrame | Uint8Array): Promise<void> {
    if (this.dropped !== null) return;
    const bytes = frame instanceof Uint8Array ? frame : encodeFrame(frame);
    this.#heldBytes += bytes.length;
    const done = this.victim.node.receive(this.id, bytes);
    if (this.dropped === null) this.mostHeldBytes = Math.max(this.mostHeldBytes, this.#heldBytes);
    await done;
    this.#heldBytes -= bytes.length;
  }
}

/** A device that does not exist. */
export const NOBODY = idOf(0xee);
