import type { Received, Refusal } from "../feed/intake.ts";
import type { IncidentKind } from "./incidents.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";

/** Refusals that are somebody's doing: the signature over what was refused is its device's own. */
const INCIDENTS: Partial<Record<Refusal, { kind: IncidentKind; message: string }>> = {
  "wrong-actor": {
    kind: "forged",
    message: "A device signed a record that speaks for another one. It was not taken.",
  },
  forked: {
    kind: "forked",
    message:
      "A device signed two different records with one number. Nothing more is taken from it.",
  },
  "not-allowed": {
    kind: "wrong-role",
    message: "A device wrote what its role in the crew does not allow. It was not taken.",
  },
  removed: {
    kind: "revoked",
    message: "A device that was removed from the crew went on writing. That was not taken.",
  },
};

/** Says what was refused of what a peer gave, and why. False when the peer is to blame, and is gone. */
export function reportFaults(
  sessions: Sessions,
  session: Session,
  { refused }: Pick<Received, "refused">,
): boolean {
  if (refused.some(({ why }) => why === "malformed" || why === "bad-signature")) {
    sessions.refuse(session, "forged", "The other device sent records that are not genuine.");
    return false;
  }
  for (const { device, why } of refused) {
    const told = INCIDENTS[why];
    if (told && device) sessions.incident(told.kind, told.message, device);
  }
  return true;
}
