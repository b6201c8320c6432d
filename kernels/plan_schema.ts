/** The form of a plan's header, as it comes from a file: names and types, not yet whether they make sense. */
import type { Plan } from "./plan.ts";

type Header = Omit<Plan, "data">;

/** Returns the value in the form that it must have, or throws by `fail`. */
type Parse = (value: unknown, path: string) => unknown;

const MAX_ITEMS = 100_000;
/** Characters of a name in an error. */
const MAX_SHOWN = 40;

const integer: Parse = (value, path) => Number.isSafeInteger(value) ? value : fail(path, "integer");
const float: Parse = (value, path) => Number.isFinite(value) ? value : fail(path, "number");
const boolean: Parse = (value, path) => typeof value === "boolean" ? value : fail(path, "boolean");
const text: Parse = (value, path) => typeof value === "string" ? value : fail(path, "text");

function oneOf(...values: readonly string[]): Parse {
  return (value, path) =>
    typeof value === "string" && values.includes(value)
      ? value
      : fail(path, `one of ${values.join(", ")}`);
}

function list(item: Parse, length?: number): Parse {
  return (value, path) => {
    if (!Array.isArray(value) || value.length > MAX_ITEMS) return fail(path, "list");
    if (length !== undefined && value.length !== length) return fail(path, `list of ${length}`);
    return value.map((each, index) => item(each, `${path}[${index}]`));
  };
}

/** Fields whose name ends in "?" may be left out; others than these are an error. */
function object(fields: Readonly<Record<string, Parse>>): Parse {
  const known = new Map(
    Object.entries(fields).map(([name, parse]) => {
      const optional = name.endsWith("?");
      return [optional ? name.slice(0, -1) : name, { parse, optional }] as const;
    }),
  );
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return fail(path, "object");
    }
    const given = new Map(Object.entries(value));
    const stranger = [...given.keys()].find((name) => !known.has(name));
    if (stranger !== undefined) throw new Error(`${path}.${shown(stranger)} is not known here`);
    const parsed: [string, unknown][] = [];
    for (const [name, { parse, optional }] of known) {
      if (given.has(name)) parsed.push([name, parse(given.get(name), `${path}.${name}`)]);
      else if (!optional) fail(`${path}.${name}`, "present");
    }
    return Object.fromEntries(parsed);
  };
}

/** For an error: of a file, so it may be anything. */
function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, MAX_SHOWN)) : typeof value;
}

function fail(path: string, what: string): never {
  throw new Error(`${path} is not ${what === "present" ? "there" : `a valid ${what}`}`);
}

const pair = list(integer, 2);
const WINDOW = { kernel: pair, stride: pair, dilation: pair, padding: pair };
const REQUANTIZATION = {
  shift: integer,
  multiplier: integer,
  "slope?": integer,
  low: integer,
  high: integer,
  zero: integer,
  "table?": integer,
};
const ELEMENTWISE = {
  output: integer,
  bias: integer,
  shift: integer,
  low: integer,
  high: integer,
  "table?": integer,
};
const UNARY = { input: integer, output: integer };
const BINARY = { a: integer, b: integer };
const DECODE = {
  output: integer,
  threshold: integer,
  sigmoid: integer,
  inputSize: pair,
  exp: integer,
};
const LEVEL = { scores: integer, boxes: integer };

const PLAIN_ACTIVATIONS = ["none", "sigmoid", "tanh", "silu", "hard_swish", "exp", "sqrt", "abs"];
const ACTIVATIONS: ReadonlyMap<unknown, Parse> = new Map([
  ...PLAIN_ACTIVATIONS.map((kind) => [kind, object({ kind: text })] as const),
  ["hard_sigmoid", object({ kind: text, alpha: float, beta: float })],
  ["clip", object({ kind: text, low: float, high: float })],
  ["leaky", object({ kind: text, slope: integer })],
]);
const activation = byField("kind", ACTIVATIONS);

/** One of several objects, told apart by a field. */
function byField(field: string, variants: ReadonlyMap<unknown, Parse>): Parse {
  return (value, path) => {
    const name = typeof value === "object" && value !== null
      ? Object.getOwnPropertyDescriptor(value, field)?.value
      : undefined;
    const parse = variants.get(name);
    if (!parse) throw new Error(`${path}.${field} ${shown(name)} is not known`);
    return parse(value, path);
  };
}

const OPERATIONS: Readonly<Record<string, Readonly<Record<string, Parse>>>> = {
  conv: {
    ...UNARY,
    "residual?": integer,
    "residualMultiplier?": integer,
    ...WINDOW,
    upsample: pair,
    groups: integer,
    weights: integer,
    bias: integer,
    ...REQUANTIZATION,
  },
  depthwise: { ...UNARY, ...WINDOW, weights: integer, bias: integer, ...REQUANTIZATION },
  add: { ...BINARY, ...ELEMENTWISE, multiplierA: integer, multiplierB: integer },
  mul: { ...BINARY, ...ELEMENTWISE, multiplier: integer },
  max_pool: { ...UNARY, ...WINDOW },
  average_pool: {
    input: integer,
    ...ELEMENTWISE,
    ...WINDOW,
    countPadding: boolean,
    multiplier: integer,
  },
  resize: { ...UNARY, rows: integer, columns: integer },
  copy: {
    ...UNARY,
    size: list(integer),
    from: integer,
    fromStrides: list(integer),
    to: integer,
    toStrides: list(integer),
    "table?": integer,
  },
  fill: { output: integer, value: float },
  table: { ...UNARY, table: integer },
  softmax: { ...UNARY, exp: integer },
  quantize: { ...UNARY, inverseScale: float },
  dequantize: UNARY,
  image: {
    output: integer,
    fit: oneOf("stretch", "letterbox"),
    order: list(integer),
    table: integer,
    fill: list(integer),
  },
  decode_distribution: {
    ...DECODE,
    levels: list(object({ ...LEVEL, stride: integer })),
    bins: integer,
  },
  decode_anchors: {
    ...DECODE,
    levels: list(object({ ...LEVEL, anchorsPerCell: integer, anchors: integer })),
    classes: integer,
    firstClass: integer,
    divisor: integer,
  },
  suppress: { ...UNARY, limit: integer },
  conv_f32: {
    ...UNARY,
    ...WINDOW,
    upsample: pair,
    groups: integer,
    weights: integer,
    bias: integer,
    activation,
  },
  binary_f32: {
    kind: oneOf("add", "sub", "mul", "div", "max", "min"),
    ...BINARY,
    output: integer,
    activation,
  },
  unary_f32: { ...UNARY, activation },
  pool_f32: { kind: oneOf("max", "average"), countPadding: boolean, ...UNARY, ...WINDOW },
  softmax_f32: UNARY,
};

const operation = byField(
  "op",
  new Map(
    Object.entries(OPERATIONS).map(([op, fields]) => [op, object({ op: text, ...fields })]),
  ),
);

const port = object({ name: text, "tensor?": integer, shape: list(integer) });

const header = object({
  provenance: object({
    name: text,
    licence: text,
    notices: list(text),
    source: object({ file: text, sha256: text }),
    compiler: text,
    calibration: list(text),
  }),
  precision: oneOf("int8", "fp32"),
  inputs: list(port),
  outputs: list(port),
  tensors: list(object({
    name: text,
    type: oneOf("u7", "i16", "i32", "f32"),
    offset: integer,
    height: integer,
    width: integer,
    channels: integer,
    stride: integer,
    scale: float,
    zero: integer,
  })),
  ops: list(operation),
  arenaBytes: integer,
  golden: object({ seed: integer, input: text, output: text }),
});

/** A header of the right form. Throws `Error("plan.ops[3].kernel is not a valid list")`. */
export function parseHeader(json: string): Header {
  return header(JSON.parse(json), "plan") as Header; // the one place that vouches for the form
}
