import { relaySignal } from "../field/link/relay_signal.ts";
import { webSocketRelay } from "../field/link/relay_socket.ts";
import { FieldError } from "../field/errors.ts";
import type { Flags } from "./flags.ts";
import { HubError } from "./hub_error.ts";
import { Member, type MemberName } from "./member.ts";
import { type MemberFolder, openMemberFolder, UNCONFIRMED } from "./member_folder.ts";
import type { MemberStatus } from "./member_words.ts";
import type { Relay } from "./relay.ts";

/** For people: what goes on, and what they should look into. */
export interface MemberVoice {
  readonly say: (text: string) => void;
  readonly warn: (text: string) => void;
}

export interface MemberSite {
  readonly relay: Relay;
  /** By which origins this hub itself can be reached. */
  readonly ownOrigins: readonly string[];
  readonly name: MemberName;
}

const TICK_MS = 1000;

/** The hub's place in a crew, with its files, its relays and its clock. */
export class RunningMember {
  readonly #folder: MemberFolder;
  readonly #member: Member;
  readonly #peerHubs: readonly string[];
  #timer: ReturnType<typeof setInterval> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(folder: MemberFolder, member: Member, peerHubs: readonly string[]) {
    this.#folder = folder;
    this.#member = member;
    this.#peerHubs = peerHubs;
  }

  /**
   * Opens what the folder holds of a crew and takes up the invite, if one is given. Null when there is
   * neither. Throws {@link HubError}: the invite is not good, or the files are not.
   */
  static async open(
    path: string,
    { hubOf, peerHubs }: Pick<Flags, "hubOf" | "peerHubs">,
    voice: MemberVoice,
  ): Promise<RunningMember | null> {
    const folder = await openMemberFolder(path);
    try {
      const member = await Member.open({ ...folder, ...voice, nowMs: Date.now, random });
      if (hubOf) await member.take(hubOf);
      if (member.state !== null) return new RunningMember(folder, member, peerHubs);
      if (await folder.store.setting(UNCONFIRMED) === true) {
        voice.warn(
          `${path} has the key of a member, and nothing of its crew any more. To get it back from ` +
            `the others, ask for an invite, and start the hub with it: --hub-of <invite>.`,
        );
      }
      folder.close();
      return null;
    } catch (cause) {
      folder.close();
      throw cause instanceof FieldError ? new HubError(cause.message, { cause }) : cause;
    }
  }

  status(): Promise<MemberStatus | null> {
    return this.#member.status();
  }

  /** Links with the crew from now on. */
  async start({ relay, ownOrigins, name }: MemberSite): Promise<void> {
    const crewHub = await this.#member.crewHub();
    const hubs = new Set([...crewHub === null ? [] : [crewHub], ...this.#peerHubs]);
    const others = hubs.difference(new Set(ownOrigins));
    await this.#member.start([
      {
        name: "this hub",
        isOwn: true,
        open: relaySignal((identity) => relay.localSocket(identity)),
      },
      ...[...others].map((origin) => ({
        name: origin,
        isOwn: false,
        open: relaySignal(webSocketRelay(origin)),
      })),
    ], name);
    const tick = () => void this.#member.tick(); // never rejects
    this.#timer = setInterval(tick, TICK_MS);
    tick();
  }

  /** Links end at once. Resolves when nothing is being written any more, and others may have the files. */
  close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closing ??= this.#member.close().finally(() => this.#folder.close());
    return this.#closing;
  }
}

function random(byteLength: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(byteLength));
}
