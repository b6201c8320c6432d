import type { DeviceId } from "../../../field/observation.ts";
import { Broken } from "../check_device.ts";
import { NO_FAULTS } from "../faulty_indexeddb.ts";
import { checkOwn } from "./check_network.ts";
import type { SimDevice } from "./device.ts";
import { toldBy } from "./told.ts";
import type { World } from "./world.ts";

/** The course of a simulation: trouble with looks at the disks meanwhile, recovery, rest. */

const LOOK_EVERY_MS = 2500;
/** A network that is well makes a crew whole in this time: a mesh tries again after four minutes at the latest. */
const HEALS_WITHIN_MS = 15 * 60_000;
const SETTLES_MS = 20_000;
const REST_MS = 10_000;
/** What a link may cost in a second when there is nothing to say, bytes. */
const RESTING_BYTES_PER_S = 400;
/** A member that gives false parts holds a picture off for as long as it calls again: after this it is sent away. */
const VILLAINS_MS = 60_000;
/** Who has a picture gives it in this time; after it nobody has. Whether that is so is checked. */
const PICTURES_WITHIN_MS = 3 * 60_000;

type Heads = Map<SimDevice, ReadonlyMap<DeviceId, number>>;

/** Lets the trouble pass, and looks at some disk now and then. */
export async function suffer(world: World): Promise<void> {
  const seen: Heads = new Map();
  const { lastsMs } = world.trouble;
  if (world.trouble.diskFaults) world.faultyDisk?.trouble(world.trouble.diskFaults);
  while (world.elapsedMs < lastsMs) {
    await world.run(Math.min(LOOK_EVERY_MS, lastsMs - world.elapsedMs));
    await look(world, world.chance.pick(world.honest), seen);
  }
  for (const device of world.honest) await look(world, device, seen);
}

/** What was said to be saved is on disk at any time, and no feed is shorter than it was. */
async function look(world: World, device: SimDevice, seen: Heads): Promise<void> {
  const store = device.ports.disk.now();
  if (!store) return;
  checkOwn(await toldBy(store, device.id), world.ledger.of(device.id), device.id);
  const heads = new Map((await store.heads()).map(({ device, seq }) => [device, seq]));
  for (const [feed, seq] of seen.get(device) ?? []) {
    if ((heads.get(feed) ?? 0) >= seq) continue;
    throw new Broken(`${device.name}: feed ${feed.slice(0, 8)} fell back to ${heads.get(feed)}`);
  }
  seen.set(device, heads);
}

/** All is well again. Returns after how long every member has everything, ms. */
export async function heal(world: World): Promise<number> {
  world.isWell = true;
  world.faultyDisk?.trouble(NO_FAULTS);
  for (const device of world.honest) {
    device.readsAfterMs = 0;
    device.switchOn();
  }
  for (const villain of world.villains) if (world.chance.is(0.5)) villain.quit();
  const beganAt = world.elapsedMs;
  for (let lack = "it began"; lack !== "";) {
    const ms = world.elapsedMs - beganAt;
    if (ms > HEALS_WITHIN_MS) throw new Broken(`well for ${ms} ms, and still: ${lack}`);
    if (ms > VILLAINS_MS) { for (const villain of world.villains) villain.quit(); }
    await world.run(1000);
    lack = await lackOf(world, ms > PICTURES_WITHIN_MS);
  }
  return world.elapsedMs - beganAt;
}

/** What somebody does not have yet; empty when every member has everything. */
async function lackOf(world: World, withoutPictures: boolean): Promise<string> {
  const { honest, founder, invited } = world;
  const crew = honest[0].worker?.replica.crew;
  if (!crew) return `${founder} does not start`;
  for (const device of invited) {
    if (!crew.members.has(device.id)) return `${device.name} is not taken in`;
  }
  const members = honest.filter(({ id }) => crew.members.has(id));
  for (const { name, worker } of members) if (!worker) return `${name} does not start`;
  for (const { name, id, worker } of honest) {
    const own = worker?.replica.headOf(id)?.seq ?? 0;
    const due = crew.members.has(id) ? own : Math.min(own, crew.removed.get(id)?.through ?? 0);
    for (const member of members) {
      const seq = member.worker?.replica.headOf(id)?.seq ?? 0;
      if (seq < due) return `${member.name} has ${seq} of ${due} entries of ${name}`;
    }
  }
  for (const { name, worker, underWay } of members) {
    if (!worker?.replica.indexState.whole) return `${name} builds its index`;
    if (underWay > 0) return `${name} is at work`;
    const [wanted] = withoutPictures ? [] : await worker.store.wanted(1);
    if (wanted !== undefined) return `${name} wants picture ${wanted}`;
  }
  return "";
}

/** There is nothing more to say: links carry little, and nothing that anybody asks for. */
export async function rest(world: World): Promise<void> {
  for (const villain of world.villains) villain.quit();
  await world.run(SETTLES_MS);
  // links that are made meanwhile have their greetings to say: who was removed goes on calling
  const before = [...world.wires.all].map((wire) => ({ wire, bytes: wire.bytes }));
  await world.run(REST_MS);
  const sum = before.reduce((all, { wire, bytes }) => all + wire.bytes - bytes, 0);
  if (sum > RESTING_BYTES_PER_S * (REST_MS / 1000) * before.length) {
    throw new Broken(`no rest: ${sum} bytes in ${REST_MS} ms on ${before.length} links`);
  }
}
