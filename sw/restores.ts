import { FieldError } from "../field/errors.ts";
import type { RestoreReport } from "../field/messages.ts";

/** A bundle being taken in: see `field/bundle/`. */
export interface BundleIntake {
  /** Takes the next bytes in. Resolves when what could be read so far is on disk. */
  push(bytes: Uint8Array): Promise<RestoreReport>;
  /** The bundle has ended, or was broken off. */
  end(): Promise<RestoreReport>;
}

export interface RestoresPorts {
  readonly newId: () => string;
  readonly begin: () => BundleIntake;
  /** Something was taken in. */
  readonly onTaken: () => void;
  readonly onEnded: () => void;
}

/** The bundle that a page hands over, part by part: one at a time. */
export class Restores {
  readonly #ports: RestoresPorts;
  #session: { readonly id: string; readonly intake: BundleIntake } | null = null;
  /** Parts are taken in one after the other, however they come. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(ports: RestoresPorts) {
    this.#ports = ports;
  }

  /** Begins a bundle; of one that was under way, what was taken in stays. */
  begin(): { readonly restore: string } {
    this.#session = { id: this.#ports.newId(), intake: this.#ports.begin() };
    return { restore: this.#session.id };
  }

  part(id: string, bytes: Uint8Array): Promise<RestoreReport> {
    const { intake } = this.#find(id);
    return this.#inTurn(() => intake.push(bytes));
  }

  end(id: string): Promise<RestoreReport> {
    const { intake } = this.#find(id);
    this.#session = null;
    return this.#inTurn(() => intake.end()).finally(this.#ports.onEnded);
  }

  #find(id: string): { readonly intake: BundleIntake } {
    if (this.#session?.id === id) return this.#session;
    throw new FieldError(
      "worker-lost",
      "Restoring was broken off: another bundle took its place, or the browser restarted the app's worker. What was taken in stays: choose the file again, and the rest is added.",
    );
  }

  #inTurn(work: () => Promise<RestoreReport>): Promise<RestoreReport> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {}); // the caller has the failure; the line goes on
    return result.finally(this.#ports.onTaken);
  }
}
