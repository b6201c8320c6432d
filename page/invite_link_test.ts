import assert from "node:assert/strict";
import { inviteCode, inviteLink } from "./invite_link.ts";

const CODE = "hkFYIIuTxzB0e-_5Q1234567";

Deno.test("inviteCode() reads links, fragments and bare codes", () => {
  const link = inviteLink("https://192.168.1.7:8443", CODE);
  assert.equal(link, `https://192.168.1.7:8443/crew#join=${CODE}`);
  for (const text of [link, `#join=${CODE}`, `join=${CODE}`, CODE, `  ${link}\n`]) {
    assert.equal(inviteCode(text), CODE, text);
  }
});

Deno.test("inviteCode() throws invite-invalid on anything else", () => {
  const other = [
    "",
    "  ",
    "hello",
    "https://example.org/",
    `${CODE} ${CODE}`,
    "#join=",
    "a".repeat(3_000),
  ];
  for (const text of other) assert.throws(() => inviteCode(text), { code: "invite-invalid" }, text);
});
