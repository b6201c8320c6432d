/** Joining a crew. Module state: it goes on while the user looks at another page. */
import { signal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import type { Failure } from "../../field/errors.ts";
import { fieldmesh } from "../../page/fieldmesh.ts";

export type JoinStep =
  /** Nothing is under way. */
  | { readonly step: "closed" }
  /** Waiting for the user to paste an invite. */
  | { readonly step: "paste" }
  /** An invite came with the address: nothing happens until the user agrees. */
  | { readonly step: "ask"; readonly invite: string }
  | { readonly step: "joining"; readonly since: number }
  | { readonly step: "joined" }
  | { readonly step: "failed"; readonly failure: Failure; readonly invite: string };

export const joining = signal<JoinStep>({ step: "closed" });

/** Counts joins, so that the outcome of one that was left is not shown over a later one. */
let attempt = 0;

/** Takes the invite up. The outcome is in {@link joining}. */
export async function join(invite: string): Promise<void> {
  const mine = ++attempt;
  joining.value = { step: "joining", since: Date.now() };
  try {
    await fieldmesh().join(invite);
    if (mine === attempt) joining.value = { step: "joined" };
  } catch (thrown) {
    if (mine === attempt) joining.value = { step: "failed", failure: toFailure(thrown), invite };
  }
}

/** Gives a join up that nobody has answered. */
export async function cancelJoin(): Promise<void> {
  closeJoin();
  try {
    await fieldmesh().cancelJoin();
  } catch (thrown) {
    joining.value = { step: "failed", failure: toFailure(thrown), invite: "" };
  }
}

/** Puts the flow away, whatever its step. */
export function closeJoin(): void {
  attempt++;
  joining.value = { step: "closed" };
}
