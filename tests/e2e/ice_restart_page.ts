/** The radio's own signalling and channels in a bare page, for `ice_restart_test.ts`. */
import type { Channel, Signal } from "../../field/link/signal.ts";
import { peerjsSignal } from "../../page/radio/peerjs_signal.ts";

/** What the test asks of a page. */
export interface RadioPage {
  /** Announces itself; resolves when the line is open. */
  announce(peerId: string): Promise<void>;
  /** Calls, or waits to be called by, the other; resolves with the binding when the channel is open. */
  link(peerId: string | null): Promise<string>;
  /** Sends numbers from 0 on, one each 50 ms. */
  count(): void;
  /** Where candidates of the other end are said to be instead; null: where they are. */
  detour: { readonly host: string; readonly port: number } | null;
  readonly heard: readonly number[];
  readonly states: readonly string[];
  readonly isClosed: boolean;
  /** Of the connection's present description: it changes with each ICE restart. */
  readonly ufrag: string;
  readonly peerConnections: number;
}

const connections: RTCPeerConnection[] = [];
const states: string[] = [];
const heard: number[] = [];
const opened = Promise.withResolvers<string>();
const COUNT_EVERY_MS = 50;
let signal: Signal | undefined;
let channel: Channel | undefined;
let isClosed = false;

globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    connections.push(this);
    this.addEventListener("connectionstatechange", () => states.push(this.connectionState));
  }

  override addIceCandidate(init?: RTCIceCandidateInit | null): Promise<void> {
    const line = init?.candidate;
    // RFC 8839, section 5.1: foundation, component, transport, priority, address, port
    const detoured = page.detour && line?.replace(
      /^(candidate:\S+ \S+ \S+ \S+) \S+ \S+/,
      `$1 ${page.detour.host} ${page.detour.port}`,
    );
    return super.addIceCandidate(detoured ? { ...init, candidate: detoured } : init ?? undefined);
  }
};

function announce(peerId: string): Promise<void> {
  return new Promise((resolve, reject) => {
    signal = peerjsSignal(location)({ peerId, token: peerId }, {
      opened: resolve,
      incoming: listen,
      disconnected: () => signal?.reconnect(),
      destroyed: () => reject(new Error("destroyed")),
      peerAbsent: (peerId) => reject(new Error(`${peerId} is absent`)),
      failed: ({ cause }) => console.debug(cause),
    });
  });
}

/** At once: who calls may do so before the test asks this page to wait for it. */
function listen(one: Channel): void {
  channel = one;
  one.listen({
    opened: (binding) => opened.resolve(String(new Uint8Array(binding ?? new ArrayBuffer(0)))),
    received: (data) => heard.push(new DataView(data as ArrayBuffer).getUint32(0)),
    drained: () => {},
    shaky: (isShaky) => states.push(isShaky ? "shaky" : "steady"),
    closed: () => isClosed = true,
  });
}

async function link(peerId: string | null): Promise<string> {
  const dialled = peerId === null ? null : signal?.dial(peerId);
  if (dialled) listen(dialled);
  return await opened.promise;
}

function count(): void {
  let next = 0;
  setInterval(() => {
    if (isClosed) return;
    const bytes = new ArrayBuffer(4);
    new DataView(bytes).setUint32(0, next++);
    channel?.send(bytes);
  }, COUNT_EVERY_MS);
}

const page: RadioPage = {
  announce,
  link,
  count,
  detour: null,
  heard,
  states,
  get isClosed() {
    return isClosed;
  },
  get ufrag() {
    return /^a=ice-ufrag:(\S+)/m.exec(connections[0].localDescription?.sdp ?? "")?.[1] ?? "";
  },
  get peerConnections() {
    return connections.length;
  },
};
Object.assign(globalThis, { radioPage: page });
