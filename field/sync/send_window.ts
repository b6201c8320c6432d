/**
 * How much may be under way to a peer: what it has not said that it has dealt with. A link's queue never
 * holds more, whatever the link is and however slow its reader. Control frames are small and have a
 * window of their own, so that nothing holds them up.
 */
import type { SyncFrame } from "./frame_types.ts";
import type { Lane } from "./lanes.ts";

export type DataLane = Exclude<Lane, "control">;

export const WINDOW_BYTES = 256 * 1024;
/** Only critical frames use the last of the window. */
const RESERVED_BYTES = 64 * 1024;
/** Of the window, each lane at most: what is under way already is before an alert on the link. */
export const LANE_BYTES: Readonly<Record<DataLane, number>> = {
  critical: WINDOW_BYTES,
  changes: 160 * 1024,
  telemetry: 96 * 1024,
  media: 64 * 1024,
};
/** A control frame costs 1 for every 512 bytes begun. */
export const CONTROL_UNIT_BYTES = 512;
export const CONTROL_WINDOW = 128;
/** Credit is given in steps; smaller ones would be a flood of their own. */
export const STEP_BYTES = 16 * 1024;
export const STEP_CONTROL = 32;

/** What a frame takes from the window. Before the proof, and of credit itself, nothing is counted. */
export interface Cost {
  readonly bytes: number;
  readonly control: number;
}

export function costOf(kind: SyncFrame["kind"], byteLength: number): Cost {
  switch (kind) {
    case "hello":
    case "proof":
    case "bye":
    case "credit":
      return { bytes: 0, control: 0 };
    case "entries":
    case "blob-chunk":
    case "ephemeral":
      return { bytes: byteLength, control: 0 };
    case "summary":
    case "heads":
    case "want":
    case "ack":
    case "blob-want":
    case "blob-have":
    case "blob-ask":
    case "clock-probe":
    case "clock":
    case "pushing":
    case "message-have":
    case "message-want":
      return { bytes: 0, control: controlCost(byteLength) };
  }
}

export function controlCost(byteLength: number): number {
  return Math.ceil(byteLength / CONTROL_UNIT_BYTES);
}

export class SendWindow {
  /** Under way, the oldest first. */
  #frames: { readonly lane: DataLane; bytes: number }[] = [];
  readonly #underWay: Record<DataLane, number> = {
    critical: 0,
    changes: 0,
    telemetry: 0,
    media: 0,
  };
  #creditedBytes = 0;
  #sentControl = 0;
  #creditedControl = 0;

  /** Bytes under way, of all lanes or of one. */
  underWay(lane?: DataLane): number {
    if (lane) return this.#underWay[lane];
    return Object.values(this.#underWay).reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Bytes that this lane itself may send. */
  laneRoom(lane: DataLane): number {
    return LANE_BYTES[lane] - this.#underWay[lane];
  }

  /** Bytes that the window leaves to this lane. */
  sharedRoom(lane: DataLane): number {
    const window = lane === "critical" ? WINDOW_BYTES : WINDOW_BYTES - RESERVED_BYTES;
    const counted = lane === "critical"
      ? this.underWay()
      : this.underWay() - this.#underWay.critical;
    return Math.min(window - counted, WINDOW_BYTES - this.underWay());
  }

  /** What control frames may cost. */
  get controlRoom(): number {
    return CONTROL_WINDOW - (this.#sentControl - this.#creditedControl);
  }

  sent(lane: Lane, byteLength: number): void {
    if (lane === "control") {
      this.#sentControl += controlCost(byteLength);
      return;
    }
    this.#underWay[lane] += byteLength;
    this.#frames.push({ lane, bytes: byteLength });
  }

  /** The peer has dealt with so much in all. False when no honest peer says so: more than was sent, or hardly more than before. */
  credit(bytes: number, control: number): boolean {
    const [more, moreControl] = [bytes - this.#creditedBytes, control - this.#creditedControl];
    const isStep = more >= STEP_BYTES || moreControl >= STEP_CONTROL;
    if (!isStep || more < 0 || moreControl < 0) return false;
    if (more > this.underWay() || control > this.#sentControl) return false;
    this.#creditedBytes = bytes;
    this.#creditedControl = control;
    this.#arrived(more);
    return true;
  }

  #arrived(bytes: number): void {
    let done = 0;
    for (const frame of this.#frames) {
      const part = Math.min(bytes, frame.bytes);
      frame.bytes -= part;
      bytes -= part;
      this.#underWay[frame.lane] -= part;
      if (frame.bytes > 0) break;
      done++;
    }
    this.#frames = this.#frames.slice(done);
  }
}
