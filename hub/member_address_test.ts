import assert from "node:assert/strict";
import { HubError } from "./hub_error.ts";
import { hubOrigin, parseGivenInvite } from "./member_address.ts";

const CODE = "hgFYIAEBAQEBAQEBAQEBAQEBAQH2-_";

const says = (words: RegExp) => (error: unknown) =>
  error instanceof HubError && words.test(error.message) && !error.message.includes("\n");

Deno.test("parseGivenInvite() takes a link with its hub, and a bare code", () => {
  assert.deepEqual(parseGivenInvite("--hub-of", ` ${CODE}\n`), { code: CODE, hub: null });
  assert.deepEqual(
    parseGivenInvite("--hub-of", `https://192.168.1.20:8000/crew#join=${CODE}`),
    { code: CODE, hub: "https://192.168.1.20:8000" },
  );
  assert.deepEqual(
    parseGivenInvite("--hub-of", `http://localhost:8000/crew#join=${CODE}`),
    { code: CODE, hub: "http://localhost:8000" },
  );
});

Deno.test("parseGivenInvite() says how to get an invite when it is given none", () => {
  const wrong = [
    "",
    "https://box:8000/crew",
    "https://box/crew#join=",
    "no code, but words",
    "abc",
  ];
  for (const text of wrong) {
    assert.throws(
      () => parseGivenInvite("--hub-of", text),
      says(/--hub-of .*Invite a device/),
      text,
    );
  }
});

Deno.test("hubOrigin() takes https, and plain HTTP of this machine alone", () => {
  const good: [string, string][] = [
    ["https://box.local:8000/crew", "https://box.local:8000"],
    ["https://fieldmesh.example/", "https://fieldmesh.example"],
    ["http://localhost:8001", "http://localhost:8001"],
    ["http://127.0.0.1:8001/", "http://127.0.0.1:8001"],
    ["http://[::1]:8001/", "http://[::1]:8001"],
  ];
  for (const [text, origin] of good) assert.equal(hubOrigin("--peer-hub", text), origin);
  for (const text of ["box:8000", "192.168.1.20", "wss://box", "", "file:///etc"]) {
    assert.throws(() => hubOrigin("--peer-hub", text), says(/--peer-hub .*no hub's address/), text);
  }
  for (const text of ["http://192.168.1.20:8000", "http://localhost.evil.example"]) {
    assert.throws(() => hubOrigin("--peer-hub", text), says(/plain HTTP.*--lan/), text);
  }
});
