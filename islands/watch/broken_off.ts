import type { Fieldmesh } from "../../page/fieldmesh.ts";
import { hasAdvice } from "./advice.ts";
import { problem } from "./control.ts";

/** A watch that breaks off by itself leaves its reason, and the ways on, on the Watch page. */
export function connectBrokenOff(fieldmesh: Fieldmesh): () => void {
  return fieldmesh.on("failure", ({ failure }) => {
    if (hasAdvice(failure)) problem.value = failure;
  });
}
