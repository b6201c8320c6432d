import assert from "node:assert/strict";
import { join } from "node:path";
import { encodeTicket } from "../field/invite.ts";
import { idOf } from "../tests/fixtures/devices.ts";
import { parseFlags } from "./flags.ts";
import { type Hub, startHub, type Surroundings } from "./hub.ts";
import { HubError } from "./hub_error.ts";
import type { Network } from "./lan.ts";
import { openAuthority } from "./authority.ts";
import type { HubState, Routes } from "./state.ts";

const HOME: Network = { addresses: ["192.168.1.20"], names: ["box", "box.local"] };

/** Routes that tell what the hub gave them. */
const ROUTES: Routes = {
  createApp: () => (request) => new Response(`app ${new URL(request.url).protocol}`),
  createTrustApp: ({ httpsPort }: HubState) => () => new Response(`trust ${httpsPort}`),
};

interface Stage {
  readonly data: string;
  readonly said: string[];
  readonly warned: string[];
  start(args: string, around?: Partial<Surroundings>, routes?: Routes): Promise<Hub>;
}

/** Hubs on free ports with a data folder of their own; those that were started are stopped. */
async function withStage(test: (stage: Stage) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "fieldmesh-hub-" });
  const hubs: Hub[] = [];
  const [said, warned]: string[][] = [[], []];
  const data = join(folder, "data");
  const start: Stage["start"] = async (args, around, routes = ROUTES) => {
    const flags = parseFlags(["--port", "0", "--data", data, ...args.split(" ").filter(Boolean)]);
    const hub = await startHub(flags, routes, {
      root: folder,
      network: () => HOME,
      now: new Date(),
      say: (text) => said.push(text),
      warn: (text) => warned.push(text),
      color: false,
      ...around,
    });
    hubs.push(hub);
    return hub;
  };
  try {
    await test({ data, said, warned, start });
  } finally {
    await Promise.all(hubs.map((hub) => hub.stop()));
    await Deno.remove(folder, { recursive: true });
  }
}

function portOf(url: string): string {
  return new URL(url).port;
}

async function fetchText(url: string, caCerts: string[] = []): Promise<string> {
  using client = Deno.createHttpClient({ caCerts });
  // The browsers' types of fetch are in force here, and they do not know Deno's `client`.
  const init: RequestInit & { readonly client: Deno.HttpClient } = { client };
  const response = await fetch(url, init);
  return await response.text();
}

function isHubError(message: RegExp) {
  return (error: unknown) => error instanceof HubError && message.test(error.message);
}

Deno.test("startHub() serves plain HTTP on localhost alone when nothing is said", () =>
  withStage(async ({ start, said }) => {
    const hub = await start("");
    assert.match(hub.url, /^http:\/\/localhost:\d+\/$/);
    assert.equal(said.join("\n"), `Fieldmesh is ready: ${hub.url}`);
    assert.equal(hub.trustUrl, null);
    assert.equal(await fetchText(hub.url), "app http:");
    const outside = Deno.networkInterfaces().find(({ family, address }) =>
      family === "IPv4" && !address.startsWith("127.")
    );
    if (!outside) return;
    const port = Number(portOf(hub.url));
    await assert.rejects(Deno.connect({ hostname: outside.address, port }), /refused/);
  }));

Deno.test("startHub() serves HTTPS that who trusts its authority accepts, and nobody else", () =>
  withStage(async ({ start, data }) => {
    const hub = await start("--lan");
    assert.match(hub.url, /^https:\/\/192\.168\.1\.20:\d+\/$/);
    const { certificate } = await openAuthority(join(data, "tls"), HOME, new Date());
    const pem = `-----BEGIN CERTIFICATE-----\n${certificate.toBase64()}\n-----END CERTIFICATE-----`;
    for (const host of ["localhost", "127.0.0.1"]) {
      const url = `https://${host}:${portOf(hub.url)}/`;
      assert.equal(await fetchText(url, [pem]), "app https:");
      await assert.rejects(fetchText(url));
    }
  }));

Deno.test("startHub() serves the way to trust over plain HTTP beside it", () =>
  withStage(async ({ start, said }) => {
    const { url, trustUrl } = await start("--lan");
    assert.match(trustUrl ?? "", /^http:\/\/192\.168\.1\.20:\d+\/trust$/);
    const plain = `http://localhost:${portOf(trustUrl ?? "")}/trust`;
    assert.equal(await fetchText(plain), `trust ${portOf(url)}`);
    assert.match(said.join(), /A new certificate authority was made/);
  }));

Deno.test("startHub() says the address, the fingerprint and QR codes with --lan", () =>
  withStage(async ({ start, said, data }) => {
    await start("--lan", {
      network: () => ({ ...HOME, addresses: ["192.168.1.20", "10.0.0.7"] }),
    });
    const { fingerprint } = await openAuthority(join(data, "tls"), HOME, new Date());
    const text = said.join("\n");
    assert.match(text, /^Fieldmesh is ready: https:\/\/192\.168\.1\.20:\d+\/$/m);
    assert.match(text, /^Also at: https:\/\/10\.0\.0\.7:\d+\/$/m);
    assert.ok(text.includes(fingerprint));
    assert.match(text, /^█{20,}$/m);
  }));

Deno.test("startHub() keeps its authority over a second start", () =>
  withStage(async ({ start, said }) => {
    await start("--lan");
    await start("--lan");
    assert.match(said[0], /A new certificate authority/);
    assert.doesNotMatch(said[1], /A new certificate authority/);
  }));

Deno.test("startHub() serves by a certificate of one's own, without an authority", () =>
  withStage(async ({ start, data }) => {
    const own = await openAuthority(join(data, "own"), HOME, new Date());
    const [cert, key] = [join(data, "c.pem"), join(data, "k.pem")];
    await Deno.writeTextFile(cert, own.server.cert);
    await Deno.writeTextFile(key, own.server.key);
    const hub = await start(`--cert ${cert} --key ${key}`);
    assert.match(hub.url, /^https:\/\/localhost:/);
    assert.equal(hub.trustUrl, null);
    const pem =
      `-----BEGIN CERTIFICATE-----\n${own.certificate.toBase64()}\n-----END CERTIFICATE-----`;
    assert.equal(await fetchText(hub.url, [pem]), "app https:");
  }));

Deno.test("startHub() explains every reason for which it cannot start", () =>
  withStage(async ({ start, data }) => {
    const { url } = await start("");
    await Deno.writeTextFile(join(data, "no.pem"), "no certificate");
    const no = join(data, "no.pem");
    const cases: [string, RegExp, Partial<Surroundings>?][] = [
      [`--port ${portOf(url)}`, /^Cannot listen on localhost port \d+: another program/],
      ["--host 192.0.2.77", /^Cannot listen on 192\.0\.2\.77 port 0: this machine has no such/],
      ["--host no.such.host.invalid", /^Cannot listen on no\.such\.host\.invalid/],
      [`--data ${no}/below`, /^Cannot write to the data folder .*--data FOLDER/],
      ["--cert /none.pem --key /none.pem", /^Cannot read --cert \/none\.pem: there is no such/],
      [`--cert ${no} --key ${no}`, /^Cannot serve HTTPS: .*Check that --cert and --key/],
      ["--lan", /no network address/, { network: () => ({ addresses: [], names: ["box"] }) }],
      ["--lan --host localhost", /contradict/],
    ];
    for (const [args, message, around] of cases) {
      await assert.rejects(start(args, around), isHubError(message), args);
    }
  }));

/** A free port, and a listener that holds the one after it. */
function neighbours(): { readonly free: number; readonly taken: Deno.TcpListener } {
  for (;;) {
    using first = Deno.listen({ hostname: "0.0.0.0", port: 0 });
    const free = first.addr.port;
    try {
      return { free, taken: Deno.listen({ hostname: "0.0.0.0", port: free + 1 }) };
    } catch (error) {
      // Someone else has that one: another pair will do.
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

Deno.test("startHub() stops again when the port after its own is taken, and says which", () =>
  withStage(async ({ start }) => {
    const { free, taken } = neighbours();
    const message = `port ${free + 1} \\(plain HTTP for /trust.*another program`;
    await assert.rejects(start(`--port ${free} --lan`), isHubError(new RegExp(message)));
    taken.close();
    const { url } = await start(`--port ${free} --lan`);
    assert.equal(portOf(url), String(free));
  }));

Deno.test("startHub() warns when the app is not built, and of plain HTTP for others", () =>
  withStage(async ({ start, warned }) => {
    await start("--host 0.0.0.0");
    assert.match(warned[0], /deno task build/);
    assert.match(warned[1], /--lan instead of --host 0\.0\.0\.0/);
  }));

Deno.test("Hub.stop() ends responses that would never end", () =>
  withStage(async ({ start }) => {
    const endless: Routes = {
      ...ROUTES,
      createApp: ({ stopping }) => () =>
        new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue(new TextEncoder().encode("first"));
              stopping.addEventListener("abort", () => controller.close());
            },
          }),
        ),
    };
    const hub = await start("", {}, endless);
    const response = await fetch(hub.url);
    await hub.stop();
    assert.equal(await response.text(), "first");
    await assert.rejects(fetch(hub.url));
  }));

Deno.test("startHub() takes up an invite before it serves, and goes on without it later", () =>
  withStage(async ({ start, said }) => {
    const states: HubState[] = [];
    const routes: Routes = {
      ...ROUTES,
      createApp: (state) => {
        states.push(state);
        return ROUTES.createApp(state);
      },
    };
    const invite = encodeTicket({
      ...{ founder: idOf(1), inviter: idOf(1), id: new Uint8Array(8) },
      ...{ secret: new Uint8Array(16), expires: Date.now() + 60_000 },
    });
    await assert.rejects(
      start("--hub-of aaaaaaaaaaaaaaaaaaaa", {}, routes),
      isHubError(/--hub-of/),
    );
    assert.equal(states.length, 0, "it served although the invite was wrong");

    for (const args of [`--hub-of ${invite}`, ""]) {
      const hub = await start(args, {}, routes);
      assert.match(said.at(-1) ?? "", /^Joining a crew: waiting for the device/);
      assert.equal((await states.at(-1)?.memberStatus())?.state, "joining");
      await assert.rejects(start("", {}, routes), isHubError(/Another hub runs with/));
      await hub.stop();
    }
  }));

Deno.test("startHub() says that flags of a member do nothing where there is no crew", () =>
  withStage(async ({ start, warned }) => {
    await start("--peer-hub https://box:8000");
    assert.match(warned.join("\n"), /--peer-hub does nothing yet.*--hub-of/);
  }));
