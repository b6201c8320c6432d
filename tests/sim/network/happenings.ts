import { FieldError } from "../../../field/errors.ts";
import type { DeviceId } from "../../../field/observation.ts";
import type { Role } from "../../../field/messages.ts";
import type { SimDevice } from "./device.ts";
import type { Villain } from "./villain.ts";
import type { Work } from "./work.ts";
import type { World } from "./world.ts";

const DAY_MS = 24 * 3_600_000;
const VILLAIN_CALLS_MS = 1500;
/** A newcomer tries again to get an invite that was not made. */
const INVITES_AGAIN_MS = 2000;

/** Plans all that befalls a world while its trouble lasts. */
export function planTrouble(world: World, work: Work): void {
  const { chance, trouble, honest } = world;
  const sometime = (run: () => void) => world.schedule.after(chance.below(trouble.lastsMs), run);
  const often = (times: number, run: () => void) => {
    for (let i = 0; i < times; i++) sometime(run);
  };
  const anyone = () => chance.pick(honest);
  often(trouble.works, () => {
    const device = anyone();
    work.some(device, world.roles.get(device.id) ?? "sensor");
  });
  often(trouble.works >> 2, () => noteAtOnce(world, work));
  often(trouble.restarts, () => anyone().restart());
  often(trouble.absences, () => leaveFor(world, anyone(), 500 + chance.below(8000)));
  often(trouble.partitions, () => partFor(world, 1000 + chance.below(8000)));
  often(trouble.slowReaders, () => readLateFor(world, anyone(), 2000 + chance.below(8000)));
  often(trouble.doubleLinks, () => linkAgain(world));
  often(trouble.wrongClocks, () => {
    anyone().aheadMs = chance.below(8 * DAY_MS) - 4 * DAY_MS;
  });
  planCrewChanges(world, work, often);
  for (const newcomer of world.newcomers) sometime(() => invite(world, newcomer));
  for (const villain of world.villains) callOften(world, villain);
}

/** Two or three people write of one observation before they can know of each other. */
function noteAtOnce(world: World, work: Work): void {
  const { ids } = world.ledger;
  if (ids.length === 0) return;
  const id = world.chance.pick(ids);
  for (let i = 0; i < 3; i++) {
    const device = world.chance.pick(world.honest);
    const mayWrite = world.roles.get(device.id) !== "viewer";
    if (device.worker && mayWrite) work.note(device, id);
  }
}

function leaveFor(world: World, device: SimDevice, ms: number): void {
  device.switchOff();
  world.schedule.after(ms, () => device.switchOn());
}

function partFor(world: World, ms: number): void {
  const { chance, wires } = world;
  const count = 2 + chance.below(2);
  const ends = [...world.honest, ...world.villains];
  const islands = new Map(ends.map((end) => [end, chance.below(count)]));
  world.islands = islands;
  wires.cut(({ ends: [a, b] }) => !world.isReachable(a, b));
  world.schedule.after(ms, () => {
    if (world.islands === islands) world.islands = new Map();
  });
}

function readLateFor(world: World, device: SimDevice, ms: number): void {
  device.readsAfterMs = 100 + world.chance.below(1000);
  world.schedule.after(ms, () => device.readsAfterMs = 0);
}

/** Both called at once, or one did not know that the link was there. */
function linkAgain(world: World): void {
  const wires = [...world.wires.all];
  if (wires.length === 0) return;
  const [a, b] = world.chance.pick(wires).ends;
  if (world.isReachable(a, b)) world.connect(a, b);
}

/** Each device's place is one admin's concern: what two say at once may turn out either way. */
function planCrewChanges(
  world: World,
  work: Work,
  often: (times: number, run: () => void) => void,
): void {
  const { chance, honest, roles, newcomers } = world;
  const admins = honest.filter(({ id }) => roles.get(id) === "admin");
  const others = honest.filter((one) => !admins.includes(one) && !newcomers.includes(one));
  if (others.length === 0) return;
  const adminOf = new Map<DeviceId, SimDevice>(others.map(({ id }) => [id, chance.pick(admins)]));
  const subjects = others.slice(0, 3);
  often(world.trouble.crewChanges, () => {
    const device = chance.pick(subjects);
    const role = roles.get(device.id) as Role;
    const admin = adminOf.get(device.id);
    if (admin) work.place(admin, device, chance.is(0.5) ? "removed" : role);
  });
}

/** The founder makes an invite, and the newcomer takes it up. */
function invite(world: World, newcomer: SimDevice): void {
  const [founder] = world.honest;
  const again = () =>
    world.schedule.after(INVITES_AGAIN_MS, () => {
      if (!newcomer.worker?.membership.ticket) invite(world, newcomer);
    });
  if (!founder.worker || !newcomer.worker) return again();
  founder.run(async ({ membership }) => {
    world.ledger.invited.add(newcomer.id);
    const { code } = await membership.invite("sensor");
    const isIn = newcomer.worker?.replica.crew?.members.has(founder.id) ?? false;
    if (!newcomer.worker || newcomer.worker.membership.ticket || isIn) return again();
    newcomer.run(async ({ membership: theirs }) => {
      try {
        await theirs.take(code);
        world.invited.add(newcomer);
      } catch (thrown) {
        // by a clock that is days ahead
        const isLate = thrown instanceof FieldError && thrown.code === "invite-expired";
        if (!isLate) throw thrown;
      }
    });
    again();
  });
}

function callOften(world: World, villain: Villain): void {
  world.schedule.after(100 + world.chance.below(VILLAIN_CALLS_MS), () => {
    if (!villain.isOn) return;
    const device = world.chance.pick(world.honest);
    if (device.isOn && world.isReachable(villain, device)) world.connect(villain, device);
    callOften(world, villain);
  });
}
