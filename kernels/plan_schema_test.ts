import assert from "node:assert/strict";
import { smallPlans } from "../tests/fuzz/small_plans.ts";
import { tinyPlan } from "../tests/fixtures/tiny_plan.ts";
import { openPlan } from "../tests/fuzz/mutate_plan.ts";
import { OPS } from "./ops.ts";
import { parseHeader } from "./plan_schema.ts";
import { referenceBackend } from "./reference_engine.ts";

/** The tiny plan's header with other fields; undefined takes one away. */
function header(changes: Record<string, unknown>): string {
  const { data: _data, ...fields } = tinyPlan();
  return JSON.stringify({ ...fields, ...changes });
}

/** The tiny plan with other fields in its first op. */
function withOp(changes: Record<string, unknown>): string {
  const [first, ...others] = tinyPlan().ops;
  return header({ ops: [{ ...first, ...changes }, ...others] });
}

function withTensor(changes: Record<string, unknown>): string {
  const [first, ...others] = tinyPlan().tensors;
  return header({ tensors: [{ ...first, ...changes }, ...others] });
}

Deno.test("parseHeader() gives back headers of every op, whatever the order of their fields", async () => {
  const plans = await smallPlans(referenceBackend);
  const kinds = new Set<string>();
  for (const { file } of plans) {
    const { header } = openPlan(file);
    const parsed = parseHeader(JSON.stringify(header));
    assert.deepEqual(parsed, header);
    assert.deepEqual(parseHeader(JSON.stringify(reversed(header))), header);
    for (const { op } of parsed.ops) kinds.add(op);
  }
  assert.deepEqual([...kinds].sort(), Object.keys(OPS).sort());
});

/** With the fields of all objects in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).reverse().map(([key, each]) => [key, reversed(each)]),
  );
}

const REFUSED: readonly [what: string, json: string, why: RegExp][] = [
  ["no JSON", "{", /JSON/],
  ["null", "null", /^plan is not a valid object$/],
  ["a list", "[]", /^plan is not a valid object$/],
  ["a field less", header({ golden: undefined }), /^plan\.golden is not there$/],
  ["a field more", header({ kernels: [] }), /^plan\."kernels" is not known here$/],
  [
    "a field named __proto__",
    header({}).replace("{", '{"__proto__":{},'),
    /"__proto__" is not known/,
  ],
  ["text for a number", header({ arenaBytes: "72" }), /^plan\.arenaBytes is not a valid integer$/],
  ["a fraction for an integer", header({ arenaBytes: 72.5 }), /arenaBytes is not a valid integer/],
  ["an integer beyond 2^53", header({ arenaBytes: 2 ** 53 }), /arenaBytes is not a valid integer/],
  [
    "not-a-number, which JSON has as null",
    withTensor({ scale: NaN }),
    /scale is not a valid number/,
  ],
  ["a number beyond all", header({}).replace("72", "1e999"), /arenaBytes is not a valid integer/],
  ["an unknown precision", header({ precision: "int4" }), /one of int8, fp32$/],
  ["an object for a list", header({ ops: {} }), /^plan\.ops is not a valid list$/],
  ["more items than any plan has", header({ outputs: new Array(100_001).fill(0) }), /valid list$/],
  [
    "null for an optional field",
    header({ inputs: [{ name: "x", tensor: null, shape: [] }] }),
    /^plan\.inputs\[0\]\.tensor is not a valid integer$/,
  ],
  [
    "an op that is not known",
    withOp({ op: "divine" }),
    /^plan\.ops\[0\]\.op "divine" is not known$/,
  ],
  ["an op that all objects have", withOp({ op: "toString" }), /"toString" is not known$/],
  ["an op without a name", withOp({ op: undefined }), /op undefined is not known$/],
  ["an op whose name is a list", withOp({ op: ["conv"] }), /op object is not known$/],
  ["another op's field", withOp({ groups: 1 }), /^plan\.ops\[0\]\."groups" is not known here$/],
  [
    "an activation that is not known",
    withOp({ activation: { kind: "gelu" } }),
    /^plan\.ops\[0\]\.activation\.kind "gelu" is not known$/,
  ],
  [
    "an activation without its numbers",
    withOp({ activation: { kind: "clip", low: 0 } }),
    /^plan\.ops\[0\]\.activation\.high is not there$/,
  ],
  ["a type that is not known", withTensor({ type: "u8" }), /one of u7, i16, i32, f32$/],
];

for (const [what, json, why] of REFUSED) {
  Deno.test(`parseHeader() refuses ${what} and says where it stands`, () => {
    assert.throws(() => parseHeader(json), (cause) => {
      assert.ok(cause instanceof Error);
      assert.match(cause.message, why);
      return true;
    });
  });
}

Deno.test("parseHeader() keeps long names out of its errors", () => {
  const long = "x".repeat(1_000_000);
  for (const json of [withOp({ op: long }), withOp({ [long]: 1 })]) {
    assert.throws(() => parseHeader(json), ({ message }: Error) => message.length < 100);
  }
});
