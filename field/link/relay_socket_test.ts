import assert from "node:assert/strict";
import { webSocketRelay } from "./relay_socket.ts";

const IDENTITY = { peerId: `fm-${"0".repeat(32)}`, token: "token" };

function causeOfEnd(hub: string): Promise<string> {
  return new Promise((closed) => {
    const nothing = () => {};
    webSocketRelay(hub)(IDENTITY).listen({
      ...{ opened: nothing, received: nothing, drained: nothing, closed },
    });
  });
}

Deno.test("webSocketRelay() tells why a hub cannot be reached, as far as the browser or Deno says", async () => {
  // of a port that was free a moment ago
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  taken.close();
  assert.match(await causeOfEnd(`http://127.0.0.1:${port}`), /connect/);
});

Deno.test("webSocketRelay() asks the hub's own address for /relay, whatever page it is opened from", async () => {
  const asked = Promise.withResolvers<string>();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    asked.resolve(new URL(request.url).pathname);
    return new Response(null, { status: 503 });
  });
  const cause = await causeOfEnd(`http://127.0.0.1:${server.addr.port}/crew/records?x#y`);
  assert.equal(await asked.promise, "/relay");
  assert.notEqual(cause, "");
});
