import { isRole } from "../field/crew.ts";
import { isHex } from "../field/bytes.ts";
import type { Failure } from "../field/errors.ts";
import type { Call, CallKind, CallOf, Place, SourceKind } from "../field/messages.ts";

/** Bound on a frame's side: a page scales before it sends. */
const MOST_SIDE = 4096;
const MOST_NAME_LENGTH = 40;
const SOURCE_KINDS: ReadonlySet<unknown> = new Set<SourceKind>(["camera", "demo", "file"]);

type Fields = Readonly<Record<string, unknown>>;
type Parser<K extends CallKind> = (fields: Fields) => Omit<CallOf<K>, "id" | "kind"> | null;

/** A page's message: a call with its fields checked, or null. Messages of other libraries are not calls. */
export function parseCall(data: unknown): Call | null {
  if (!isFields(data) || !isText(data.id, 64) || typeof data.kind !== "string") return null;
  const parse = Object.hasOwn(PARSERS, data.kind) ? PARSERS[data.kind as CallKind] : undefined;
  const args = parse?.(data);
  return args ? { id: data.id, kind: data.kind, ...args } as Call : null;
}

/** The id of something that looks like a call, so that it can at least be refused by name. */
export function callId(data: unknown): string | null {
  return isFields(data) && isText(data.id, 64) && typeof data.kind === "string" ? data.id : null;
}

const nothing = () => ({});

const PARSERS: { readonly [K in CallKind]: Parser<K> } = {
  status: nothing,
  ping: nothing,
  verify: nothing,
  radio: nothing,
  "join-cancel": nothing,
  models: nothing,
  "choose-model": ({ model }) => isText(model, 64) ? { model } : null,
  "watch-start": ({ source }) =>
    isFields(source) && isText(source.id, 64) && isText(source.name, MOST_NAME_LENGTH) &&
      isSourceKind(source.kind)
      ? { source: { id: source.id, name: source.name, kind: source.kind } }
      : null,
  "watch-stop": ({ source }) => isText(source, 64) ? { source } : null,
  frame: ({ source, at, place, ...picture }) => {
    const parsed = parsePicture(picture);
    if (!parsed || !isText(source, 64) || !isNumber(at)) return null;
    const where = parsePlace(place);
    return where === null ? null : { ...parsed, source, at, ...where };
  },
  infer: parsePicture,
  observations: ({ query }) => {
    if (!isFields(query)) return null;
    const { limit, since, before } = query;
    if (!isNumber(limit) || !Number.isInteger(limit) || limit < 1 || limit > 500) return null;
    if (!(since === undefined || isNumber(since))) return null;
    if (!(before === undefined || isText(before, 64))) return null;
    return {
      query: {
        limit,
        ...(since === undefined ? {} : { since }),
        ...(before === undefined ? {} : { before }),
      },
    };
  },
  blob: ({ hash }) => isHex(hash, 32) ? { hash } : null,
  invite: ({ role }) => isRole(role) ? { role } : null,
  join: ({ invite }) => isText(invite, 1024) ? { invite } : null,
  rename: ({ name }) =>
    isText(name, MOST_NAME_LENGTH) && name.trim() ? { name: name.trim() } : null,
  "link-open": ({ link, binding }) =>
    isText(link, 64) && binding instanceof ArrayBuffer && binding.byteLength === 32
      ? { link, binding }
      : null,
  "link-frame": ({ link, bytes }) =>
    isText(link, 64) && bytes instanceof ArrayBuffer ? { link, bytes } : null,
  "link-close": ({ link }) => isText(link, 64) ? { link } : null,
  "link-failed": ({ peerId, failure }) =>
    isText(peerId, 128) && isFailure(failure) ? { peerId, failure } : null,
};

function parsePicture(
  { width, height, rgba }: Fields,
): { width: number; height: number; rgba: ArrayBuffer } | null {
  if (!isSide(width) || !isSide(height) || !(rgba instanceof ArrayBuffer)) return null;
  return rgba.byteLength === width * height * 4 ? { width, height, rgba } : null;
}

function parsePlace(place: unknown): { place?: Place } | null {
  if (place === undefined) return {};
  if (!isFields(place)) return null;
  const { latitude, longitude, accuracyM } = place;
  if (!isNumber(latitude) || !isNumber(longitude) || !isNumber(accuracyM)) return null;
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180 || accuracyM < 0) return null;
  return { place: { latitude, longitude, accuracyM } };
}

function isFailure(value: unknown): value is Failure {
  return isFields(value) && isText(value.code, 64) && isText(value.message, 500);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function isText(value: unknown, mostLength: number): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= mostLength;
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isSide(value: unknown): value is number {
  return isNumber(value) && Number.isInteger(value) && value >= 1 && value <= MOST_SIDE;
}

function isSourceKind(value: unknown): value is SourceKind {
  return SOURCE_KINDS.has(value);
}
