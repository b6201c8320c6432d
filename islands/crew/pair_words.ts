import { assertNever, type Failure } from "../../field/errors.ts";
import type { PairState } from "../../page/pairing/pair_state.ts";

/** What is to be done now, in one line; read out when it changes. `readsAnswer`: the first device has gone on to read. */
export function stepWords(state: PairState, readsAnswer: boolean): string {
  switch (state.step) {
    case "idle":
      return "Link two devices without a hub";
    case "preparing":
      return "Making the code …";
    case "offering":
      return readsAnswer
        ? "2 of 2: read the code that the other device shows now"
        : "1 of 2: let the other device read this code";
    case "reading":
      return "1 of 2: read the code on the other device";
    case "invited":
      return "This code invites you into a crew";
    case "answering":
      return "2 of 2: let the other device read this code";
    case "connecting":
      return "Connecting … this takes up to 15 seconds";
    case "meeting":
      return "Connected. Finding out who it is …";
    case "met":
      return "Done";
    case "failed":
      return "Not linked";
    default:
      return assertNever(state);
  }
}

/** Why there is no camera, and what to do. */
export function cameraWords({ code, message }: Failure): string {
  switch (code) {
    case "camera-denied":
      return "This site may not use the camera: allow it in the browser's site settings.";
    case "camera-missing":
      return "The browser finds no camera that it could use.";
    case "camera-busy":
      return "The camera is in use by another app, or does not respond.";
    case "insecure-origin":
      return "Browsers give the camera only to pages opened by https.";
    default:
      return message;
  }
}
