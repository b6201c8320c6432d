import assert from "node:assert/strict";
import fc from "fast-check";
import type { Call, CallKind } from "../field/messages.ts";
import { idOf } from "../tests/fixtures/devices.ts";
import { callId, parseCall } from "./parse_call.ts";

const buffer = (length: number) => new ArrayBuffer(length);
const long = (length: number) => "x".repeat(length);
const place = { latitude: 47.5, longitude: -8.7, accuracyM: 12 };
const failure = { code: "hub-unreachable", message: "The hub is away." };
const source = { id: "cam", name: "Rear camera", kind: "camera" };

/** A good call of each kind, and for each of its fields what it must not be. */
const CALLS: {
  readonly [K in CallKind]: {
    readonly good: Readonly<Record<string, unknown>>;
    readonly bad?: Readonly<Record<string, readonly unknown[]>>;
    readonly optional?: readonly string[];
  };
} = {
  status: { good: {} },
  ping: { good: {} },
  verify: { good: {} },
  radio: { good: {} },
  "join-cancel": { good: {} },
  "watch-start": {
    good: { source },
    bad: {
      source: [
        "cam",
        [],
        { ...source, id: "" },
        { ...source, id: long(65) },
        { ...source, id: 7 },
        { ...source, name: "" },
        { ...source, name: long(41) },
        { ...source, kind: "screen" },
        { ...source, kind: "toString" },
        { id: "cam", name: "Rear camera" },
      ],
    },
  },
  "watch-stop": { good: { source: "cam" }, bad: { source: ["", long(65), 7, source] } },
  frame: {
    good: { source: "cam", width: 2, height: 3, rgba: buffer(24), at: 1.5, place },
    bad: {
      source: ["", long(65), 7],
      width: [0, -2, 2.5, 3, 4097, NaN, "2"],
      height: [0, -3, 1.5, 4, 4097, Infinity, "3"],
      rgba: [buffer(23), buffer(0), new Uint8Array(24), "x", {}],
      at: [NaN, Infinity, "now", null],
      place: [
        "here",
        null,
        {},
        { ...place, latitude: 91 },
        { ...place, latitude: "47" },
        { ...place, longitude: -181 },
        { ...place, longitude: NaN },
        { ...place, accuracyM: -1 },
        { ...place, accuracyM: undefined },
      ],
    },
    optional: ["place"],
  },
  infer: {
    good: { width: 4096, height: 1, rgba: buffer(4096 * 4) },
    bad: { width: [4097, 0, 1], height: [2, 0], rgba: [buffer(4), null] },
  },
  observations: {
    good: { query: { limit: 500, since: 1.5, before: "abc-1" } },
    bad: {
      query: [
        7,
        {},
        { limit: 0 },
        { limit: 501 },
        { limit: 1.5 },
        { limit: "5" },
        { limit: 5, since: "x" },
        { limit: 5, since: NaN },
        { limit: 5, since: null },
        { limit: 5, before: "" },
        { limit: 5, before: long(65) },
        { limit: 5, before: 7 },
      ],
    },
  },
  blob: {
    good: { hash: idOf(7) },
    bad: { hash: [idOf(7).slice(2), idOf(0xab).toUpperCase(), "", 7, idOf(7) + "\n"] },
  },
  invite: { good: { role: "viewer" }, bad: { role: ["owner", "", "toString", 7] } },
  join: { good: { invite: "abc" }, bad: { invite: ["", long(1025), 7] } },
  models: { good: {} },
  "choose-model": {
    good: { model: "ssd-mobilenetv2" },
    bad: { model: ["", long(65), 7] },
  },
  rename: { good: { name: "North gate" }, bad: { name: ["", "   ", long(41), 7] } },
  "link-open": {
    good: { link: "l1", binding: buffer(32) },
    bad: { link: ["", long(65), 7], binding: [buffer(31), buffer(33), new Uint8Array(32), null] },
  },
  "link-frame": {
    good: { link: "l1", bytes: buffer(5) },
    bad: { link: ["", long(65)], bytes: [new Uint8Array(5), "bytes", null] },
  },
  "link-close": { good: { link: "l1" }, bad: { link: ["", long(65), 7] } },
  "link-failed": {
    good: { peerId: "fm-1", failure },
    bad: {
      peerId: ["", long(129), 7],
      failure: ["away", null, { code: "x" }, { ...failure, message: 7 }, {
        ...failure,
        message: long(501),
      }],
    },
  },
};

for (const [kind, { good, bad = {}, optional = [] }] of Object.entries(CALLS)) {
  Deno.test(`parseCall() reads ${kind}, and refuses it with any field wrong or missing`, () => {
    const call = { id: "call-1", kind, ...good };
    assert.deepEqual(parseCall(call), call);
    for (const [field, values] of Object.entries(bad)) {
      for (const value of values) {
        assert.equal(parseCall({ ...call, [field]: value }), null, `${field}: ${String(value)}`);
      }
      const { [field]: _, ...without } = call as Record<string, unknown>;
      assert.equal(parseCall(without) !== null, optional.includes(field), `without ${field}`);
    }
  });
}

Deno.test("parseCall() covers every kind of call", () => {
  const kinds: Record<CallKind, true> = {
    status: true,
    ping: true,
    "watch-start": true,
    "watch-stop": true,
    frame: true,
    infer: true,
    observations: true,
    blob: true,
    invite: true,
    join: true,
    "join-cancel": true,
    rename: true,
    models: true,
    "choose-model": true,
    verify: true,
    radio: true,
    "link-open": true,
    "link-frame": true,
    "link-close": true,
    "link-failed": true,
  };
  assert.deepEqual(Object.keys(CALLS).sort(), Object.keys(kinds).sort());
});

Deno.test("parseCall() keeps only the fields that a call has", () => {
  const call = { id: "1", kind: "watch-start", source: { ...source, extra: 1 }, boot: "b", x: 2 };
  assert.deepEqual(parseCall(call), { id: "1", kind: "watch-start", source });
});

Deno.test("parseCall() gives a name without the spaces around it", () => {
  const call = parseCall({ id: "1", kind: "rename", name: "  North gate " });
  assert.ok(call?.kind === "rename");
  assert.equal(call.name, "North gate");
});

Deno.test("parseCall() and callId() refuse what has no good id or kind", () => {
  for (const id of [undefined, null, "", 7, long(65), {}]) {
    assert.equal(parseCall({ id, kind: "ping" }), null);
    assert.equal(callId({ id, kind: "ping" }), null);
  }
  for (const kind of [undefined, null, 7, {}]) {
    assert.equal(parseCall({ id: "1", kind }), null);
    assert.equal(callId({ id: "1", kind }), null);
  }
  for (const data of [undefined, null, 7, "ping", [], () => {}]) {
    assert.equal(parseCall(data), null);
    assert.equal(callId(data), null);
  }
});

Deno.test("callId() names a call of an unknown kind, so that it can be refused", () => {
  for (const kind of ["from-the-future", "toString", "__proto__", "constructor"]) {
    assert.equal(parseCall({ id: "1", kind }), null);
    assert.equal(callId({ id: "1", kind }), "1");
  }
});

Deno.test("parseCall() never throws on any data, and whatever it takes is a call", () => {
  const fields = fc.constantFrom(
    ...new Set(Object.values(CALLS).flatMap(({ good }) => Object.keys(good))),
  );
  const value = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true }),
    fc.constantFrom<unknown>(buffer(24), source, place, failure, "camera", 2, 3, null),
  );
  const data = fc.record({
    id: fc.oneof(fc.string(), value),
    kind: fc.oneof(fc.constantFrom(...Object.keys(CALLS)), fc.string(), value),
    fields: fc.dictionary(fields, value),
  }).map(({ id, kind, fields }) => ({ ...fields, id, kind }));
  fc.assert(
    fc.property(fc.oneof(data, fc.anything()), (some) => {
      const call: Call | null = parseCall(some);
      callId(some);
      if (call) assert.ok(Object.hasOwn(CALLS, call.kind) && call.id.length <= 64);
    }),
    { numRuns: 1000 },
  );
});
