import assert from "node:assert/strict";
import { join } from "node:path";
import { type Authority, openAuthority } from "./authority.ts";
import { HubError } from "./hub_error.ts";
import type { Network } from "./lan.ts";
import { permittedBy } from "./name_constraints.ts";
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509ChainBuilder,
} from "./x509.ts";

const HOME: Network = { addresses: ["192.168.1.20", "10.0.0.7"], names: ["box", "box.local"] };
const NOW = new Date("2026-11-21T12:00:00Z");
const DAY_MS = 24 * 60 * 60 * 1000;

function later(days: number): Date {
  return new Date(NOW.getTime() + days * DAY_MS);
}

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "fieldmesh-authority-" });
  try {
    await test(join(folder, "tls"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function certificates(authority: Authority) {
  return {
    root: new X509Certificate(authority.certificate),
    server: new X509Certificate(authority.server.cert),
  };
}

function namesIn(authority: Authority): readonly string[] {
  const { server } = certificates(authority);
  const names = server.getExtension(SubjectAlternativeNameExtension)?.names.items ?? [];
  return names.map(({ type, value }) => `${type}:${value}`);
}

function daysBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / DAY_MS;
}

Deno.test("openAuthority() makes an authority whose server certificate verifies by it", () =>
  withFolder(async (folder) => {
    const authority = await openAuthority(folder, HOME, NOW);
    const { root, server } = certificates(authority);
    assert.equal(authority.isNew, true);
    assert.ok(await root.isSelfSigned());
    assert.ok(await server.verify({ publicKey: root.publicKey, date: NOW }));
    const chain = await new X509ChainBuilder({ certificates: [root] }).build(server);
    assert.deepEqual(Array.from(chain, (one) => one.serialNumber), [
      server.serialNumber,
      root.serialNumber,
    ]);
  }));

Deno.test("openAuthority() names every address and name of this machine in the certificate", () =>
  withFolder(async (folder) => {
    assert.deepEqual(namesIn(await openAuthority(folder, HOME, NOW)), [
      "dns:localhost",
      "dns:box",
      "dns:box.local",
      "ip:127.0.0.1",
      "ip:192.168.1.20",
      "ip:10.0.0.7",
    ]);
  }));

Deno.test("openAuthority() limits the authority: no authorities below it, private hosts only, 2 years", () =>
  withFolder(async (folder) => {
    const { root, server } = certificates(await openAuthority(folder, HOME, NOW));
    const constraints = root.getExtension(BasicConstraintsExtension);
    assert.deepEqual([constraints?.ca, constraints?.pathLength], [true, 0]);
    assert.equal(root.getExtension(KeyUsagesExtension)?.usages, KeyUsageFlags.keyCertSign);
    assert.deepEqual(permittedBy(root).names, ["localhost", "local", "box", "box.local"]);
    assert.ok(!permittedBy(root).ranges.some((range) => Number(range.split("/")[1]) < 8));
    assert.equal(daysBetween(NOW, root.notAfter), 730);
    assert.equal(server.getExtension(BasicConstraintsExtension)?.ca, false);
    assert.ok(daysBetween(server.notBefore, server.notAfter) <= 397);
  }));

Deno.test("openAuthority() keeps keys in files that only their owner can read", {
  ignore: Deno.build.os === "windows",
}, () =>
  withFolder(async (folder) => {
    await openAuthority(folder, HOME, NOW);
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["authority.pem", "server.pem"]);
    for (const name of names) {
      assert.equal((await Deno.stat(join(folder, name))).mode! & 0o777, 0o600, name);
    }
  }));

Deno.test("openAuthority() uses what it made before", () =>
  withFolder(async (folder) => {
    const first = await openAuthority(folder, HOME, NOW);
    const second = await openAuthority(folder, HOME, later(300));
    assert.equal(second.isNew, false);
    assert.deepEqual(second.certificate, first.certificate);
    assert.deepEqual(second.server, first.server);
    assert.match(second.fingerprint, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  }));

Deno.test("openAuthority() renews the server's certificate when addresses change, not the authority", () =>
  withFolder(async (folder) => {
    const first = await openAuthority(folder, HOME, NOW);
    const moved = { ...HOME, addresses: ["172.20.1.1"] };
    const second = await openAuthority(folder, moved, NOW);
    assert.deepEqual(second.certificate, first.certificate);
    assert.ok(namesIn(second).includes("ip:172.20.1.1"));
    assert.ok(!namesIn(second).includes("ip:192.168.1.20"));
    const { root, server } = certificates(second);
    assert.ok(await server.verify({ publicKey: root.publicKey, date: NOW }));
  }));

Deno.test("openAuthority() renews the server's certificate in its last 30 days", () =>
  withFolder(async (folder) => {
    const first = await openAuthority(folder, HOME, NOW);
    const same = await openAuthority(folder, HOME, later(365));
    assert.equal(same.server.cert, first.server.cert);
    const renewed = await openAuthority(folder, HOME, later(367));
    assert.notEqual(renewed.server.cert, first.server.cert);
    assert.deepEqual(renewed.certificate, first.certificate);
  }));

Deno.test("openAuthority() lets no server certificate outlive the authority", () =>
  withFolder(async (folder) => {
    await openAuthority(folder, HOME, NOW);
    const { root, server } = certificates(await openAuthority(folder, HOME, later(600)));
    assert.equal(server.notAfter.getTime(), root.notAfter.getTime());
  }));

Deno.test("openAuthority() makes a new authority in the last 30 days of the old, and says so", () =>
  withFolder(async (folder) => {
    const first = await openAuthority(folder, HOME, NOW);
    const next = await openAuthority(folder, HOME, later(701));
    assert.equal(next.isNew, true);
    assert.notEqual(next.fingerprint, first.fingerprint);
    const { root, server } = certificates(next);
    assert.ok(await server.verify({ publicKey: root.publicKey, date: later(701) }));
  }));

Deno.test("openAuthority() vouches for a public address only if it was there at the start", () =>
  withFolder(async (folder) => {
    const campus = { ...HOME, addresses: ["203.0.113.9"] };
    assert.ok(namesIn(await openAuthority(folder, campus, NOW)).includes("ip:203.0.113.9"));
    const both = { ...HOME, addresses: ["203.0.113.10", "192.168.1.20"] };
    const moved = await openAuthority(folder, both, NOW);
    assert.deepEqual(moved.addresses, ["192.168.1.20"]);
    const elsewhere = { ...HOME, addresses: ["203.0.113.10"] };
    await assert.rejects(
      openAuthority(folder, elsewhere, NOW),
      (error) =>
        error instanceof HubError && /203\.0\.113\.10\. Delete that file/.test(error.message),
    );
  }));

Deno.test("openAuthority() leaves out a name that came after the authority, except below .local", () =>
  withFolder(async (folder) => {
    await openAuthority(folder, HOME, NOW);
    const renamed = { ...HOME, names: ["crate", "crate.local"] };
    const names = namesIn(await openAuthority(folder, renamed, NOW));
    assert.ok(names.includes("dns:crate.local"));
    assert.ok(!names.includes("dns:crate"));
  }));

Deno.test("openAuthority() says which file is damaged, and leaves it alone", () =>
  withFolder(async (folder) => {
    await openAuthority(folder, HOME, NOW);
    const path = join(folder, "authority.pem");
    for (const damaged of ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]) {
      await Deno.writeTextFile(path, damaged);
      await assert.rejects(
        openAuthority(folder, HOME, NOW),
        (error) => error instanceof HubError && error.message.startsWith(`${path} is damaged`),
      );
      assert.equal(await Deno.readTextFile(path), damaged);
    }
  }));
