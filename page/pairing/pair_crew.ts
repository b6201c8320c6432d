import { FieldError } from "../../field/errors.ts";
import { parseTicket } from "../../field/invite.ts";
import type { Channel } from "../../field/link/signal.ts";
import { sleep, type Timing } from "../timing.ts";
import type { WorkerCalls } from "../worker_connection.ts";

const LOOK_EVERY_MS = 250;

/** What pairing needs of the crew and of the radio. */
export interface PairCrew {
  /** The channel that comes will be the radio's: it has to be on, also if its user had it off. */
  turnRadioOn(): void;
  /** This device's id in signalling. */
  peerId(): Promise<string>;
  /** A new invite's code, founding a crew if there is none. Rejects with a `FieldError`. */
  invite(): Promise<string>;
  /** Whether this device is in the crew that the invite leads into. */
  isIn(invite: string): Promise<boolean>;
  /** Takes an invite up. Rejects with a `FieldError`. */
  join(invite: string): Promise<void>;
  cancelJoin(): Promise<void>;
  /** The channel is the radio's from now on. Throws a `FieldError`, and closes it, when the radio cannot take it. */
  adopt(channel: Channel): void;
  /** Resolves with the name of the device that this id belongs to, once it has proved to be of this crew. */
  met(peerId: string, signal: AbortSignal): Promise<string>;
}

export interface PairCrewPorts {
  readonly timing: Timing;
  readonly calls: WorkerCalls;
  /** Radio on, as if its user had switched it on. */
  readonly turnRadioOn: () => void;
  /** The radio takes the channel over. */
  readonly adopt: (channel: Channel) => void;
}

/** The crew as pairing needs it, asked of the worker. */
export function workerPairCrew({ timing, calls, turnRadioOn, adopt }: PairCrewPorts): PairCrew {
  return {
    turnRadioOn,
    adopt,
    peerId: async () => (await calls.call("radio", {})).peerId,
    invite: async () => (await calls.call("invite", { role: "sensor" })).code,
    async isIn(invite) {
      const { crew, joining } = await calls.call("status", {});
      const isMember = crew !== null && crew.removedBy === undefined && !joining;
      return isMember && crew.id === parseTicket(invite)?.founder;
    },
    async join(invite) {
      await calls.call("join", { invite });
    },
    async cancelJoin() {
      await calls.call("join-cancel", {});
    },
    async met(peerId, signal) {
      while (!signal.aborted) {
        const name = await nameOf(calls, peerId);
        if (name !== null) return name;
        await sleep(timing, LOOK_EVERY_MS, signal);
      }
      throw new FieldError("called-off", "Pairing was called off on this device.");
    },
  };
}

/** The name of the connected member whose id in signalling this is; null while there is none. */
async function nameOf(calls: WorkerCalls, peerId: string): Promise<string | null> {
  const [plan, status] = await Promise.all([calls.call("radio", {}), calls.call("status", {})]);
  const device = plan.peers.find((peer) => peer.peerId === peerId)?.device;
  const peer = status.peers.find((one) => one.device === device && one.connected);
  return peer?.name ?? null;
}
