/** The hub as people start it: `main.ts` in a process of its own. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { encodeTicket } from "../field/invite.ts";
import { idOf } from "../tests/fixtures/devices.ts";

const MAIN = join(import.meta.dirname ?? ".", "..", "main.ts");
const PATIENCE_MS = 30_000;
const INVITE = {
  ...{ founder: idOf(1), inviter: idOf(1) },
  ...{ id: new Uint8Array(8), secret: new Uint8Array(16) },
};
const EXPIRED = encodeTicket({ ...INVITE, expires: Date.UTC(2020, 0, 1) });

function command(args: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", MAIN, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
}

/** Runs to the end and gives what came of it. */
async function run(...args: string[]) {
  const { code, stdout, stderr } = await command(args).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

async function withData(test: (data: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "fieldmesh-run-" });
  try {
    await test(join(folder, "data"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Starts a hub and waits for its address. */
async function start(data: string, ...args: string[]) {
  const child = command(["--port", "0", "--data", data, ...args]).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let out = "";
  let ready: RegExpMatchArray | null = null;
  while (!(ready = out.match(/ready: (\S+)\n/))) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The hub ended before it was ready: ${out}`);
    out += value;
  }
  const end = async () => {
    await reader.cancel();
    const [{ code }, err] = await Promise.all([child.status, new Response(child.stderr).text()]);
    return { code, err };
  };
  return { child, url: ready[1], end };
}

Deno.test("main.ts prints its flags for --help", async () => {
  const { code, out, err } = await run("--help");
  assert.equal(code, 0);
  assert.equal(err, "");
  const flags = ["--port", "--host", "--data", "--lan", "--cert", "--key", "--dev"];
  for (const flag of [...flags, "--hub-of", "--peer-hub", "--name"]) {
    assert.ok(out.includes(flag), flag);
  }
});

Deno.test("main.ts tells a person in one line why it does not start, and exits with 1", () =>
  withData(async (data) => {
    const taken = Deno.listen({ hostname: "localhost", port: 0 });
    const cases: [string[], RegExp][] = [
      [["--prot", "1"], /'--prot'/],
      [["--port", "many"], /--port many is not a port/],
      [["--port", String(taken.addr.port), "--data", data], /another program has that port/],
      [["--data", join(MAIN, "below")], /Cannot write to the data folder/],
      [["--data", data, "--cert", "/none", "--key", "/none"], /Cannot read --cert \/none/],
      [["--data", data, "--hub-of", "https://box/crew"], /--hub-of is not given a whole invite/],
      [["--data", data, "--hub-of", EXPIRED], /--hub-of: This invite has expired/],
    ];
    for (const [args, message] of cases) {
      const { code, out, err } = await run(...args);
      assert.equal(code, 1, err);
      assert.equal(out, "");
      const lines = err.trimEnd().split("\n").filter((line) => !line.includes("deno task build"));
      assert.equal(lines.length, 1, err);
      assert.match(lines[0], message);
    }
    taken.close();
  }));

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`main.ts serves until ${signal}, then closes its sockets and exits with 0`, {
    ignore: Deno.build.os === "windows",
  }, () =>
    withData(async (data) => {
      const hub = await start(data);
      const health = await (await fetch(new URL("healthz", hub.url))).json();
      assert.equal(health.status, "ok");
      const query = "signal/peerjs?key=peerjs&id=a&token=t&version=1";
      const socket = new WebSocket(new URL(query, hub.url.replace("http", "ws")));
      await new Promise((resolve) => socket.onmessage = resolve);
      const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
      hub.child.kill(signal);
      assert.equal((await closed).code, 1001);
      const { code, err } = await hub.end();
      assert.equal(code, 0, err);
      assert.ok(!err.includes("    at "), err);
    }));
}

Deno.test("main.ts needs no more than the network, its folder, and names of this machine", {
  ignore: Deno.build.os === "windows",
}, () =>
  withData(async (data) => {
    const root = join(MAIN, "..");
    const permissions = [
      "--allow-net",
      `--allow-read=${root},${data}`,
      `--allow-write=${data}`,
      "--allow-sys=hostname,networkInterfaces",
    ];
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-lock",
        "--no-prompt",
        ...permissions,
        MAIN,
        "--port",
        "0",
        "--data",
        data,
        "--lan",
        "--hub-of",
        encodeTicket({ ...INVITE, expires: Date.now() + 60_000 }),
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).spawn();
    const [reader, errors] = [child.stdout.getReader(), new Response(child.stderr).text()];
    const { value } = await reader.read();
    await reader.cancel();
    child.kill("SIGINT");
    const [{ code }, err] = await Promise.all([child.status, errors]);
    const out = new TextDecoder().decode(value);
    // A machine without any network has its own reason not to start with --lan.
    if (code !== 0) return assert.match(err, /no network address/);
    assert.match(out, /ready: https:/);
  }));
