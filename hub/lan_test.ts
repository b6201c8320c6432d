import assert from "node:assert/strict";
import { hostNames, type Interface, lanAddresses } from "./lan.ts";

function v4(name: string, address: string): Interface {
  return { family: "IPv4", name, address };
}

Deno.test("lanAddresses() puts a home network first, tunnels and containers last, loopback nowhere", () => {
  const interfaces = [
    v4("lo", "127.0.0.1"),
    v4("docker0", "172.17.0.1"),
    v4("tailscale0", "100.101.1.1"),
    v4("eth1", "169.254.3.4"),
    v4("eth0", "10.1.2.3"),
    { family: "IPv6" as const, name: "wlan0", address: "fe80::1" },
    v4("wlan0", "192.168.1.20"),
    v4("wlan0:1", "192.168.1.20"),
  ];
  assert.deepEqual(lanAddresses(interfaces), [
    "192.168.1.20",
    "10.1.2.3",
    "169.254.3.4",
    "172.17.0.1",
    "100.101.1.1",
  ]);
});

Deno.test("lanAddresses() is empty on a machine without a network", () => {
  assert.deepEqual(lanAddresses([v4("lo", "127.0.0.1")]), []);
});

Deno.test("hostNames() gives the name and its mDNS name", () => {
  assert.deepEqual(hostNames("Field-Box"), ["field-box", "field-box.local"]);
  assert.deepEqual(hostNames("box.local"), ["box.local"]);
  assert.deepEqual(hostNames("box.example.org."), ["box.example.org", "box.local"]);
});

Deno.test("hostNames() gives nothing that no certificate may hold", () => {
  for (const name of ["", "localhost", "my_box", "-box", "box-", "a..b", "böx", "a b"]) {
    assert.deepEqual(hostNames(name), [], name);
  }
});
