/** Every failure that crosses a context (worker, page, peer) has one of these codes. Only ever added to. */
export type ErrorCode =
  // capture (page)
  | "camera-denied"
  | "camera-missing"
  | "camera-busy"
  | "camera-lost"
  | "file-unreadable"
  | "insecure-origin"
  | "place-denied"
  | "place-missing"
  | "screen-may-sleep"
  | "called-off"
  // worker and engine
  | "worker-missing"
  | "worker-lost"
  | "bad-message"
  | "bad-frame"
  | "model-missing"
  | "model-damaged"
  | "inference-failed"
  // store
  | "storage-full"
  | "storage-failed"
  | "storage-blocked"
  // another copy of this device's feed may be ahead: see `Replica.record`
  | "identity-unconfirmed"
  // files of outside origin, and files for others
  | "bundle-damaged"
  | "backup-refused"
  | "export-interrupted"
  // feed and documents
  | "entry-invalid"
  | "entry-forked"
  | "entry-not-allowed"
  // crew and sync
  | "invite-invalid"
  | "invite-expired"
  | "invite-refused"
  | "already-in-crew"
  | "not-admin"
  | "hub-unreachable"
  | "peer-refused"
  | "frame-invalid"
  | "internal";

/** An error as plain data: what crosses `postMessage`. */
export interface Failure {
  readonly code: ErrorCode;
  /** One sentence for the user: what happened, what it means, what to do. */
  readonly message: string;
  /** What was underneath, for a developer. */
  readonly cause?: string;
}

/** An error with a code. Thrown inside a context, turned into a {@link Failure} at its edge. */
export class FieldError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "FieldError";
    this.code = code;
  }
}

/** Turns whatever was thrown into plain data. Unknown errors become `internal`. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof FieldError) {
    return {
      code: thrown.code,
      message: thrown.message,
      ...(thrown.cause === undefined ? {} : { cause: describe(thrown.cause) }),
    };
  }
  return {
    code: "internal",
    message: "Something unexpected went wrong. Saved records are not affected.",
    cause: describe(thrown),
  };
}

/** The inverse of {@link toFailure} on the far side. */
export function fromFailure(failure: Failure): FieldError {
  return new FieldError(failure.code, failure.message, {
    cause: failure.cause,
  });
}

/** Makes a union's `switch` exhaustive: a new variant does not compile until it is handled. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled variant: ${JSON.stringify(value)}`);
}

function describe(cause: unknown): string {
  if (cause instanceof Error) return `${cause.name}: ${cause.message}`;
  return String(cause);
}
