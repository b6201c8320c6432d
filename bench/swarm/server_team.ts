import { sha256 } from "../../field/bytes.ts";
import { encodeCbor } from "../../field/cbor.ts";
import { Chance } from "../../field/swarm/chance.ts";
import { RadioLink } from "../../field/swarm/radio_link.ts";
import type { SeenFrame } from "../../field/swarm/swarm_options.ts";
import type { LinkSettings } from "../../field/swarm/swarm_report.ts";
import { Timeline } from "../../field/swarm/timeline.ts";
import { DRONES, type Recording } from "./recording.ts";
import { BEGAN_MS, DECIDE_EVERY_MS, SERVER_LATENCY_MS } from "./scenario.ts";
import { Server } from "./server.ts";
import { Client } from "./server_client.ts";
import type { KnownDecision, Team } from "./team.ts";

/** One server that knows and decides for all, over a link to each. */
export class ServerTeam implements Team {
  readonly #timeline = new Timeline(BEGAN_MS);
  readonly #clients: readonly Client[];
  readonly #server: Server;
  readonly #chance: Chance;
  #settings: LinkSettings;
  #made = 0;

  private constructor({ seed }: Recording, settings: LinkSettings) {
    const { nowMs } = this.#timeline;
    this.#chance = new Chance(seed);
    this.#settings = far(settings);
    this.#clients = Array.from({ length: DRONES }, (_, number) => new Client(number, nowMs));
    this.#server = new Server(nowMs);
  }

  static async begin(recording: Recording, settings: LinkSettings): Promise<ServerTeam> {
    const team = new ServerTeam(recording, settings);
    await team.part(settings);
    return team;
  }

  async step(ms: number, frames: readonly SeenFrame[]): Promise<void> {
    await this.#timeline.runUntil(BEGAN_MS + ms);
    for (const { drone, seen, atMs } of frames) this.#clients[drone].see(seen, BEGAN_MS + atMs);
    if (ms % DECIDE_EVERY_MS === 0) this.#server.decide();
    this.#server.sendMaps();
  }

  get views() {
    return this.#clients.map(({ view }) => view);
  }

  get decisions(): readonly KnownDecision[] {
    return this.#clients.flatMap(({ made }) => made);
  }

  get bytesSent(): number {
    return this.#clients.reduce((sum, one) => sum + one.bytesSent, this.#server.bytesSent);
  }

  /** The second half has no way to the server while it is apart: the sides are the radio's. */
  async part(settings: LinkSettings): Promise<void> {
    this.#settings = far(settings);
    for (const client of this.#clients) {
      const isCut = settings.partition && client.number >= Math.floor(DRONES / 2);
      if (isCut) client.link?.cut();
      else if (!client.link) await this.#connect(client);
    }
  }

  end(): void {}

  async #connect(client: Client): Promise<void> {
    const made = ++this.#made;
    const ends = [client, this.#server] as const;
    const link = new RadioLink({
      ...{ made, ends, timeline: this.#timeline, chance: this.#chance.branch() },
      binding: await sha256(encodeCbor(made)),
      settings: () => this.#settings,
    });
    for (const end of ends) end.opened(link);
  }
}

function far(settings: LinkSettings): LinkSettings {
  return { ...settings, latencyMs: [SERVER_LATENCY_MS, SERVER_LATENCY_MS] };
}
