import type { Crew } from "./crew.ts";
import { FieldError } from "../errors.ts";
import type { Edit } from "../notes.ts";
import type { DeviceId } from "../observation.ts";

/** Why an identity that was restored, and may be behind, writes nothing. */
export function unconfirmedError(): FieldError {
  return new FieldError(
    "identity-unconfirmed",
    "This identity was restored from a backup, and another copy of it may have recorded more. Nothing is recorded until a device of the crew was met, or you confirm that no other copy is in use.",
  );
}

/** Why nothing more can be said of a field: a member's device counted its edits to the end. */
export function pinnedError({ field, observation }: Edit): FieldError {
  return new FieldError(
    "entry-not-allowed",
    `Nothing was saved: a device of the crew has closed "${field}" of observation ${observation} ` +
      "against later edits. Its history shows which device; write it as a label or a comment instead.",
  );
}

/** Why this device gives the crew no rules. */
export function notRulerError(): FieldError {
  return new FieldError("not-admin", "Only an admin of the crew can change its rules.");
}

/** Why the word of `self` about `device` would not hold in the crew. */
export function notAdminError(crew: Crew, self: DeviceId, device: DeviceId): FieldError {
  if (device === crew.founder) {
    return new FieldError(
      "not-admin",
      "The founder of the crew always belongs to it, as an admin.",
    );
  }
  const isAdmin = crew.members.get(self)?.role === "admin";
  return isAdmin
    ? new FieldError(
      "not-admin",
      "An admin stays one until the founder of the crew removes it; whom the founder removed only the founder takes in again.",
    )
    : new FieldError("not-admin", "Only an admin of the crew can change who belongs to it.");
}
