import { readFrame } from "./frames.ts";
import { type Cost, costOf, WINDOW_BYTES } from "./send_window.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";

/**
 * Bytes on a link before the other side has proved itself, for each of its hellos. Strangers need a few
 * hundred; but after a restart here, what a member had under way arrives before its proof.
 */
const UNPROVED_BYTES = WINDOW_BYTES + 128 * 1024;
/** Of frames that come before the proof only small ones are looked at. */
const HANDSHAKE_FRAME_BYTES = 1024;
/** Frames of one link that wait to be dealt with, whatever their size. */
const MOST_WAITING_FRAMES = 2048;
const TOO_FAST = "The other device sends faster than it may.";
const NO_COST: Cost = { bytes: 0, control: 0 };

type ReadFrame = ReturnType<typeof readFrame>;
type GoodFrame = Exclude<ReadFrame, "malformed" | "oversized">;

/** What came over a link and waits for its turn. */
export interface Arrived {
  readonly bytes: Uint8Array;
  /** Null: it came before the proof, and is read in its turn. */
  readonly frame: GoodFrame | null;
  readonly cost: Cost;
  /** ms since the epoch. */
  readonly at: number;
}

/** Reads what comes over links; who sends more than it may, or what cannot be read, is let go. */
export class Arrivals {
  readonly #sessions: Sessions;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  /** Null when it is not to be dealt with. */
  take(session: Session, bytes: Uint8Array, at: number): Arrived | null {
    session.silentMs = 0;
    const arrived = session.peer
      ? this.#ofMember(session, bytes, at)
      : this.#ofStranger(session, bytes, at);
    if (arrived) session.waiting++;
    return arrived;
  }

  /** The frame, when its turn has come; null when there is nothing to be done. */
  read(session: Session, { frame, bytes }: Arrived): GoodFrame | null {
    if (frame) return frame;
    // what was under way when our worker was restarted; the other side begins anew at our hello
    if (!session.peer && bytes.length > HANDSHAKE_FRAME_BYTES) return null;
    return this.#good(session, readFrame(bytes));
  }

  /** It does not wait any more. */
  left(session: Session, { frame, cost }: Arrived): void {
    session.waiting--;
    session.credit.left(cost);
    if (isHello(frame)) session.waitingHellos--;
  }

  #ofStranger(session: Session, bytes: Uint8Array, at: number): Arrived | null {
    session.unprovedBytes += bytes.length;
    const most = UNPROVED_BYTES * (1 + session.hellos);
    if (session.unprovedBytes > most || session.waiting >= MOST_WAITING_FRAMES) {
      return this.#tooFast(session);
    }
    return { bytes, frame: null, cost: NO_COST, at };
  }

  #ofMember(session: Session, bytes: Uint8Array, at: number): Arrived | null {
    const frame = this.#good(session, readFrame(bytes));
    if (!frame) return null;
    const cost = costOfArrived(frame, bytes.length);
    if (isHello(frame)) session.waitingHellos++;
    const hasCredit = session.credit.arrived(cost);
    // what is behind a hello has credit of its own
    const mayCome = hasCredit || session.waitingHellos > 0;
    if (!mayCome || session.waiting >= MOST_WAITING_FRAMES) return this.#tooFast(session);
    return { bytes, frame, cost, at };
  }

  #good(session: Session, frame: ReadFrame): GoodFrame | null {
    if (frame !== "malformed" && frame !== "oversized") return frame;
    const message = frame === "malformed"
      ? "The other device sent something unreadable."
      : "The other device sent more at once than it may.";
    this.#sessions.refuse(session, frame, message);
    return null;
  }

  #tooFast(session: Session): null {
    this.#sessions.refuse(session, "too-fast", TOO_FAST);
    return null;
  }
}

export function costOfArrived(frame: GoodFrame, byteLength: number): Cost {
  return frame === "unknown" ? { bytes: 0, control: 1 } : costOf(frame.kind, byteLength);
}

function isHello(frame: GoodFrame | null): boolean {
  return frame !== null && frame !== "unknown" && frame.kind === "hello";
}
