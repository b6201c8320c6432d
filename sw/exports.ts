import { FieldError } from "../field/errors.ts";
import type { ExportBegun, ExportPart } from "../field/messages.ts";
import type { Bytes } from "../field/bytes.ts";

/** A file being made: see `field/export/` and `field/bundle/`. */
export interface MadeFile {
  readonly name: string;
  readonly type: string;
  readonly parts: AsyncGenerator<MadePart, void>;
}

export interface MadePart {
  readonly bytes: Bytes;
  readonly done: number;
  readonly total: number;
  readonly missingMedia: number;
}

export interface ExportsPorts {
  readonly newId: () => string;
  /** Runs `run` after `ms`; the returned function prevents it. */
  readonly after: (ms: number, run: () => void) => () => void;
}

/** Nobody asked for the next part for so long: the page is gone. */
const IDLE_MS = 60_000;

interface Session {
  readonly id: string;
  readonly parts: AsyncGenerator<MadePart, void>;
  last: Omit<ExportPart, "bytes">;
  /** Parts asked for and not yet made. */
  underWay: number;
  cancelIdle: () => void;
}

/** The file that is being made for a page, part by part as it asks: one at a time. */
export class Exports {
  readonly #ports: ExportsPorts;
  #session: Session | null = null;

  constructor(ports: ExportsPorts) {
    this.#ports = ports;
  }

  /** Begins a file; one that was under way ends. */
  begin({ name, type, parts }: MadeFile): ExportBegun {
    if (this.#session) this.#end(this.#session);
    const session: Session = {
      id: this.#ports.newId(),
      parts,
      last: { done: 0, total: 0, missingMedia: 0 },
      underWay: 0,
      cancelIdle: () => {},
    };
    this.#session = session;
    this.#await(session);
    return { export: session.id, name, type };
  }

  /** The next part. Throws "export-interrupted" when there is no such file (any more), and what making it throws. */
  async next(id: string): Promise<ExportPart> {
    const session = this.#session;
    if (!session || session.id !== id) throw interrupted();
    session.cancelIdle();
    session.underWay++;
    try {
      return await this.#make(session);
    } catch (failure) {
      this.#end(session);
      throw failure;
    } finally {
      session.underWay--;
      this.#await(session);
    }
  }

  /** Ends a file that nobody wants any more; one that has ended already is fine. */
  cancel(id: string): void {
    if (this.#session?.id === id) this.#end(this.#session);
  }

  /** Ends whatever is under way. */
  close(): void {
    if (this.#session) this.#end(this.#session);
  }

  async #make(session: Session): Promise<ExportPart> {
    const { done, value } = await session.parts.next();
    if (this.#session !== session) throw interrupted();
    if (done) {
      this.#end(session);
      return { ...session.last, bytes: null };
    }
    const { bytes, ...progress } = value;
    session.last = progress;
    return { ...progress, bytes: bufferOf(bytes) };
  }

  #await(session: Session): void {
    if (this.#session !== session || session.underWay > 0) return;
    session.cancelIdle();
    session.cancelIdle = this.#ports.after(IDLE_MS, () => this.#end(session));
  }

  #end(session: Session): void {
    session.cancelIdle();
    if (this.#session === session) this.#session = null;
    // what it held open is released as soon as the part under way is made; its failure is that part's
    session.parts.return().catch(() => {});
  }
}

/** A buffer of exactly these bytes: it is handed over to the page. */
function bufferOf(bytes: Bytes): ArrayBuffer {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
}

function interrupted(): FieldError {
  return new FieldError(
    "export-interrupted",
    "The file was broken off: another export took its place, it waited too long, or the browser restarted the app's worker. Nothing saved is affected: export again.",
  );
}
