import type { Failure } from "../../field/errors.ts";
import { joining } from "../crew/join_flow.ts";
import { placeProblem, placeSheetOpen } from "../watch/place_choice.ts";
import { hasAdvice } from "../watch/advice.ts";

/** Whether the page that is open shows this failure where it belongs: then a toast would double it. */
export function shownElsewhere(failure: Failure): boolean {
  if (placeSheetOpen.value && failure.message === placeProblem.value) return true;
  if (failure.code.startsWith("invite-")) return joining.value.step !== "closed";
  return hasAdvice(failure) && location.pathname === "/";
}
