import { FieldError } from "../../field/errors.ts";
import type { SoleHolder } from "../radio.ts";

/** One page of this site at a time, by a Web Lock: the browser passes it on when a page goes away. */
export function soleHolder(name: string): SoleHolder {
  return async (signal, held) => {
    if (!navigator.locks) {
      throw new FieldError(
        "hub-unreachable",
        "This browser is too old to link devices with each other: it lacks Web Locks. Use a current Chrome, Safari or Firefox.",
      );
    }
    await navigator.locks.request(name, { signal }, held);
  };
}
