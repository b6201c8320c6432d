/** What a hub says of itself as a member of a crew, to the person at its terminal. */
import { assertNever, type FieldError } from "../field/errors.ts";
import { HubError } from "./hub_error.ts";
import type { LineFailure } from "./member_line.ts";

/** What a hub that is a member tells anybody who asks: numbers, and no names. */
export interface MemberStatus {
  /** "joining": the inviter has not taken it in yet. "removed": the crew has removed it; what it has stays. */
  readonly state: "joining" | "member" | "removed";
  /** Devices in the crew, the hub among them. */
  readonly members: number;
  /** Of the others: linked with the hub just now. */
  readonly connected: number;
  readonly observations: number;
  readonly pictures: number;
  /** Pictures that records speak of and that have not come yet. */
  readonly picturesWaiting: number;
}

/** "Member of a crew of 5: holds 1,204 observations, 380 pictures." */
export function standing(status: MemberStatus): string {
  switch (status.state) {
    case "joining":
      return "Joining a crew: waiting for the device that made the invite. Have Fieldmesh open on it.";
    case "member": {
      const waiting = status.picturesWaiting > 0
        ? `, waits for ${count(status.picturesWaiting, "picture")}`
        : "";
      return `Member of a crew of ${status.members}: ${holdings(status)}${waiting}.`;
    }
    case "removed":
      return `Removed from its crew: it links with nobody any more. It still ${
        holdings(status)
      }. ` +
        `To join again: --hub-of and a new invite.`;
    default:
      return assertNever(status.state);
  }
}

function holdings({ observations, pictures }: MemberStatus): string {
  return `holds ${count(observations, "observation")}, ${count(pictures, "picture")}`;
}

/** "1,204 observations" */
export function count(number: number, thing: string): string {
  return `${number.toLocaleString("en-US")} ${thing}${number === 1 ? "" : "s"}`;
}

/** Why an invite cannot be taken up, for the person who gave it on the command line. */
export function inviteError({ code, message, cause }: FieldError): HubError {
  return new HubError(`--hub-of: ${inWordsOfAHub(code) ?? message}`, { cause });
}

function inWordsOfAHub(code: FieldError["code"]): string | null {
  switch (code) {
    case "invite-invalid":
      return "This is not a whole invite. Copy the link again; nothing may be missing at its end.";
    case "invite-expired":
      return "This invite has expired: they last a day. Make a new one in the app: Crew, " +
        '"Invite a device".';
    case "already-in-crew":
      return "This hub is a member of another crew already, and a hub is in one at a time. Start " +
        "one for this crew with a data folder of its own: --data FOLDER.";
    default:
      return null;
  }
}

/** Why a relay cannot be used, and what to do. */
export function lineTrouble(name: string, { isTaken, cause }: LineFailure): string {
  if (isTaken) {
    return `At the relay of ${name} somebody has this hub's place: it is this very hub by another ` +
      `address, or one that runs with a copy of its data folder. A copy must not run: end it.`;
  }
  const why = `Cannot reach the relay of ${name}: ${cause}.`;
  if (!name.startsWith("https:")) return `${why} It is tried again.`;
  return `${why} It is tried again. Does that hub run, and is this machine in its network? If it ` +
    `was started with --lan, this one must trust its authority: hub/README.md says how.`;
}
