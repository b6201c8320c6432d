import assert from "node:assert/strict";
import { parseFlags } from "./flags.ts";
import { HubError } from "./hub_error.ts";

Deno.test("parseFlags() keeps to this machine when nothing is said", () => {
  assert.deepEqual(parseFlags([]), {
    port: 8000,
    host: null,
    data: "data",
    lan: false,
    tls: null,
    hubOf: null,
    peerHubs: [],
    name: null,
    dev: false,
    help: false,
  });
});

Deno.test("parseFlags() takes every flag, with = or a space", () => {
  const args = "--port=0 --host box --data /d --lan --cert c.pem --key=k.pem --dev --help " +
    "--hub-of https://box:8000/crew#join=hgFYIAEBAQEBAQEB --name=Barn " +
    "--peer-hub https://one --peer-hub=https://two:8000/crew --peer-hub https://one/";
  assert.deepEqual(parseFlags(args.split(" ")), {
    port: 0,
    host: "box",
    data: "/d",
    lan: true,
    tls: { cert: "c.pem", key: "k.pem" },
    hubOf: { code: "hgFYIAEBAQEBAQEB", hub: "https://box:8000" },
    peerHubs: ["https://one", "https://two:8000"],
    name: "Barn",
    dev: true,
    help: true,
  });
});

Deno.test("parseFlags() names what is wrong in one line with what to do", () => {
  const wrong: [string, RegExp][] = [
    ["--prot 1", /'--prot'.*--help/],
    ["serve", /'serve'.*--help/],
    ["--port", /--port.*--help/],
    ["--port --lan", /--port.*--help/],
    ["--lan=yes", /--lan.*--help/],
    ["--port abc", /--port abc is not a port.*0 to 65535/],
    ["--port 65536", /--port 65536/],
    ["--port 80.5", /--port 80\.5/],
    ["--port -1", /--port/],
    ["--port=", /--port/],
    ["--port 65535 --lan", /0 to 65534/],
    ["--host=", /--host is empty/],
    ["--data=", /--data is empty/],
    ["--cert c.pem", /--cert needs --key/],
    ["--key k.pem", /--key needs --cert/],
    ["--hub-of https://box:8000/crew", /--hub-of is not given a whole invite/],
    ["--hub-of http://box/crew#join=hgFYIAEBAQEBAQEB", /--hub-of http:\/\/box is plain HTTP/],
    ["--peer-hub box:8000", /--peer-hub box:8000 is no hub's address/],
    ["--name=", /--name is empty/],
    [`--name=${"x".repeat(41)}`, /--name has 41 characters/],
  ];
  for (const [args, message] of wrong) {
    assert.throws(() => parseFlags(args.split(" ")), (error) => {
      assert.ok(error instanceof HubError, args);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  }
});
