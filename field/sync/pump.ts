import { encodeFrame } from "./frames.ts";
import type { FrameMaker } from "./frame_maker.ts";
import type { Effect } from "./node_ports.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";

export interface PumpPorts {
  readonly sessions: Sessions;
  readonly maker: FrameMaker;
  readonly effect: (effect: Effect) => void;
}

/** Sends what waits in the outboxes, as far as there is room. */
export class Pump {
  readonly #ports: PumpPorts;

  constructor(ports: PumpPorts) {
    this.#ports = ports;
  }

  /** Resolves when every peer was sent all that it has room for. */
  async run(): Promise<void> {
    await Promise.all(this.#ports.sessions.open.map((session) => this.#run(session)));
  }

  #run(session: Session): Promise<void> {
    if (session.pumping) return session.pumping;
    // with something to send it does not end before it was set here
    if (!session.outbox.next()) return Promise.resolve();
    session.pumping = this.#send(session)
      .catch((thrown) => this.#ports.sessions.stop(session, thrown));
    return session.pumping;
  }

  async #send(session: Session): Promise<void> {
    const { sessions, maker, effect } = this.#ports;
    try {
      for (;;) {
        const { outbox } = session;
        const next = sessions.isOpen(session) ? outbox.next() : null;
        if (!next) return;
        const frame = await maker.make(session, next.intent, next.lane);
        if (!frame || !sessions.isOpen(session) || session.outbox !== outbox) continue;
        const bytes = encodeFrame(frame);
        outbox.window.sent(next.lane, bytes.length);
        effect({ kind: "send", link: session.link, bytes });
      }
    } finally {
      session.pumping = null; // at once: what is meant after the last look must be looked at
    }
  }
}
