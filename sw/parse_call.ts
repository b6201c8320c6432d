import { isHex } from "../field/bytes.ts";
import { isRole } from "../field/feed/crew.ts";
import type { Failure } from "../field/errors.ts";
import type {
  Call,
  CallKind,
  CallOf,
  ExportFormat,
  Place,
  ProcessorMode,
  SourceKind,
} from "../field/messages.ts";
import { type Edit, parseEdit } from "../field/notes.ts";
import { parseRetention } from "../field/retention.ts";
import { isLinkKind } from "../field/sync/lanes.ts";
import type { CameraPose } from "../field/world/camera_pose.ts";
import { parsePose } from "../field/world/pose_bounds.ts";
import {
  type Fields,
  isBoolean,
  isBuffer,
  isFields,
  isNumber,
  isText,
  parseList,
} from "./call_fields.ts";
import { parseBattery } from "./parse_battery.ts";
import { parsePicture } from "./parse_picture.ts";
import { parseFilter, parseQuery } from "./parse_query.ts";
import { WORLD_PARSERS } from "./parse_world_call.ts";

const MOST_NAME_LENGTH = 40;
const SOURCE_KINDS: ReadonlySet<unknown> = new Set<SourceKind>([
  "camera",
  "demo",
  "file",
  "drone",
]);
const PROCESSOR_MODES: ReadonlySet<unknown> = new Set<ProcessorMode>(["auto", "gpu", "wasm"]);
const EXPORT_FORMATS: { readonly [F in ExportFormat]: true } = {
  bundle: true,
  zip: true,
  "camtrap-dp": true,
  megadetector: true,
  coco: true,
  csv: true,
  geojson: true,
};
const MOST_EDITS = 64;
/** A part of a bundle: pages send a quarter of this. */
const MOST_PART_BYTES = 1 << 20;
/** A backup is one sealed key. */
const MOST_BACKUP_BYTES = 1 << 16;
const MOST_PASSPHRASE_LENGTH = 1024;
/** More than the crew passes on: the node says what is wrong with it. */
const MOST_TOPIC_LENGTH = 1024;
const MOST_MESSAGE_BYTES = 1 << 20;

type Parser<K extends CallKind> = (fields: Fields) => Omit<CallOf<K>, "id" | "kind"> | null;

/**
 * A page's message: a call with its fields checked, or null. Messages of other libraries are not calls. Throws
 * `bad-message` where what a person wrote is at fault, and says what.
 */
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
  "choose-processor": ({ processor }) => isProcessorMode(processor) ? { processor } : null,
  "watch-start": ({ source }) =>
    isFields(source) && isText(source.id, 64) && isText(source.name, MOST_NAME_LENGTH) &&
      isSourceKind(source.kind)
      ? { source: { id: source.id, name: source.name, kind: source.kind } }
      : null,
  "watch-stop": ({ source }) => isText(source, 64) ? { source } : null,
  frame: ({ source, at, place, pose, battery, ...picture }) => {
    const parsed = parsePicture(picture);
    if (!parsed || !isText(source, 64) || !isNumber(at)) return null;
    const [where, from] = [parsePlace(place), parseFrom(pose)];
    const power = parseBattery(battery);
    return where && from && power && { ...parsed, source, at, ...where, ...from, ...power };
  },
  infer: parsePicture,
  observations: (call) => {
    const query = parseQuery(call.query);
    return query && { query };
  },
  facets: nothing,
  observation: ({ observation }) => isText(observation, 64) ? { observation } : null,
  note: (call) => {
    const edits = parseList(call.edits, MOST_EDITS, parseEditFields);
    return edits && { edits };
  },
  history: ({ observation }) => isText(observation, 64) ? { observation } : null,
  media: ({ hash }) => isHex(hash, 32) ? { hash } : null,
  "export-begin": (call) => {
    const { format } = call;
    if (!isExportFormat(format)) return null;
    if (call.query === undefined) return { format };
    const query = parseFilter(call.query);
    return query && { format, query };
  },
  "export-next": parseExport,
  "export-cancel": parseExport,
  "restore-begin": nothing,
  "restore-part": ({ restore, bytes }) =>
    isText(restore, 64) && isBuffer(bytes, 1, MOST_PART_BYTES) ? { restore, bytes } : null,
  "restore-end": ({ restore }) => isText(restore, 64) ? { restore } : null,
  "identity-backup": ({ passphrase }) =>
    isText(passphrase, MOST_PASSPHRASE_LENGTH) ? { passphrase } : null,
  "identity-restore": ({ bytes, passphrase }) =>
    isBuffer(bytes, 1, MOST_BACKUP_BYTES) && isText(passphrase, MOST_PASSPHRASE_LENGTH)
      ? { bytes, passphrase }
      : null,
  "identity-confirm": nothing,
  storage: nothing,
  "set-retention": parseRule,
  thin: parseRule,
  "keep-frames": ({ on }) => isBoolean(on) ? { on } : null,
  quarantine: nothing,
  "remove-member": ({ device }) => isHex(device, 32) ? { device } : null,
  rebuild: nothing,
  blob: ({ hash }) => isHex(hash, 32) ? { hash } : null,
  invite: ({ role }) => isRole(role) ? { role } : null,
  join: ({ invite }) => isText(invite, 1024) ? { invite } : null,
  rename: ({ name }) =>
    isText(name, MOST_NAME_LENGTH) && name.trim() ? { name: name.trim() } : null,
  publish: ({ topic, bytes, retain, critical }) =>
    isText(topic, MOST_TOPIC_LENGTH) && isBuffer(bytes, 0, MOST_MESSAGE_BYTES) &&
      isBoolean(retain) && isBoolean(critical)
      ? { topic, bytes, retain, critical }
      : null,
  subscribe: ({ subscription, pattern }) =>
    isText(subscription, 64) && isText(pattern, MOST_TOPIC_LENGTH)
      ? { subscription, pattern }
      : null,
  unsubscribe: ({ subscription }) => isText(subscription, 64) ? { subscription } : null,
  "link-open": ({ link, binding, via }) =>
    isText(link, 64) && isBuffer(binding, 32, 32) && (via === undefined || isLinkKind(via))
      ? { link, binding, ...via !== undefined && { via } }
      : null,
  "link-frame": ({ link, bytes }) =>
    isText(link, 64) && bytes instanceof ArrayBuffer ? { link, bytes } : null,
  "link-close": ({ link }) => isText(link, 64) ? { link } : null,
  "link-failed": ({ peerId, failure }) =>
    isText(peerId, 128) && isFailure(failure) ? { peerId, failure } : null,
  ...WORLD_PARSERS,
};

function parseEditFields(value: unknown): Edit | null {
  return isFields(value) ? parseEdit(value.observation, value.field, value.value) : null;
}

function parseExport(fields: Fields): { export: string } | null {
  return isText(fields.export, 64) ? { export: fields.export } : null;
}

function parseRule(fields: Fields) {
  const retention = parseRetention(fields.retention);
  return retention && { retention };
}

function isExportFormat(value: unknown): value is ExportFormat {
  return typeof value === "string" && Object.hasOwn(EXPORT_FORMATS, value);
}

function parsePlace(place: unknown): { place?: Place } | null {
  if (place === undefined) return {};
  if (!isFields(place)) return null;
  const { latitude, longitude, accuracyM } = place;
  if (!isNumber(latitude) || !isNumber(longitude) || !isNumber(accuracyM)) return null;
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180 || accuracyM < 0) return null;
  return { place: { latitude, longitude, accuracyM } };
}

/** Where a camera that moves was. */
function parseFrom(value: unknown): { pose?: CameraPose } | null {
  if (value === undefined) return {};
  const pose = parsePose(value);
  return pose && { pose };
}

function isFailure(value: unknown): value is Failure {
  return isFields(value) && isText(value.code, 64) && isText(value.message, 500);
}

/** Also of what was kept on disk. */
export function isProcessorMode(value: unknown): value is ProcessorMode {
  return PROCESSOR_MODES.has(value);
}

function isSourceKind(value: unknown): value is SourceKind {
  return SOURCE_KINDS.has(value);
}
