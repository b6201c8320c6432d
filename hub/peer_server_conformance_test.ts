/**
 * The hub's signalling beside npm `peer`, which the stock client was written for: the same clients do
 * the same things on both, and must be told the same, byte for byte and in order.
 */
import assert from "node:assert/strict";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PeerServer } from "peer";
import { LIMITS } from "./signalling.ts";
import { SignallingSockets } from "./signalling_sockets.ts";

/** Over when a scene says so, by {@link letPass}, and not because the machine is slow. */
const EXPIRE_MS = 60_000;
const TICK_MS = 20;
const MAX_CLIENTS = 4;
const PATIENCE_MS = 10_000;

interface Wire {
  /** Up to and without `peerjs?key=…`, as the stock client composes it. */
  readonly base: string;
  stop(): Promise<void>;
}

function startOurs(): Wire {
  const queue = { ...LIMITS.queue, expireMs: EXPIRE_MS };
  const limits = { ...LIMITS, clients: MAX_CLIENTS, queue };
  const sockets = new SignallingSockets({ limits, tickMs: TICK_MS });
  const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  const server = Deno.serve(options, (request) => sockets.accept(request));
  return {
    base: `ws://127.0.0.1:${server.addr.port}/signal/`,
    stop: async () => {
      sockets.close();
      await server.shutdown();
    },
  };
}

async function startTheirs(): Promise<Wire> {
  const server = await new Promise<Server>((resolve) => {
    const options = {
      host: "127.0.0.1",
      port: 0,
      path: "/signal",
      expire_timeout: EXPIRE_MS,
      cleanup_out_msgs: TICK_MS,
      concurrent_limit: MAX_CLIENTS,
    };
    PeerServer(options, (listening) => resolve(listening as Server));
  });
  const { port } = server.address() as AddressInfo;
  return {
    base: `ws://127.0.0.1:${port}/signal/`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A WebSocket of which everything that it hears is kept. */
class Client {
  readonly #socket: WebSocket;
  readonly #heard: string[] = [];
  #changed = Promise.withResolvers<void>();
  #ended = false;

  constructor(url: string) {
    this.#socket = new WebSocket(url);
    this.#socket.onmessage = ({ data }) => {
      this.#heard.push(String(data));
      this.#wake();
    };
    this.#socket.onopen = () => this.#wake();
    this.#socket.onclose = () => {
      this.#ended = true;
      this.#wake();
    };
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  async #until(holds: () => boolean): Promise<void> {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    while (!holds()) {
      const late = Promise.withResolvers<never>();
      const onAbort = () => late.reject(new Error(`Heard only ${JSON.stringify(this.#heard)}`));
      patience.addEventListener("abort", onAbort, { once: true });
      await Promise.race([this.#changed.promise, late.promise]);
      patience.removeEventListener("abort", onAbort);
    }
  }

  async open(): Promise<void> {
    await this.#until(() => this.#socket.readyState !== WebSocket.CONNECTING);
  }

  say(message: unknown): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** Waits for so many messages in all. */
  async hear(count: number): Promise<readonly string[]> {
    await this.#until(() => this.#heard.length >= count);
    return this.#heard;
  }

  /** All that was heard up to an echo of the client's own: nothing more was on its way. */
  async hearAll(id: string): Promise<readonly string[]> {
    const isEcho = (text: string) => text.includes('"payload":"echo"');
    const echoes = () => this.#heard.filter(isEcho).length;
    const before = echoes();
    this.say({ type: "OFFER", dst: id, payload: "echo" });
    await this.#until(() => echoes() > before);
    return this.#heard.filter((text) => !isEcho(text));
  }

  /** All that was heard before the server closed. */
  async hearEnd(): Promise<readonly string[]> {
    await this.#until(() => this.#ended);
    return [...this.#heard, "closed"];
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.#until(() => this.#ended);
  }
}

/** Moves on the time that both servers read, for as long as it is not disposed of; neither takes a clock. */
function letPass(ms: number): Disposable {
  const { now } = performance;
  const { getTime } = Date.prototype;
  performance.now = () => now.call(performance) + ms;
  Date.prototype.getTime = function () {
    return getTime.call(this) + ms;
  };
  return {
    [Symbol.dispose]() {
      performance.now = now;
      Date.prototype.getTime = getTime;
    },
  };
}

type Connect = (id: string, token?: string, key?: string) => Client;
type Heard = Record<string, readonly string[]>;

/** Plays a scene on one server and ends its clients. */
async function play({ base }: Wire, scene: (connect: Connect) => Promise<Heard>): Promise<Heard> {
  const clients: Client[] = [];
  const connect: Connect = (id, token = `t-${id}`, key = "peerjs") => {
    const client = new Client(`${base}peerjs?key=${key}&id=${id}&token=${token}&version=1.5.5`);
    clients.push(client);
    return client;
  };
  try {
    return await scene(connect);
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

const SCENES: Readonly<Record<string, (connect: Connect) => Promise<Heard>>> = {
  "OPEN for a newcomer": async (connect) => ({ a: await connect("a").hear(1) }),

  "ERROR when id, token or key is missing": async (connect) => ({
    noId: await connect("").hearEnd(),
    noToken: await connect("a", "").hearEnd(),
    noKey: await connect("a", "t", "").hearEnd(),
  }),

  "ERROR for another key": async (connect) => ({
    a: await connect("a", "t", "other").hearEnd(),
  }),

  "ID-TAKEN for another token, while the first goes on": async (connect) => {
    const first = connect("a");
    await first.hear(1);
    const second = await connect("a", "another").hearEnd();
    return { first: await first.hearAll("a"), second };
  },

  "ERROR for one client too many": async (connect) => {
    for (const id of ["a", "b", "c", "d"]) await connect(id).hear(1);
    return { e: await connect("e").hearEnd() };
  },

  "every relayed type, with the true source and nothing added": async (connect) => {
    const [a, b, bystander] = [connect("a"), connect("b"), connect("c")];
    await Promise.all([a.hear(1), b.hear(1), bystander.hear(1)]);
    const payload = {
      sdp: { type: "offer", sdp: "v=0\r\n" },
      connectionId: "dc_ü",
      n: [1.5, null],
    };
    for (const type of ["OFFER", "ANSWER", "CANDIDATE", "LEAVE", "EXPIRE"]) {
      a.say({ more: true, payload, dst: "b", src: "forged", type });
    }
    a.say({ type: "OFFER", dst: "b" });
    return {
      a: await a.hearAll("a"),
      b: await b.hear(7),
      bystander: await bystander.hearAll("c"),
    };
  },

  "an offer, its answer and candidates both ways": async (connect) => {
    const [a, b] = [connect("a"), connect("b")];
    await Promise.all([a.hear(1), b.hear(1)]);
    a.say({ type: "OFFER", dst: "b", payload: 1 });
    a.say({ type: "CANDIDATE", dst: "b", payload: 2 });
    await b.hear(3);
    b.say({ type: "ANSWER", dst: "a", payload: 3 });
    b.say({ type: "CANDIDATE", dst: "a", payload: 4 });
    return { a: await a.hear(3), b: await b.hearAll("b") };
  },

  "offers for one who comes later": async (connect) => {
    const a = connect("a");
    await a.hear(1);
    a.say({ type: "OFFER", dst: "b", payload: 1 });
    a.say({ type: "LEAVE", dst: "b" });
    a.say({ type: "CANDIDATE", dst: "b", payload: 2 });
    const toA = await a.hearAll("a");
    return { a: toA, b: await connect("b").hear(3) };
  },

  "EXPIRE, once, for one who never comes": async (connect) => {
    const a = connect("a");
    await a.hear(1);
    for (const payload of [1, 2, 3]) a.say({ type: "OFFER", dst: "nobody", payload });
    await a.hearAll("a");
    using _later = letPass(EXPIRE_MS);
    await a.hear(3); // the echo is one
    return { a: await a.hearAll("a") };
  },

  "silence for heartbeats and for types that are not a client's": async (connect) => {
    const a = connect("a");
    await a.hear(1);
    for (const type of ["HEARTBEAT", "OPEN", "ERROR", "ID-TAKEN", "NEWER"]) {
      a.say({ type, dst: "a" });
    }
    return { a: await a.hearAll("a") };
  },
};

// PeerServer cannot be stopped whole: its timers go on, so leaks are not looked for.
const options = { sanitizeOps: false, sanitizeResources: false };

Deno.test("SignallingSockets says what PeerServer says", options, async (t) => {
  const [ours, theirs] = [startOurs(), await startTheirs()];
  for (const [name, scene] of Object.entries(SCENES)) {
    await t.step(name, async () => {
      const expected = await play(theirs, scene);
      assert.deepEqual(await play(ours, scene), expected);
    });
  }
  await t.step("and more for one who comes back while its old socket lingers: OPEN", async () => {
    const scene = async (connect: Connect) => {
      const old = connect("a");
      await old.hear(1);
      const anew = connect("a");
      await anew.open();
      return { anew: await anew.hearAll("a") };
    };
    assert.deepEqual(await play(theirs, scene), { anew: [] });
    assert.deepEqual(await play(ours, scene), { anew: ['{"type":"OPEN"}'] });
  });
  await Promise.all([ours.stop(), theirs.stop()]);
});
