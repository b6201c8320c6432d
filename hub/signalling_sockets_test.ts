import assert from "node:assert/strict";
import { LIMITS } from "./signalling.ts";
import { type SignallingOptions, SignallingSockets } from "./signalling_sockets.ts";

const PATIENCE_MS = 10_000;

/** Serves signalling on a free port of this machine. */
function serve(options?: SignallingOptions) {
  const sockets = new SignallingSockets(options);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => sockets.accept(request),
  );
  const query = (id: string) => `/peerjs?key=peerjs&id=${id}&token=t&version=1`;
  return {
    sockets,
    port: server.addr.port,
    query,
    connect: (id: string) => new WebSocket(`ws://127.0.0.1:${server.addr.port}${query(id)}`),
    stop: async () => {
      sockets.close();
      await server.shutdown();
    },
  };
}

type Event<T extends "message" | "close"> = T extends "message" ? MessageEvent : CloseEvent;

function next<T extends "message" | "close">(socket: WebSocket, type: T): Promise<Event<T>> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`No ${type} in time`)), PATIENCE_MS);
    socket.addEventListener(type, (event) => {
      clearTimeout(late);
      resolve(event as Event<T>);
    }, { once: true });
  });
}

Deno.test("SignallingSockets counts its clients, and forgets one whose socket closes", async () => {
  const { sockets, connect, stop } = serve({ tickMs: 10 });
  const [a, b] = [connect("a"), connect("b")];
  await Promise.all([next(a, "message"), next(b, "message")]);
  assert.equal(sockets.clients, 2);
  a.close();
  await next(a, "close");
  const c = connect("c");
  await next(c, "message");
  assert.equal(sockets.clients, 2);
  const closing = [next(c, "close"), next(b, "close")];
  await stop();
  for (const { code } of await Promise.all(closing)) assert.equal(code, 1001);
});

Deno.test("SignallingSockets tells a client why before it closes on a message that is too long", async () => {
  const { connect, stop } = serve();
  const socket = connect("a");
  await next(socket, "message");
  const error = next(socket, "message");
  const closed = next(socket, "close");
  socket.send(
    JSON.stringify({ type: "OFFER", dst: "b", payload: "-".repeat(LIMITS.messageChars) }),
  );
  assert.match((await error).data, /^{"type":"ERROR","payload":{"msg":"Message too long/);
  assert.equal((await closed).code, 1009);
  await stop();
});

Deno.test("SignallingSockets closes on bytes, and lives on", async () => {
  const { sockets, connect, stop } = serve();
  const socket = connect("a");
  await next(socket, "message");
  const closed = next(socket, "close");
  socket.send(new Uint8Array([1, 2, 3]));
  assert.equal((await closed).code, 1008);
  const other = connect("b");
  await next(other, "message");
  assert.equal(sockets.clients, 1);
  const end = next(other, "close");
  await stop();
  await end;
});

Deno.test("SignallingSockets closes a client that is silent for too long", async () => {
  const { connect, stop } = serve({ limits: { ...LIMITS, aliveMs: 50 }, tickMs: 10 });
  const socket = connect("a");
  const closed = await next(socket, "close");
  assert.equal(closed.code, 1001);
  assert.equal(closed.reason, "No heartbeat");
  await stop();
});

/** A client that shakes hands and then reads nothing more. */
async function connectDeaf(port: number, path: string): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const handshake = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  await connection.write(new TextEncoder().encode(`${handshake.join("\r\n")}\r\n\r\n`));
  await connection.read(new Uint8Array(1024));
  return connection;
}

Deno.test("SignallingSockets.hasRoom is false while twice as many sockets as clients are open", async () => {
  const { sockets, port, query, connect, stop } = serve({ limits: { ...LIMITS, clients: 1 } });
  const a = connect("a");
  await next(a, "message");
  assert.equal(sockets.hasRoom, true);
  // Refused, but its socket lingers: it does not take part in closing.
  const deaf = await connectDeaf(port, query("deaf"));
  assert.equal(sockets.clients, 1);
  assert.equal(sockets.hasRoom, false);
  deaf.close();
  const end = next(a, "close");
  await stop();
  await end;
});

Deno.test("SignallingSockets cuts off a client that does not read, instead of buffering for it", async () => {
  const { sockets, port, query, connect, stop } = serve();
  const deaf = await connectDeaf(port, query("deaf"));
  const loud = connect("loud");
  await next(loud, "message");
  assert.equal(sockets.clients, 2);
  const offer = JSON.stringify({ type: "OFFER", dst: "deaf", payload: "-".repeat(60_000) });
  const echo = JSON.stringify({ type: "OFFER", dst: "loud" });
  // 18 MB: more than the system's own buffers hold.
  for (let i = 0; i < 300; i += 1) loud.send(offer);
  loud.send(echo);
  await next(loud, "message");
  assert.equal(sockets.clients, 1);
  deaf.close();
  const end = next(loud, "close");
  await stop();
  await end;
});
