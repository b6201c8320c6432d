import assert from "node:assert/strict";
import fc from "fast-check";
import { FieldError } from "../field/errors.ts";
import type { Call, CallKind } from "../field/messages.ts";
import { idOf } from "../tests/fixtures/devices.ts";
import { callId, parseCall } from "./parse_call.ts";

const buffer = (length: number) => new ArrayBuffer(length);
const long = (length: number) => "x".repeat(length);
const place = { latitude: 47.5, longitude: -8.7, accuracyM: 12 };
const failure = { code: "hub-unreachable", message: "The hub is away." };
const retention = { mostAgeDays: 30, mostBytes: 5e8, evenOnlyHere: false };
const OBSERVATION = "d1d1d1d1d1d1-abc123";
const edit = { observation: OBSERVATION, field: "class", value: "roe deer" };
const within = { west: 170, south: -10, east: -170, north: 10.5 };
const times = <T>(length: number, one: T) => Array.from({ length }, () => one);
const badRetentions = [
  null,
  {},
  7,
  { ...retention, mostAgeDays: -1 },
  { ...retention, mostAgeDays: 40_000 },
  { ...retention, mostAgeDays: "30" },
  { ...retention, mostAgeDays: NaN },
  { ...retention, mostBytes: -5 },
  { ...retention, mostBytes: Infinity },
  { ...retention, mostBytes: undefined },
  { ...retention, evenOnlyHere: 1 },
];
/** Conditions of a query that are not what they must be. */
const badFilters = [
  { since: "x" },
  { since: NaN },
  { since: null },
  { until: "x" },
  { classes: [] },
  { classes: "cat" },
  { classes: times(33, "cat") },
  { classes: ["cat", ""] },
  { classes: ["cat", long(61)] },
  { classes: ["cat", 7] },
  { devices: [] },
  { devices: times(33, idOf(1)) },
  { devices: [idOf(1), "d1"] },
  { text: "" },
  { text: long(201) },
  { text: 7 },
  { starred: "yes" },
  { starred: null },
  { withoutWrong: 1 },
  { within: {} },
  { within: [170, -10, -170, 10] },
  { within: { ...within, south: 11 } },
  { within: { ...within, north: 90.1 } },
  { within: { ...within, west: -180.1 } },
  { within: { ...within, east: NaN } },
  { within: { ...within, east: "0" } },
];
const pose = {
  ...{ position: [1, -2], heightM: 4, headingDeg: 90, tiltDeg: 20, fovDeg: 60 },
  ...{ aspect: 1.5, rangeM: 80 },
};
const badPoses = [
  ...[null, 7, {}, "here", { ...pose, position: [1] }, { ...pose, position: [1, NaN] }],
  ...[{ ...pose, heightM: 0 }, { ...pose, fovDeg: 180 }, { ...pose, tiltDeg: "20" }],
];
const poseError = { positionM: 0.5, heightM: 0, headingDeg: 180, tiltDeg: 1, fovDeg: 2 };
const pair = { frame: { x: 0, y: 1 }, world: [-3, 4.5] };
const byPose = { kind: "pose", pose, error: poseError };
const byPoints = { kind: "points", pose, pairs: [pair, pair] };
const picture = { width: 2, height: 1, rgba: buffer(8) };
const rules = {
  lines: [{ id: "gate", name: "Gate", from: [0, 0], to: [4000, 0] }],
  ...{ rules: [], zones: [] },
};
const origin = { latitude: 47.5, longitude: -8.7 };
const act = { kind: "mark-tile", mark: "searched", place: [1, 2], on: false };
const removal = { kind: "remove-track", track: `${idOf(1)}:7` };
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
    good: { source: "cam", width: 2, height: 3, rgba: buffer(24), at: 1.5, place, pose },
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
      pose: badPoses,
    },
    optional: ["place", "pose"],
  },
  infer: {
    good: { width: 4096, height: 1, rgba: buffer(4096 * 4) },
    bad: { width: [4097, 0, 1], height: [2, 0], rgba: [buffer(4), null] },
  },
  observations: {
    good: {
      query: {
        limit: 500,
        since: 1.5,
        until: 2.5,
        before: "abc-1",
        classes: times(32, "cat"),
        devices: [idOf(1), idOf(2)],
        within,
        text: long(200),
        starred: false,
        withoutWrong: true,
      },
    },
    bad: {
      query: [
        7,
        {},
        { limit: 0 },
        { limit: 501 },
        { limit: 1.5 },
        { limit: "5" },
        ...badFilters.map((bad) => ({ limit: 5, ...bad })),
        { limit: 5, before: "" },
        { limit: 5, before: long(65) },
        { limit: 5, before: 7 },
      ],
    },
  },
  facets: { good: {} },
  observation: {
    good: { observation: OBSERVATION },
    bad: { observation: ["", long(65), 7] },
  },
  note: {
    good: {
      edits: [
        edit,
        { ...edit, value: null },
        { ...edit, field: "star", value: true },
        { ...edit, field: "label/juvenile", value: false },
      ],
    },
    bad: {
      edits: [
        [],
        edit,
        times(65, edit),
        [edit, null],
        [edit, { ...edit, observation: "x" }],
        [edit, { ...edit, field: "score" }],
        [edit, { ...edit, value: "" }],
        [edit, { ...edit, value: long(61) }],
        [edit, { ...edit, field: "star" }],
        [edit, { ...edit, field: "label/", value: true }],
      ],
    },
  },
  history: { good: { observation: OBSERVATION }, bad: { observation: ["", long(65), 7] } },
  media: { good: { hash: idOf(7) }, bad: { hash: [idOf(7).slice(2), "", 7] } },
  "export-begin": {
    good: { format: "camtrap-dp", query: { since: 1, classes: ["cat"] } },
    bad: {
      format: ["xlsx", "", "toString", 7],
      query: [null, 7, ...badFilters],
    },
    optional: ["query"],
  },
  "export-next": { good: { export: "e1" }, bad: { export: ["", long(65), 7] } },
  "export-cancel": { good: { export: "e1" }, bad: { export: ["", long(65), 7] } },
  "restore-begin": { good: {} },
  "restore-part": {
    good: { restore: "r1", bytes: buffer(1 << 20) },
    bad: {
      restore: ["", long(65), 7],
      bytes: [buffer(0), buffer((1 << 20) + 1), new Uint8Array(5), null],
    },
  },
  "restore-end": { good: { restore: "r1" }, bad: { restore: ["", long(65), 7] } },
  "identity-backup": {
    good: { passphrase: "correct horse" },
    bad: { passphrase: ["", long(1025), 7] },
  },
  "identity-restore": {
    good: { bytes: buffer(300), passphrase: "correct horse" },
    bad: {
      bytes: [buffer(0), buffer((1 << 16) + 1), new Uint8Array(300)],
      passphrase: ["", long(1025), 7],
    },
  },
  "identity-confirm": { good: {} },
  storage: { good: {} },
  "set-retention": { good: { retention }, bad: { retention: badRetentions } },
  thin: {
    good: { retention: { mostAgeDays: null, mostBytes: null, evenOnlyHere: true } },
    bad: { retention: badRetentions },
  },
  "keep-frames": { good: { on: false }, bad: { on: [1, "true", null] } },
  quarantine: { good: {} },
  "remove-member": { good: { device: idOf(3) }, bad: { device: [idOf(3).slice(2), "", 7] } },
  rebuild: { good: {} },
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
  "choose-processor": {
    good: { processor: "gpu" },
    bad: { processor: ["fastest", "", "toString", 7, null] },
  },
  rename: { good: { name: "North gate" }, bad: { name: ["", "   ", long(41), 7] } },
  publish: {
    good: { topic: "sensor/ridge/temperature", bytes: buffer(9), retain: true, critical: false },
    bad: {
      topic: ["", long(1025), 7],
      bytes: [buffer((1 << 20) + 1), new Uint8Array(3), "21.5", null],
      retain: ["yes", null],
      critical: [1, null],
    },
  },
  subscribe: {
    good: { subscription: "s1", pattern: "sensor/+/temperature" },
    bad: { subscription: ["", long(65), 7], pattern: ["", long(1025), null] },
  },
  unsubscribe: { good: { subscription: "s1" }, bad: { subscription: ["", long(65), 7] } },
  "link-open": {
    good: { link: "l1", binding: buffer(32), via: "webrtc" },
    bad: {
      link: ["", long(65), 7],
      binding: [buffer(31), buffer(33), new Uint8Array(32), null],
      via: ["pigeon", 7, null],
    },
    optional: ["via"],
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
  world: { good: {} },
  "world-past": { good: { fromMs: 1.5 }, bad: { fromMs: [NaN, Infinity, "1", null] } },
  "place-camera": {
    good: { camera: byPose },
    bad: {
      camera: [
        ...[7, "here", {}, pose, { ...byPose, kind: "guess" }, { ...byPose, pose: undefined }],
        ...badPoses.map((bad) => ({ ...byPoints, pose: bad })),
        ...[null, {}, { ...poseError, headingDeg: 181 }, { ...poseError, tiltDeg: -1 }]
          .map((error) => ({ ...byPose, error })),
        ...[null, pair, times(25, pair), [pair, null], [{ ...pair, world: [1] }]]
          .map((pairs) => ({ ...byPoints, pairs })),
        { ...byPoints, pairs: [{ ...pair, frame: { x: 1.1, y: 0 } }] },
      ],
    },
  },
  "keep-rules": {
    good: { rules, origin },
    bad: {
      rules: [null, 7, "rules"],
      origin: [7, {}, { ...origin, latitude: 86 }, { ...origin, longitude: "8" }],
    },
  },
  "world-act": {
    good: { act },
    bad: {
      act: [
        ...[null, 7, {}, { ...act, kind: "toString" }, { ...act, mark: "lost" }],
        ...[{ ...act, on: 1 }, { ...act, place: [1] }, { ...act, place: [1, 1e6] }],
        ...[{ ...removal, track: "7" }, { ...removal, track: 7 }, { ...removal, track: ":7" }],
        { kind: "confirm-track", track: long(81) },
      ],
    },
  },
  "infer-batch": {
    good: { pictures: [picture, { width: 1, height: 1, rgba: buffer(4) }] },
    bad: {
      pictures: [
        ...[[], times(9, picture), picture, [picture, null], [{ ...picture, width: 3 }]],
        [{ ...picture, rgba: new Uint8Array(8) }],
      ],
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
    facets: true,
    observation: true,
    note: true,
    history: true,
    media: true,
    "export-begin": true,
    "export-next": true,
    "export-cancel": true,
    "restore-begin": true,
    "restore-part": true,
    "restore-end": true,
    "identity-backup": true,
    "identity-restore": true,
    "identity-confirm": true,
    storage: true,
    "set-retention": true,
    thin: true,
    "keep-frames": true,
    quarantine: true,
    "remove-member": true,
    rebuild: true,
    blob: true,
    invite: true,
    join: true,
    "join-cancel": true,
    rename: true,
    models: true,
    "choose-model": true,
    "choose-processor": true,
    verify: true,
    radio: true,
    publish: true,
    subscribe: true,
    unsubscribe: true,
    "link-open": true,
    "link-frame": true,
    "link-close": true,
    "link-failed": true,
    world: true,
    "world-past": true,
    "place-camera": true,
    "keep-rules": true,
    "world-act": true,
    "infer-batch": true,
  };
  assert.deepEqual(Object.keys(CALLS).sort(), Object.keys(kinds).sort());
});

Deno.test("parseCall() keeps only the fields that a call has", () => {
  const call = { id: "1", kind: "watch-start", source: { ...source, extra: 1 }, boot: "b", x: 2 };
  assert.deepEqual(parseCall(call), { id: "1", kind: "watch-start", source });
});

Deno.test("parseCall() reads each way to place a camera and each act upon the world", () => {
  for (const camera of [null, byPose, byPoints]) {
    const call = { id: "1", kind: "place-camera", camera };
    assert.deepEqual(parseCall(call), call);
  }
  for (const one of [removal, { ...removal, kind: "confirm-track" }, { ...act, mark: "cleared" }]) {
    const call = { id: "1", kind: "world-act", act: one };
    assert.deepEqual(parseCall(call), call);
  }
  const call = { id: "1", kind: "keep-rules", rules, origin: null };
  assert.deepEqual(parseCall(call), call);
});

Deno.test("parseCall() says what is wrong with rules, since a person wrote them", () => {
  const [line] = rules.lines;
  const faulty = { ...rules, lines: [{ ...line, name: " " }] };
  assert.throws(() => parseCall({ id: "1", kind: "keep-rules", rules: faulty, origin }), {
    code: "bad-message",
    message: /lines\[0\]\.name: it is empty/,
  });
});

Deno.test("parseCall() keeps only the conditions that a query has", () => {
  const query = { since: 1, limit: 5, before: "x-1", order: "oldest" };
  assert.deepEqual(parseCall({ id: "1", kind: "export-begin", format: "zip", query }), {
    id: "1",
    kind: "export-begin",
    format: "zip",
    query: { since: 1 },
  });
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

Deno.test("parseCall() of any data is a call or nothing, or says what is wrong with it", () => {
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
      const call = parsed(some);
      callId(some);
      if (call) assert.ok(Object.hasOwn(CALLS, call.kind) && call.id.length <= 64);
    }),
    { numRuns: 1000 },
  );
});

function parsed(data: unknown): Call | null {
  try {
    return parseCall(data);
  } catch (thrown) {
    assert.ok(thrown instanceof FieldError && thrown.code === "bad-message");
    return null;
  }
}
