import { type Failure, FieldError, fromFailure } from "../field/errors.ts";
import type { Status } from "../field/messages.ts";
import type { DeviceId } from "../field/observation.ts";
import { sleep, type Timing } from "./timing.ts";

/** Reaching the inviter takes seconds; longer means that it is not there. */
const JOINS_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 500;
/** What the worker says about an invite that nobody waits for any more. */
const FINAL_CODES: ReadonlySet<string> = new Set([
  "invite-invalid",
  "invite-expired",
  "invite-refused",
  "already-in-crew",
]);

export interface JoiningPorts {
  readonly timing: Timing;
  readonly status: () => Promise<Status>;
  /** Failures that the worker tells of by itself; the returned function ends it. */
  readonly onFailure: (listener: (failure: Failure) => void) => () => void;
  /** Why the inviter cannot be reached, as far as the radio knows. */
  readonly trouble: () => Failure | null;
}

/**
 * Resolves when this device is a member of `crew`. Rejects with what the worker says against the invite, or after
 * a minute with why nobody was reached; joining then goes on whenever the inviter comes into reach.
 */
export async function untilMember(crew: DeviceId, ports: JoiningPorts): Promise<void> {
  const refused = new AbortController();
  const unlisten = ports.onFailure((failure) => {
    if (FINAL_CODES.has(failure.code)) refused.abort(fromFailure(failure));
  });
  try {
    const untilMs = ports.timing.now() + JOINS_WITHIN_MS;
    while (ports.timing.now() < untilMs) {
      const status = await ports.status();
      // invited into its own crew again, it is shown as in it all the while
      if (status.crew?.id === crew && !status.joining) return;
      if (status.joining === null) throw await calledOff(ports.timing, refused.signal);
      await sleep(ports.timing, LOOK_EVERY_MS, refused.signal);
    }
  } finally {
    unlisten();
  }
  throw notReached(ports.trouble());
}

/** The invite is gone: refused, which the worker says at the same time and better, or given up. */
async function calledOff(timing: Timing, refused: AbortSignal): Promise<FieldError> {
  await sleep(timing, LOOK_EVERY_MS, refused);
  return new FieldError("called-off", "Joining was called off on this device.");
}

function notReached(trouble: Failure | null): FieldError {
  const why = trouble?.message ??
    "The device that made the invite has not answered. Open Fieldmesh there, in the same network.";
  return new FieldError(
    trouble?.code ?? "peer-refused",
    `Not joined yet. ${why} The invite is kept: joining goes on by itself until it expires.`,
    { cause: trouble?.cause },
  );
}
