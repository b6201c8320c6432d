/**
 * How a device comes into a crew: invites that this one gave out, and the one that it took up itself.
 * Kept in the store's settings, so that they outlive the worker.
 */
import { type Bytes, equalBytes } from "../bytes.ts";
import { stampMs } from "../clock.ts";
import { FieldError } from "../errors.ts";
import {
  encodeTicket,
  INVITE_ID_BYTES,
  INVITE_LASTS_MS,
  INVITE_MOST_USES,
  INVITE_SECRET_BYTES,
  type InviteTicket,
  type IssuedInvite,
  parseIssued,
  parseTicket,
} from "../invite.ts";
import type { Invite, Role } from "../messages.ts";
import type { DeviceId } from "../observation.ts";
import type { Replica } from "../feed/replica.ts";
import type { Store } from "../store/store.ts";

export interface MembershipPorts {
  readonly replica: Replica;
  readonly store: Store;
  readonly nowMs: () => number;
  readonly random: (byteLength: number) => Bytes;
}

const TICKET = "ticket";
const INVITES = "invites";

export class Membership {
  readonly #ports: MembershipPorts;
  #ticket: InviteTicket | null;
  #issued: readonly IssuedInvite[];
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(ports: MembershipPorts, ticket: InviteTicket | null, issued: IssuedInvite[]) {
    this.#ports = ports;
    this.#ticket = ticket;
    this.#issued = issued;
  }

  static async open(ports: MembershipPorts): Promise<Membership> {
    const [code, issued] = await Promise.all([
      ports.store.setting(TICKET),
      ports.store.setting(INVITES),
    ]);
    const ticket = typeof code === "string" && code !== "" ? parseTicket(code) : null;
    return new Membership(ports, ticket, parseIssued(issued));
  }

  /** The invite this device took up and that has not been answered yet. */
  get ticket(): InviteTicket | null {
    return this.#ticket;
  }

  /** An invite that can still be taken up is out: strangers may call. */
  get isInviting(): boolean {
    return this.#isAdmin && this.#issued.some((invite) => this.#isGood(invite));
  }

  /** Makes an invite, founding a crew if there is none. Throws `not-admin`. */
  async invite(role: Role): Promise<Invite> {
    const { replica, random, nowMs } = this.#ports;
    const founder = await replica.found();
    if (!this.#isAdmin) {
      throw new FieldError(
        "not-admin",
        "Only an admin of the crew can invite. Ask the one who invited you.",
      );
    }
    const invite = {
      id: random(INVITE_ID_BYTES),
      secret: random(INVITE_SECRET_BYTES),
      role,
      expires: nowMs() + INVITE_LASTS_MS,
      used: 0,
    };
    await this.#changeIssued((issued) => [...issued.filter((one) => this.#isGood(one)), invite]);
    const code = encodeTicket({ ...invite, founder, inviter: replica.id });
    return { code, role, expires: invite.expires };
  }

  /** Takes up an invite. Throws `invite-invalid`, `invite-expired` or `already-in-crew`. */
  async take(code: string): Promise<InviteTicket> {
    const { replica, store, nowMs } = this.#ports;
    const ticket = parseTicket(code);
    if (!ticket) {
      throw new FieldError(
        "invite-invalid",
        "This is not a whole invite. Copy the link again, or scan its code.",
      );
    }
    if (ticket.expires < nowMs()) {
      throw new FieldError("invite-expired", "This invite has expired. Ask for a new one.");
    }
    if (ticket.inviter === replica.id) {
      throw new FieldError(
        "invite-invalid",
        "This device made the invite. Open it on another device.",
      );
    }
    this.#assertFree(ticket);
    await store.commit({ settings: { [TICKET]: code }, strict: true });
    this.#ticket = ticket;
    return ticket;
  }

  /**
   * A device is in one crew at a time. One that is alone in its own, or not yet named by another, is free;
   * so is one that is invited into its own crew again, since who was removed may not have heard of it.
   */
  #assertFree(ticket: InviteTicket): void {
    const { crew, id } = this.#ports.replica;
    if (!crew?.members.has(id)) return;
    const isOwn = crew.founder === ticket.founder;
    if (isOwn ? crew.founder !== id : crew.members.size === 1) return;
    throw new FieldError(
      "already-in-crew",
      `This device is already in a crew of ${crew.members.size}.`,
    );
  }

  /** Forgets the invite that was taken up: answered, or given up. */
  async drop(): Promise<void> {
    await this.#ports.store.commit({ settings: { [TICKET]: "" }, strict: true });
    this.#ticket = null;
  }

  /** The inviter has taken us in: its crew is ours. */
  async accepted(): Promise<void> {
    const { replica } = this.#ports;
    if (!this.#ticket) return;
    if (replica.crew?.founder === this.#ticket.founder) return await this.settle();
    await replica.follow(this.#ticket.founder);
    await this.#changeIssued(() => []); // they led into the crew that was left
  }

  /** Once the crew document names us a member, the invite has done its work; until then it is what we show. */
  async settle(): Promise<void> {
    const { replica } = this.#ports;
    const isMember = replica.crew?.founder === this.#ticket?.founder &&
      replica.crew?.members.has(replica.id);
    if (isMember) await this.drop();
  }

  /**
   * The invite with this id, if `device` can still use it: it takes an admin's word to come in, and who was
   * removed since the invite was made needs another.
   */
  find(id: Bytes, device: DeviceId): IssuedInvite | null {
    const removed = this.#ports.replica.crew?.removed.get(device);
    const invite = this.#issued.find((one) => equalBytes(one.id, id) && this.#isGood(one));
    if (!invite || !this.#isAdmin) return null;
    const madeAt = invite.expires - INVITE_LASTS_MS;
    return removed && stampMs(removed.at) >= madeAt ? null : invite;
  }

  /**
   * Admits a device that has proved to hold `invite`. False when others have used it up meanwhile: a use
   * counts before the device comes in, so that nothing that ends in between lets in more than it is for.
   */
  async admit(device: DeviceId, invite: IssuedInvite): Promise<boolean> {
    let isCounted = false;
    await this.#changeIssued((issued) =>
      issued.map((one) => {
        if (!equalBytes(one.id, invite.id) || !this.#isGood(one)) return one;
        isCounted = true;
        return { ...one, used: one.used + 1 };
      })
    );
    if (isCounted) await this.#ports.replica.admit(device, invite.role);
    return isCounted;
  }

  get #isAdmin(): boolean {
    const { crew, id } = this.#ports.replica;
    return crew?.members.get(id)?.role === "admin";
  }

  #isGood(invite: IssuedInvite): boolean {
    return invite.expires > this.#ports.nowMs() && invite.used < INVITE_MOST_USES;
  }

  /** One change after the other: two at once must not undo each other. */
  #changeIssued(
    change: (issued: readonly IssuedInvite[]) => readonly IssuedInvite[],
  ): Promise<void> {
    const changed = this.#turn.then(async () => {
      const issued = change(this.#issued);
      await this.#ports.store.commit({ settings: { [INVITES]: issued }, strict: true });
      this.#issued = issued;
    });
    this.#turn = changed.catch(() => {}); // the caller has the failure; the line goes on
    return changed;
  }
}
