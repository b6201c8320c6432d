import { equalBytes } from "../bytes.ts";
import type { IssuedInvite } from "../invite.ts";
import type { Signer } from "../keys.ts";
import type { DeviceId } from "../observation.ts";
import { type HelloFrame, type ProofFrame, PROTOCOL_VERSION } from "./frames.ts";
import { checkInvite, checkProof, isAnswerTo, prove } from "./handshake.ts";
import type { NodePorts } from "./node_ports.ts";
import { beginAnew, type Session } from "./session.ts";
import type { TalkPorts } from "./talk_ports.ts";

/** What a device hears of a member when the crew has removed it. */
export const REMOVED = "This device was removed from the crew.";
/** What it hears of one that has as many neighbours as it wants. */
export const ENOUGH_NEIGHBOURS = "Enough neighbours.";
const NOT_PROVED =
  "The other device could not prove who it is on this connection: somebody may stand in between.";
const NOT_MEMBER = "You are not a member of this crew, and the invite is not valid.";
/** Withdrawn when the crew document, on its way to us, turns out to name the device. */
export const STRANGER_CALLED =
  "A device that is no member of the crew called, with no invite that holds. It was not let in.";
/** In a minute. Each side may begin anew a few times while the other does. */
const MOST_HELLOS = 16;
const HELLOS_MS = 60_000;

export interface GatekeeperPorts extends TalkPorts {
  readonly signer: Signer;
  readonly mayAccept?: NodePorts["mayAccept"];
  /** The link begins anew. */
  readonly forget: (link: string) => void;
  /** A device was taken into the crew. */
  readonly tookIn: (session: Session) => Promise<void>;
  /** The other side is who it says, and may be here. */
  readonly admitted: (session: Session, peer: DeviceId) => Promise<void>;
}

/** Who comes in: the handshake, up to where a session opens. */
export class Gatekeeper {
  readonly #ports: GatekeeperPorts;

  constructor(ports: GatekeeperPorts) {
    this.#ports = ports;
  }

  async greet(session: Session, theirs: HelloFrame): Promise<void> {
    const { replica, membership, signer, sessions, nowMs } = this.#ports;
    if (session.theirs && equalBytes(session.theirs.nonce, theirs.nonce)) return;
    if (this.#isTooOften(session)) {
      return sessions.refuse(session, "too-fast", "The other device began anew too often.");
    }
    if (theirs.version !== PROTOCOL_VERSION) return this.#turnAwayVersion(session, theirs);
    if (theirs.device === replica.id) {
      return sessions.turnAway(session, "This device called itself.");
    }
    if (session.theirs) {
      // the other side's worker began anew on the same channel, and has not seen our hello
      this.#ports.forget(session.link);
      // who has never proved itself gets no more time by greeting again
      beginAnew(session, session.peer === null ? session.openedAt : nowMs());
      sessions.send(session, session.hello);
    }
    session.theirs = theirs;
    const { ticket } = membership;
    const secret = ticket?.inviter === theirs.device ? ticket.secret : null;
    const proof = await prove(signer, session.binding, session.hello, theirs, secret);
    sessions.send(session, proof);
  }

  async admit(session: Session, proof: ProofFrame): Promise<void> {
    const { theirs, hello, binding } = session;
    const { sessions } = this.#ports;
    if (!theirs || session.peer) return;
    if (!isAnswerTo(proof, hello)) {
      session.hasStaleProof = true; // honest where a worker restarted; else the time runs out
      return;
    }
    if (!await checkProof(proof, binding, hello, theirs)) {
      return sessions.refuse(session, "impostor", NOT_PROVED);
    }
    const verdict = await this.#judge(session, theirs, proof);
    if (verdict === "full") return sessions.turnAway(session, ENOUGH_NEIGHBOURS);
    if (verdict === "on our way") return sessions.turnAway(session, NOT_MEMBER);
    if (verdict === "stranger") return this.#turnAwayStranger(session, theirs.device);
    await this.#ports.admitted(session, theirs.device);
  }

  /** Workers are restarted now and then; not many times a minute. */
  #isTooOften(session: Session): boolean {
    const now = this.#ports.nowMs();
    if (Math.abs(now - session.hellosSince) > HELLOS_MS) {
      session.hellos = 0;
      session.hellosSince = now;
    }
    return ++session.hellos > MOST_HELLOS;
  }

  async #judge(
    session: Session,
    theirs: HelloFrame,
    proof: ProofFrame,
  ): Promise<"welcome" | "full" | "stranger" | "on our way"> {
    const { replica, membership, mayAccept, sessions } = this.#ports;
    const invite = await this.#inviteShown(session, theirs, proof);
    if (membership.ticket?.inviter === theirs.device) {
      // each has invited the other: the one with the smaller key takes the other in
      if (!invite || replica.id > theirs.device) return "welcome";
      await membership.drop();
    }
    if (replica.knows(theirs.device)) {
      const isFull = !invite && mayAccept && !mayAccept(theirs.device, session.via);
      return isFull ? "full" : "welcome";
    }
    if (!invite) return "stranger";
    // on our way into another crew we take nobody in: he would be left behind in this one
    if (membership.ticket) return "on our way";
    if (!await membership.admit(theirs.device, invite)) return "stranger";
    sessions.changed("crew", "status");
    await this.#ports.tookIn(session);
    return "welcome";
  }

  /** The invite of ours that the other side has proved to hold. */
  async #inviteShown(
    { binding, hello }: Session,
    theirs: HelloFrame,
    proof: ProofFrame,
  ): Promise<IssuedInvite | null> {
    const invite = theirs.invite && this.#ports.membership.find(theirs.invite, theirs.device);
    if (!invite) return null;
    return await checkInvite(proof, invite.secret, binding, hello, theirs) ? invite : null;
  }

  #turnAwayStranger(session: Session, device: DeviceId): void {
    const { replica, sessions } = this.#ports;
    if (replica.crew?.removed.has(device)) {
      sessions.incident("revoked", "A device that was removed from the crew called.", device);
      return sessions.turnAway(session, REMOVED);
    }
    sessions.incident("wrong-role", STRANGER_CALLED, device);
    sessions.turnAway(session, NOT_MEMBER);
  }

  #turnAwayVersion(session: Session, { version = 1 }: HelloFrame): void {
    const here = "This device", there = "The other device";
    const isOlder = version < PROTOCOL_VERSION;
    this.#ports.sessions.turnAway(
      session,
      updateNeeded(isOlder ? there : here),
      updateNeeded(isOlder ? here : there),
    );
  }
}

function updateNeeded(device: string): string {
  return `${device} has an older version of Fieldmesh. Update the app on it: open it once while it is online.`;
}
