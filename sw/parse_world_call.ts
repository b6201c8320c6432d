/** Calls about the world: what pages ask of it and do to it, each field checked. */
import { parseRules, RULES_FORMAT } from "../field/decide/parse_rules.ts";
import type { RuleSet } from "../field/decide/rule.ts";
import { faultText } from "../field/decide/untrusted_field.ts";
import { FieldError } from "../field/errors.ts";
import { isOrigin } from "../field/feed/site_origin.ts";
import type { CallOf } from "../field/messages.ts";
import { parsePlacement } from "../field/world/parse_placement.ts";
import type { LatLon } from "../field/world/plan_frame.ts";
import { isPlace } from "../field/world/pose_bounds.ts";
import { TILE_MARKS } from "../field/world/tiles.ts";
import { parseTrackId } from "../field/world/world_track.ts";
import type { WorldAct, WorldCalls } from "../field/world_messages.ts";
import { type Fields, isBoolean, isFields, isNumber, isText, parseList } from "./call_fields.ts";
import { parsePicture } from "./parse_picture.ts";

type Kind = WorldCalls["kind"];
type Parser<K extends Kind> = (fields: Fields) => Omit<CallOf<K>, "id" | "kind"> | null;

const MOST_PICTURES = 8;
/** An agent's id, a colon and a number. */
const MOST_TRACK_LENGTH = 80;

export const WORLD_PARSERS: { readonly [K in Kind]: Parser<K> } = {
  world: () => ({}),
  "world-past": ({ fromMs }) => isNumber(fromMs) ? { fromMs } : null,
  "place-camera": (call) => {
    const { camera } = call;
    if (camera === null) return { camera };
    const placement = parsePlacement(camera);
    return placement && { camera: placement };
  },
  "keep-rules": (call) => {
    const origin = parseOrigin(call.origin);
    return isFields(call.rules) && origin !== undefined
      ? { rules: rulesOf(call.rules), origin }
      : null;
  },
  "world-act": (call) => {
    const act = isFields(call.act) ? parseAct(call.act) : null;
    return act && { act };
  },
  "infer-batch": (call) => {
    const pictures = parseList(
      call.pictures,
      MOST_PICTURES,
      (one) => isFields(one) ? parsePicture(one) : null,
    );
    return pictures && { pictures };
  },
};

/** Throws `bad-message` with what is wrong with them, so that who wrote them can mend it. */
function rulesOf({ zones, lines, rules }: Fields): RuleSet {
  const { set, faults } = parseRules({ format: RULES_FORMAT, zones, lines, rules });
  if (faults.length > 0) throw new FieldError("bad-message", faultText(faults[0]));
  return set;
}

/** Undefined when it is none. */
function parseOrigin(value: unknown): LatLon | null | undefined {
  if (value === null) return null;
  if (!isFields(value)) return undefined;
  const { latitude, longitude } = value;
  if (!isNumber(latitude) || !isNumber(longitude)) return undefined;
  return isOrigin({ latitude, longitude }) ? { latitude, longitude } : undefined;
}

function parseAct(act: Fields): WorldAct | null {
  switch (act.kind) {
    case "remove-track":
    case "confirm-track": {
      const { kind, track } = act;
      if (!isText(track, MOST_TRACK_LENGTH) || !parseTrackId(track)) return null;
      return { kind, track };
    }
    case "mark-tile": {
      const { kind, place, on } = act;
      const mark = TILE_MARKS.find((one) => one === act.mark);
      return mark && isPlace(place) && isBoolean(on) ? { kind, mark, place, on } : null;
    }
    default:
      return null;
  }
}
