import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";

/**
 * A way for the UDP packets of two ends that leads through this process, so that a test can close it. Each
 * end is told a stand-in for the other's address; where the ends really are is learned from what they send.
 */
export class UdpDetour implements AsyncDisposable {
  readonly host = ownAddress();
  readonly #standIns: readonly [Socket, Socket];
  readonly #real: [RemoteInfo | null, RemoteInfo | null] = [null, null];
  #isOpen = true;
  #carried = 0;

  private constructor(standIns: readonly [Socket, Socket]) {
    this.#standIns = standIns;
    for (const end of [0, 1] as const) {
      standIns[end].on("message", (bytes, from) => this.#carry(end, bytes, from));
    }
  }

  static async open(): Promise<UdpDetour> {
    const standIns = [createSocket("udp4"), createSocket("udp4")] as const;
    for (const standIn of standIns) {
      standIn.bind(0);
      await once(standIn, "listening");
    }
    return new UdpDetour(standIns);
  }

  /** Packets that went through. */
  get carried(): number {
    return this.#carried;
  }

  /** Where the given end finds the other. */
  portFor(end: 0 | 1): number {
    return this.#standIns[end].address().port;
  }

  /** From now on nothing gets through. */
  cut(): void {
    this.#isOpen = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const standIn of this.#standIns) {
      standIn.close();
      await once(standIn, "close");
    }
  }

  /** What an end sends to its stand-in leaves by the other end's. */
  #carry(end: 0 | 1, bytes: Uint8Array, from: RemoteInfo): void {
    this.#real[end] = from;
    const other = end === 0 ? 1 : 0;
    const to = this.#real[other];
    if (!this.#isOpen || !to) return;
    this.#carried++;
    this.#standIns[other].send(bytes, to.port, to.address);
  }
}

/** Browsers gather no candidates on the loopback interface while there is another. */
function ownAddress(): string {
  const all = Deno.networkInterfaces().filter(({ family }) => family === "IPv4");
  return (all.find(({ address }) => !address.startsWith("127.")) ?? all[0]).address;
}
