import type { Failure } from "../../field/errors.ts";

/** Neither signalling nor relay. `cause`: what the line said. */
export function hubUnreachable(cause: string): Failure {
  return {
    code: "hub-unreachable",
    message:
      "The hub cannot be reached, so devices cannot find each other. Links that are open go on. Check that the hub runs and that this device is in its network.",
    cause,
  };
}

/** No line for lack of WebRTC, and the relay's is down too. */
export function unsupported(cause: string): Failure {
  return {
    code: "hub-unreachable",
    message:
      "This browser lacks WebRTC, so it reaches other devices only through the hub, and the hub cannot be reached. Check that it runs, or use a current Chrome, Safari or Firefox.",
    cause,
  };
}
