import { toHex } from "../field/bytes.ts";
import { assertNever, FieldError } from "../field/errors.ts";
import { Replica } from "../field/feed/replica.ts";
import { parseTicket } from "../field/invite.ts";
import type { Signer } from "../field/keys.ts";
import { peerIdOf } from "../field/link/peer_id.ts";
import type { DeviceId } from "../field/observation.ts";
import type { Store } from "../field/store/store.ts";
import { Membership } from "../field/sync/membership.ts";
import { type Effect, REMOVED, SyncNode } from "../field/sync/node.ts";
import { PeerBook } from "../field/sync/peer_book.ts";
import { readyAutomerge } from "./automerge.ts";
import type { GivenInvite } from "./member_address.ts";
import type { PlannedPeer } from "./member_calls.ts";
import type { RelayAddress } from "./member_line.ts";
import { MemberLinks } from "./member_links.ts";
import { MemberNews } from "./member_news.ts";
import { relayToken } from "./member_token.ts";
import { inviteError, lineTrouble, type MemberStatus } from "./member_words.ts";

export interface MemberPorts {
  readonly store: Store;
  readonly signer: Signer;
  /** ms since the epoch. */
  readonly nowMs: () => number;
  readonly random: (byteLength: number) => Uint8Array<ArrayBuffer>;
  /** For people: what goes on. */
  readonly say: (text: string) => void;
  /** For people: what they should look into. */
  readonly warn: (text: string) => void;
}

/** What a member is called in its crew. */
export interface MemberName {
  readonly name: string;
  /** False: only while it has no other. */
  readonly isGiven: boolean;
}

/** Where the store keeps at which hub the crew's invite was made. */
const CREW_HUB = "crew-hub";

interface Parts {
  readonly replica: Replica;
  readonly membership: Membership;
  readonly book: PeerBook;
  readonly peerId: string;
}

/**
 * The hub as a member of a crew like any other: it takes what the others have, keeps it on disk, and gives
 * it to those who lack it. Devices that are never there at the same time share their records through it.
 * Its sense of time is {@link tick}.
 */
export class Member {
  readonly #ports: MemberPorts;
  readonly #replica: Replica;
  readonly #membership: Membership;
  readonly #news: MemberNews;
  readonly #node: SyncNode;
  readonly #links: MemberLinks;
  readonly #peerId: string;
  readonly #devices = new Map<string, DeviceId>();
  #name: MemberName | null = null;
  #background: Promise<unknown> = Promise.resolve();
  #isTicking = false;
  #isClosed = false;

  private constructor(ports: MemberPorts, { replica, membership, book, peerId }: Parts) {
    this.#ports = ports;
    this.#replica = replica;
    this.#membership = membership;
    this.#peerId = peerId;
    this.#news = new MemberNews({ ...ports, replica });
    const effect = (one: Effect) => this.#carryOut(one);
    this.#node = new SyncNode({ ...ports, replica, membership, effect }, book);
    this.#links = this.#makeLinks();
    ports.store.onDamage = (what) => what === "index" && this.#begin(replica.rebuildIndex());
  }

  static async open(ports: MemberPorts): Promise<Member> {
    const { store, signer, nowMs, random } = ports;
    const replica = await Replica.open({ store, signer, nowMs, automerge: readyAutomerge });
    const membership = await Membership.open({ replica, store, nowMs, random });
    const book = await PeerBook.open(store);
    return new Member(ports, { replica, membership, book, peerId: await peerIdOf(replica.id) });
  }

  /** Null: it is in no crew, and on its way into none. */
  get state(): MemberStatus["state"] | null {
    const { crew, id } = this.#replica;
    if (this.#membership.ticket) return "joining";
    if (crew?.members.has(id)) return "member";
    return crew ? (crew.removed.has(id) ? "removed" : "joining") : null;
  }

  /**
   * Takes up an invite; one into the crew that it is a member of is not needed any more. Its hub is
   * remembered. Throws {@link HubError}.
   */
  async take({ code, hub }: GivenInvite): Promise<void> {
    const { crew } = this.#replica;
    if (this.state === "member" && parseTicket(code)?.founder === crew?.founder) return;
    try {
      await this.#membership.take(code);
    } catch (cause) {
      throw cause instanceof FieldError ? inviteError(cause) : cause;
    }
    await this.#ports.store.commit({ settings: { [CREW_HUB]: hub ?? "" }, strict: true });
  }

  /** Origin of the hub at which the invite was made, if that is known. */
  async crewHub(): Promise<string | null> {
    const kept = await this.#ports.store.setting(CREW_HUB);
    return typeof kept === "string" && URL.canParse(kept) ? kept : null;
  }

  /** Links with the crew by these relays from the next tick on, under this name. Says how it stands. */
  async start(relays: readonly RelayAddress[], name: MemberName): Promise<void> {
    this.#name = name;
    if (!this.#replica.indexState.whole) this.#begin(this.#replica.rebuildIndex());
    for (const relay of this.#isSocial ? relays : []) {
      const token = await relayToken(this.#ports, relay.name);
      this.#links.use(relay, { peerId: this.#peerId, token });
    }
    await this.#look();
  }

  /** Once a second; one that comes while the one before is at work does nothing. Never rejects. */
  async tick(): Promise<void> {
    if (this.#isTicking || this.#isClosed || !this.#isSocial) return;
    this.#isTicking = true;
    try {
      await this.#expire();
      this.#links.tick();
      await this.#node.tick();
      await this.#takeName();
      this.#news.incidents(this.#node.incidents);
    } catch (thrown) {
      this.#trouble(thrown);
    } finally {
      this.#isTicking = false;
    }
  }

  async status(): Promise<MemberStatus | null> {
    const { state } = this;
    if (state === null) return null;
    const { store } = this.#ports;
    const [observations, media] = await Promise.all([
      store.countObservations(),
      store.mediaTotals(),
    ]);
    return {
      state,
      members: this.#replica.crew?.members.size ?? 0,
      connected: this.#node.connected.size,
      observations,
      pictures: media.here,
      picturesWaiting: media.wanted,
    };
  }

  /** Ends lines and links. Resolves when nothing is being written any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#links.stop();
    this.#node.closeAll();
    await this.#background;
    await this.#node.book.save().catch((thrown) => this.#news.trouble(thrown));
  }

  /** Is there anybody to link with? */
  get #isSocial(): boolean {
    return this.state === "joining" || this.state === "member";
  }

  #makeLinks(): MemberLinks {
    const { nowMs, random, say, warn } = this.#ports;
    const down = new Set<string>();
    return new MemberLinks({
      nowMs,
      node: this.#node,
      isConnected: (peerId) => this.#node.connected.has(this.#devices.get(peerId) ?? ""),
      chance: () => new DataView(random(4).buffer).getUint32(0) / 2 ** 32,
      newId: () => toHex(random(8)),
      onLineOpen: ({ name }) => down.delete(name) && say(`The relay of ${name} is reached again.`),
      onLineFailure: ({ name }, failure) => {
        down.add(name);
        warn(lineTrouble(name, failure));
      },
      onLinkFailure: (peerId, why) => {
        const device = this.#devices.get(peerId);
        if (!device) return; // why a stranger did not get through is of no interest to anybody
        this.#news.nowAndThen(`The link with ${this.#news.nameOf(device)} was closed: ${why}.`);
      },
    });
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case "send":
        return this.#links.send(effect.link, effect.bytes);
      case "drop":
        this.#links.drop(effect.link);
        if (effect.reason.message === REMOVED) this.#toldOfRemoval();
        return;
      case "refused":
        this.#ports.warn(`${effect.failure.message} Start the hub with it: --hub-of <invite>.`);
        return this.#begin(this.#look());
      case "full":
        return this.#news.nowAndThen(effect.failure.message);
      case "changed":
        if (this.#isClosed) return;
        if (effect.what.includes("links")) this.#news.linked(this.#node.connected);
        if (effect.what.includes("crew")) this.#begin(this.#look());
        return;
      default:
        assertNever(effect);
    }
  }

  /** A peer's word, which nobody has to believe: the crew's own word stops the hub, this does not. */
  #toldOfRemoval(): void {
    if (this.state === "removed") return;
    this.#news.nowAndThen(
      "A device says that this hub was removed from the crew. What it holds stays; if it should be " +
        "a member, ask for a new invite, and start the hub with it: --hub-of <invite>.",
    );
  }

  /** Plans anew whom to link with, and says how the hub stands when that has changed. */
  async #look(): Promise<void> {
    const [status, plan] = await Promise.all([this.status(), this.#plan()]);
    if (this.#isClosed) return;
    this.#links.follow(plan);
    this.#news.standing(status);
    if (!this.#isSocial) this.#links.stop();
  }

  async #plan(): Promise<PlannedPeer[]> {
    const { crew, id } = this.#replica;
    const inviter = this.#membership.ticket?.inviter;
    const members = [...crew?.members.keys() ?? []].filter((device) => device !== id);
    const devices = new Set(inviter === undefined ? members : [inviter, ...members]);
    return await Promise.all([...devices].map(async (device) => {
      const peerId = await peerIdOf(device);
      this.#devices.set(peerId, device);
      // of two members the one with the smaller key calls; an invited one calls its inviter
      return { peerId, isOursToCall: device === inviter || id < device };
    }));
  }

  async #expire(): Promise<void> {
    const { ticket } = this.#membership;
    if (!ticket || ticket.expires > this.#ports.nowMs()) return;
    await this.#membership.drop();
    this.#ports.warn(
      "The invite has expired, and the device that made it was not met. Ask for a new one, and " +
        "start the hub with it: --hub-of <invite>.",
    );
    await this.#look();
  }

  /** Names the hub in its crew, as soon as it may write there. */
  async #takeName(): Promise<void> {
    const { id, unconfirmed } = this.#replica;
    const wanted = this.#name;
    if (!wanted || unconfirmed || this.state !== "member") return;
    const kept = this.#replica.nameOf(id);
    if (kept !== wanted.name && (kept === undefined || wanted.isGiven)) {
      await this.#replica.rename(wanted.name);
      await this.#node.announce([id]);
    }
    this.#name = null;
  }

  /** Begins work that nobody waits for but {@link close}. */
  #begin(work: Promise<unknown>): void {
    const done = work.catch((thrown) => this.#trouble(thrown));
    this.#background = Promise.all([this.#background, done]);
  }

  #trouble(thrown: unknown): void {
    if (!this.#isClosed) this.#news.trouble(thrown);
  }
}
