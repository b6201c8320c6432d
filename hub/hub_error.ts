/**
 * What keeps the hub from starting, told to the person at the terminal: what happened, why, and what
 * to do. Anything else that is thrown is a bug.
 */
export class HubError extends Error {
  override readonly name = "HubError";
}
