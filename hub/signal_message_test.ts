import assert from "node:assert/strict";
import fc from "fast-check";
import { isId, MAX_ID_CHARS, parseClientMessage, relayedMessage } from "./signal_message.ts";

function kindOf(value: unknown): string {
  return parseClientMessage(typeof value === "string" ? value : JSON.stringify(value)).kind;
}

Deno.test("parseClientMessage() takes what a client may say", () => {
  assert.equal(kindOf({ type: "HEARTBEAT" }), "heartbeat");
  assert.equal(kindOf({ type: "LEAVE" }), "leave");
  assert.equal(kindOf({ type: "LEAVE", dst: "b" }), "relay");
  assert.deepEqual(parseClientMessage('{"type":"OFFER","dst":"b","src":"forged","payload":[1]}'), {
    kind: "relay",
    type: "OFFER",
    dst: "b",
    payload: [1],
  });
});

Deno.test("parseClientMessage() ignores types that only the hub says, and newer ones", () => {
  for (const type of ["OPEN", "ERROR", "ID-TAKEN", "NEWER", "__proto__"]) {
    assert.equal(kindOf({ type, dst: "b" }), "unknown");
  }
});

Deno.test("parseClientMessage() finds fault with what is no message", () => {
  const faulty = ["", "{", "null", "[]", "1", '"OFFER"', "{}", '{"type":1}', '{"type":"OFFER"}'];
  for (const text of faulty) assert.equal(kindOf(text), "invalid", text);
  for (const dst of [null, 1, "", " b", "b\n", "a/b", "é", "-", {}, "b".repeat(MAX_ID_CHARS + 1)]) {
    assert.equal(kindOf({ type: "OFFER", dst }), "invalid", String(dst));
  }
  assert.equal(parseClientMessage(new ArrayBuffer(2)).kind, "invalid");
});

Deno.test("parseClientMessage() never throws, whatever comes", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
    parseClientMessage(text);
  }));
});

Deno.test("isId() takes the stock client's ids and UUIDs", () => {
  for (const id of ["a", "A9", crypto.randomUUID(), "fm-0a_b c", "x".repeat(MAX_ID_CHARS)]) {
    assert.ok(isId(id), id);
  }
});

Deno.test("relayedMessage() writes the deepest payload that fits a message", () => {
  const payload = "[".repeat(32_000) + "]".repeat(32_000);
  const deep = parseClientMessage(`{"type":"OFFER","dst":"b","payload":${payload}}`);
  assert.ok(deep.kind === "relay");
  const text = relayedMessage({ type: "OFFER", src: "a", dst: "b", payload: deep.payload });
  assert.ok(text === `{"type":"OFFER","src":"a","dst":"b","payload":${payload}}`);
});
