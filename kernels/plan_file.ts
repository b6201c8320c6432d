/**
 * A plan's bytes:
 *
 *   0  "fmplan" and the version, 2 bytes little-endian
 *   8  bytes of header, u32; bytes of data, u32
 *  16  SHA-256 of all that follows
 *  48  header: JSON in UTF-8, spaces up to a multiple of 16
 *   …  data
 */
import { checkPlan } from "./check_plan.ts";
import { type Plan, PLAN_VERSION } from "./plan.ts";
import { parseHeader } from "./plan_schema.ts";

const MAGIC = [...new TextEncoder().encode("fmplan")];
const HASH_AT = 16;
const HEADER_AT = 48;
const ALIGNMENT = 16;

/** Same plan, same bytes. */
export async function encodePlan(plan: Plan): Promise<Uint8Array<ArrayBuffer>> {
  const { data, ...header } = plan;
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(HEADER_AT + headerBytes + data.length);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint16(6, PLAN_VERSION, true);
  view.setUint32(8, headerBytes, true);
  view.setUint32(12, data.length, true);
  bytes.fill(0x20, HEADER_AT, HEADER_AT + headerBytes);
  bytes.set(json, HEADER_AT);
  bytes.set(data, HEADER_AT + headerBytes);
  bytes.set(await sha256(bytes.subarray(HEADER_AT)), HASH_AT);
  return bytes;
}

/**
 * A plan that every engine can run without looking outside its memory. Throws `Error("Cannot load the plan:
 * …")` when the bytes are not a whole plan of this version, or an op would leave its tensors.
 * `data` is a view of `bytes`.
 */
export async function decodePlan(bytes: Uint8Array): Promise<Plan> {
  const sizes = readSizes(bytes);
  const body = bytes.subarray(HEADER_AT);
  const hash = await sha256(body);
  if (hash.some((byte, at) => byte !== bytes[HASH_AT + at])) {
    return refuse("its SHA-256 is not the one it carries: the file is damaged, get it again");
  }
  const plan = { ...readHeader(body.subarray(0, sizes.header)), data: body.subarray(sizes.header) };
  checkPlan(plan);
  return plan;
}

function readSizes(bytes: Uint8Array): { header: number; data: number } {
  if (bytes.length < HEADER_AT || MAGIC.some((byte, at) => byte !== bytes[at])) {
    return refuse(`${bytes.length} bytes that are not a plan`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint16(6, true);
  if (version !== PLAN_VERSION) {
    return refuse(
      `it is of version ${version}, this engine reads ${PLAN_VERSION}: compile it anew`,
    );
  }
  const [header, data] = [view.getUint32(8, true), view.getUint32(12, true)];
  if (HEADER_AT + header + data !== bytes.length || header % ALIGNMENT !== 0) {
    return refuse(`it has ${bytes.length} bytes, not ${HEADER_AT + header + data}`);
  }
  return { header, data };
}

function readHeader(bytes: Uint8Array): ReturnType<typeof parseHeader> {
  try {
    return parseHeader(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    return refuse(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}

function refuse(why: string, cause?: unknown): never {
  throw new Error(`Cannot load the plan: ${why}`, { cause });
}
