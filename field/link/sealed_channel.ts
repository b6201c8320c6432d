import { type Bytes, equalBytes, joinBytes, sha256 } from "../bytes.ts";
import { type Failure, toFailure } from "../errors.ts";
import type { Channel, ChannelEvents } from "./signal.ts";

/** What somebody else carries to a peer, in order and without loss: it can be used at once, and proves nothing. */
export interface Pipe {
  readonly peerId: string;
  /** Handed over and not yet sent. */
  readonly bufferedBytes: number;
  /** Called once, before the turn in which the pipe came is over. */
  listen(events: PipeEvents): void;
  /** Throws when the pipe is not open. */
  send(bytes: Bytes): void;
  /** No event follows. */
  close(): void;
}

export interface PipeEvents {
  received(bytes: Bytes): void;
  /** Little is left to be sent. */
  drained(): void;
  closed(): void;
}

const LABEL = new TextEncoder().encode("fieldmesh sealed channel 1\n");
const CURVE = { name: "ECDH", namedCurve: "P-256" };
/** An uncompressed point (SEC 1, section 2.3.3). */
const PUBLIC_KEY_BYTES = 65;
/** Of AES-GCM. */
const TAG_BYTES = 16;
const NONCE_BYTES = 12;
/** The largest frame, as of every link. */
const MOST_FRAME_BYTES = 64 * 1024;
/** Received and not opened yet: the sync node's credits keep far below. */
const MOST_UNOPENED_BYTES = 1024 * 1024;
/** `drained` comes when no more than this waits to be sealed. */
const LOW_BYTES = 262_144;

/**
 * A channel that whoever carries it can neither read nor change: both ends send a fresh public key (ECDH
 * on P-256), derive a key for each direction (HKDF-SHA-256), and seal each frame with AES-GCM-256 under its
 * number, so that one which was changed, left out, repeated or moved does not open and ends the channel.
 *
 * This alone does not tell who is at the other end. The `binding` (SHA-256 over a label and both public
 * keys) does: the sync node signs it in its handshake, and whoever stands in between has given each end
 * another key, so that each end sees another binding and the signatures fail. That is the whole
 * authentication.
 */
export class SealedChannel implements Channel {
  readonly #pipe: Pipe;
  readonly #outgoing = new InOrder();
  readonly #incoming = new InOrder();
  readonly #theirs = Promise.withResolvers<Bytes>();
  #events: ChannelEvents | undefined;
  #keys: Promise<Keys> | undefined;
  /** To seal with, once the channel is open. */
  #mine: CryptoKey | undefined;
  #answered = false;
  #sent = 0;
  #received = 0;
  #unsealedBytes = 0;
  #unopenedBytes = 0;

  constructor(pipe: Pipe) {
    this.#pipe = pipe;
  }

  get peerId(): string {
    return this.#pipe.peerId;
  }

  get answered(): boolean {
    return this.#answered;
  }

  get bufferedBytes(): number {
    return this.#unsealedBytes + this.#pipe.bufferedBytes;
  }

  listen(events: ChannelEvents): void {
    this.#events = events;
    this.#pipe.listen({
      received: (bytes) => this.#receive(bytes),
      drained: () => this.#tellDrained(),
      // what came before is still being opened
      closed: () => void this.#incoming.settled().then(() => this.#end()),
    });
    this.#keys = this.#agree();
    this.#keys.then(
      ({ mine, binding }) => {
        this.#mine = mine;
        this.#tell(({ opened }) => opened(binding.buffer));
      },
      () => this.#end(unagreed()),
    );
  }

  send(bytes: ArrayBuffer): void {
    const key = this.#mine;
    if (!key || !this.#events) throw new DOMException("Not open", "InvalidStateError");
    if (bytes.byteLength > MOST_FRAME_BYTES) {
      throw new RangeError(`Cannot send ${bytes.byteLength} bytes: more than a frame has`);
    }
    this.#unsealedBytes += bytes.byteLength;
    const sealed = crypto.subtle.encrypt(numbered(this.#sent++), key, bytes);
    this.#outgoing.add(sealed, (frame) => {
      this.#unsealedBytes -= bytes.byteLength;
      this.#pipe.send(new Uint8Array(frame));
      if (this.#unsealedBytes === 0) this.#tellDrained();
    }, () => this.#end());
  }

  /** What was sent before still goes out. */
  close(): void {
    this.#events = undefined;
    this.#outgoing.settled().then(() => this.#pipe.close()).catch(reportError);
  }

  async #agree(): Promise<Keys> {
    const own = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
    const mine = new Uint8Array(await crypto.subtle.exportKey("raw", own.publicKey));
    if (this.#events) this.#pipe.send(mine);
    return await keysOf(own.privateKey, mine, await this.#theirs.promise);
  }

  #receive(bytes: Bytes): void {
    if (!this.#events) return;
    if (!this.#answered) {
      this.#answered = true;
      return this.#theirs.resolve(bytes.slice());
    }
    this.#unopenedBytes += bytes.length;
    if (this.#unopenedBytes > MOST_UNOPENED_BYTES) return this.#end(flooded());
    if (bytes.length > MOST_FRAME_BYTES + TAG_BYTES) return this.#end(unopenable());
    this.#incoming.add(this.#open(bytes.slice()), (frame) => {
      this.#unopenedBytes -= bytes.length;
      this.#tell(({ received }) => received(frame));
    }, () => this.#end(unopenable()));
  }

  async #open(bytes: Bytes): Promise<ArrayBuffer> {
    const number = numbered(this.#received++);
    const keys = await this.#keys;
    if (!keys) throw new Error("A channel that is not listened to cannot receive");
    return await crypto.subtle.decrypt(number, keys.theirs, bytes);
  }

  #tellDrained(): void {
    if (this.bufferedBytes <= LOW_BYTES) this.#tell(({ drained }) => drained());
  }

  /** A listener that throws ends the channel too, and not as if somebody had tampered with it. */
  #tell(say: (events: ChannelEvents) => void): void {
    try {
      if (this.#events) say(this.#events);
    } catch (error) {
      this.#end(toFailure(error));
    }
  }

  #end(why?: Failure): void {
    const events = this.#events;
    this.#events = undefined;
    this.#pipe.close();
    events?.closed(why);
  }
}

interface Keys {
  readonly mine: CryptoKey;
  readonly theirs: CryptoKey;
  readonly binding: Bytes;
}

async function keysOf(privateKey: CryptoKey, mine: Bytes, theirs: Bytes): Promise<Keys> {
  // an end that is shown its own key speaks with a mirror
  if (theirs.length !== PUBLIC_KEY_BYTES || equalBytes(mine, theirs)) throw new Error("bad key");
  const publicKey = await crypto.subtle.importKey("raw", theirs, CURVE, false, []);
  const shared = await crypto.subtle.deriveBits(
    { name: "ECDH", public: publicKey },
    privateKey,
    256,
  );
  const isMineFirst = comesFirst(mine, theirs);
  const ends = isMineFirst ? [mine, theirs] : [theirs, mine];
  const binding = await sha256(joinBytes(LABEL, ...ends));
  const [first, second] = await directionKeys(shared, binding);
  return isMineFirst
    ? { mine: first, theirs: second, binding }
    : { mine: second, theirs: first, binding };
}

/** One for what the end with the first key sends, one for what the other does. */
async function directionKeys(shared: ArrayBuffer, salt: Bytes): Promise<readonly CryptoKey[]> {
  const secret = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const derive = (info: string) =>
    crypto.subtle.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt, info: new TextEncoder().encode(info) },
      secret,
      { name: "AES-GCM", length: 256 },
      false,
      ["encrypt", "decrypt"],
    );
  return await Promise.all([derive("first"), derive("second")]);
}

/** Each key seals one direction of one channel, so a frame's number is nonce enough. */
function numbered(number: number): AesGcmParams {
  const iv = new Uint8Array(NONCE_BYTES);
  new DataView(iv.buffer).setBigUint64(NONCE_BYTES - 8, BigInt(number));
  return { name: "AES-GCM", iv, tagLength: 8 * TAG_BYTES };
}

function comesFirst(a: Bytes, b: Bytes): boolean {
  const at = a.findIndex((byte, index) => byte !== b[index]);
  return a[at] < b[at];
}

/** Work that goes on side by side, and whose results are taken one after the other. */
class InOrder {
  #last: Promise<void> = Promise.resolve();

  add<T>(work: Promise<T>, take: (result: T) => void, failed: () => void): void {
    const before = this.#last;
    // its turn comes later: until then a rejection has nobody to go to
    work.catch(() => {});
    this.#last = (async () => {
      await before;
      take(await work);
    })().catch(failed);
  }

  settled(): Promise<void> {
    return this.#last;
  }
}

function unagreed(): Failure {
  return {
    code: "peer-refused",
    message: "No encrypted connection came about with the other device. It is tried again.",
  };
}

function unopenable(): Failure {
  return {
    code: "peer-refused",
    message:
      "Something was changed or left out on the way through the hub. The link was closed; it is tried again.",
  };
}

function flooded(): Failure {
  return {
    code: "peer-refused",
    message: "The other device sends faster than this one can take. The link was closed.",
  };
}
