import assert from "node:assert/strict";
import { idOf } from "../../tests/fixtures/devices.ts";
import { toHex } from "../bytes.ts";
import { decodeCbor } from "../cbor.ts";
import { INVITE_ID_BYTES } from "../invite.ts";
import { SIGNATURE_BYTES } from "../keys.ts";
import {
  ANSWERS_BYTES,
  DIGEST_BYTES,
  encodeFrame,
  HEAD_HASH_BYTES,
  MESSAGE_ID_BYTES,
  NONCE_BYTES,
  ORIGIN_BYTES,
  POSSESSION_BYTES,
  type SyncFrame,
} from "./frames.ts";
import { LANES } from "./lanes.ts";
import { CHUNK_BYTES } from "./outbox.ts";
import { costOf, LANE_BYTES } from "./send_window.ts";

const HERE = new URL("./", import.meta.url);
const README = await Deno.readTextFile(new URL("README.md", HERE));

const [device, blob] = [idOf(1), idOf(2)];
const bytes = (length: number) => new Uint8Array(length);
const head = { device, seq: 1, hash: bytes(HEAD_HASH_BYTES), isForked: true as const };

/** What has no size of its own gets these. */
const [ENTRY, MESSAGE] = [300, 17];

/** With one of each list, small numbers, and all that may be missing. */
const SAMPLES: { readonly [K in SyncFrame["kind"]]: Extract<SyncFrame, { kind: K }> } = {
  hello: { kind: "hello", device, nonce: bytes(NONCE_BYTES), invite: bytes(INVITE_ID_BYTES) },
  proof: {
    kind: "proof",
    answers: bytes(ANSWERS_BYTES),
    sig: bytes(SIGNATURE_BYTES),
    invite: bytes(32),
  },
  summary: { kind: "summary", digest: bytes(DIGEST_BYTES), media: { have: 1, of: 1 } },
  heads: { kind: "heads", heads: [head] },
  want: { kind: "want", feeds: [{ device, after: 1 }], mostBytes: 1, n: 1 },
  entries: { kind: "entries", entries: [bytes(ENTRY)], answers: 1, more: true },
  ack: { kind: "ack", heads: [head] },
  "blob-want": { kind: "blob-want", parts: [{ hash: blob, offset: 1 }] },
  "blob-chunk": {
    ...{ kind: "blob-chunk", hash: blob, type: "image/jpeg", offset: 1, total: 1 },
    bytes: bytes(CHUNK_BYTES),
  },
  bye: { kind: "bye", reason: "Enough neighbours." },
  "blob-have": {
    ...{ kind: "blob-have", hashes: [blob], keeping: "all" },
    proofs: [bytes(POSSESSION_BYTES)],
  },
  "blob-ask": { kind: "blob-ask", hashes: [blob], nonce: bytes(NONCE_BYTES) },
  "clock-probe": { kind: "clock-probe", n: 1 },
  clock: { kind: "clock", n: 1, receivedAt: 1_800_000_000_000, heldMs: 1 },
  credit: { kind: "credit", bytes: 1, control: 1 },
  pushing: { kind: "pushing", isWanted: true, origins: [toHex(bytes(ORIGIN_BYTES))] },
  ephemeral: {
    kind: "ephemeral",
    message: {
      ...{ topic: "alert/fall", from: device, counter: 2 ** 50, at: 1_800_000_000_000 },
      ...{ bytes: bytes(MESSAGE), retain: false, critical: true, sig: bytes(SIGNATURE_BYTES) },
    },
  },
  "message-have": { kind: "message-have", ids: [toHex(bytes(MESSAGE_ID_BYTES))] },
  "message-want": { kind: "message-want", ids: [toHex(bytes(MESSAGE_ID_BYTES))] },
};

Deno.test("README: the table of frames has each frame's number, fields, bytes and cost", () => {
  const told = rowsUnder("## A frame").map(([number, frame, fields, length, counts]) => ({
    ...{ number: Number(number), frame: code(frame), fields: listed(fields) },
    ...{ sizes: sizesIn(fields), bytes: numberIn(length), counts },
  }));
  const known = Object.values(SAMPLES).map((frame) => {
    const wire = encodeFrame(frame);
    const [number, ...fields] = decodeCbor(wire.subarray(1))?.value as unknown[];
    return {
      ...{ number, frame: frame.kind, fields: fields.length },
      ...{ sizes: sizesOf(fields), bytes: wire.length, counts: countsOf(frame.kind) },
    };
  });
  assert.deepEqual(told, known);
});

Deno.test("README: the table of lanes has them in their order, with what may be under way", () => {
  const told = rowsUnder("## Credit and lanes").map(([lane, , most]) => [
    ...[code(lane), most === "" ? null : numberIn(most)],
  ]);
  const known = LANES.map((lane) => [lane, lane === "control" ? null : LANE_BYTES[lane]]);
  assert.deepEqual(told, known);
});

Deno.test("README: the limits are those of the code", async () => {
  const rows = rowsUnder("## Limits");
  assert.ok(rows.length > 30);
  for (const [constant, value] of rows) {
    const [, file, name] = constant.match(/^`(\S+)` `(\w+)`$/) ?? [];
    assert.ok(file && name, constant);
    assert.equal(numberIn(value), await constantOf(file, name), `${file} ${name}`);
  }
});

/** Cells of the table under a heading, without its head. */
function rowsUnder(heading: string): string[][] {
  const section = README.split("\n## ").find((one) => `## ${one}`.startsWith(`${heading}\n`)) ?? "";
  return section.split("\n").filter((line) => line.startsWith("|")).slice(2)
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}

function code(cell: string): string {
  return cell.replaceAll("`", "");
}

function numberIn(cell: string): number {
  return Number(cell.replaceAll(",", ""));
}

/** How many fields a cell names: those of a list within are one. */
function listed(cell: string): number {
  let depth = 0, fields = 1;
  for (const letter of cell) {
    if ("[(".includes(letter)) depth++;
    if ("])".includes(letter)) depth--;
    if (letter === "," && depth === 0) fields++;
  }
  return fields;
}

/** The sizes that a cell names. */
function sizesIn(cell: string): number[] {
  return Array.from(cell.matchAll(/(\d+) B\b/g), ([, size]) => Number(size));
}

/** Those of all bytes in a value, in order. */
function sizesOf(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(sizesOf);
  const isSized = value instanceof Uint8Array &&
    ![ENTRY, MESSAGE, CHUNK_BYTES].includes(value.length);
  return isSized ? [value.length] : [];
}

function countsOf(kind: SyncFrame["kind"]): string {
  const { bytes, control } = costOf(kind, 1);
  if (bytes > 0) return "bytes";
  return control > 0 ? "control" : "nothing";
}

/** What a constant of a file comes to: a number, or products and sums of numbers and the file's other constants. */
async function constantOf(file: string, name: string): Promise<number> {
  const source = await Deno.readTextFile(new URL(file, HERE));
  const [, written] = source.match(new RegExp(`^(?:export )?const ${name} = (.+);$`, "m")) ?? [];
  if (written) return await valueOf(written, file);
  const [, from] = source.match(new RegExp(`import [^;]*\\b${name}\\b[^;]* from "(.+)";`)) ?? [];
  assert.ok(from, `${file} has no ${name}`);
  return await constantOf(new URL(from, new URL(file, HERE)).href, name);
}

async function valueOf(written: string, file: string): Promise<number> {
  let sum = 0;
  for (const term of written.split(" + ")) {
    let product = 1;
    for (const factor of term.split(" * ")) {
      const [base, shift = "0"] = factor.split(" << ");
      const number = Number(base.replaceAll("_", ""));
      product *= (Number.isNaN(number) ? await constantOf(file, base) : number) *
        2 ** Number(shift);
    }
    sum += product;
  }
  return sum;
}
