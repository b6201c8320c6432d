/** What must hold of a crew that is whole again and quiet, on values. Throws `Broken` with what does not. */
import { equalBytes } from "../../../field/bytes.ts";
import { type Crew } from "../../../field/feed/crew.ts";
import type { NotedObservation, Observation } from "../../../field/observation.ts";
import type { DeviceId } from "../../../field/observation.ts";
import { STRANGER_CALLED } from "../../../field/sync/gatekeeper.ts";
import { MOST_INCIDENTS } from "../../../field/sync/incidents.ts";
import { MOST_QUARANTINED, type Store } from "../../../field/store/store.ts";
import { Broken } from "../check_device.ts";
import type { CrewLedger, DeviceLedger } from "./crew_ledger.ts";
import type { SimDevice, Worker } from "./device.ts";
import { holdingNotes, type Told, toldBy } from "./told.ts";

export interface Crewmates {
  readonly founder: DeviceId;
  /** All honest devices, those that were removed too. */
  readonly honest: readonly SimDevice[];
  readonly ledger: CrewLedger;
}

const PAGE = 200;

/** Everything. Returns what all members show, as one text. */
export async function checkNetwork({ founder, honest, ledger }: Crewmates): Promise<string> {
  const stores = new Map(honest.map((device) => [device.id, storeOf(device)]));
  const told = new Map<DeviceId, Told>();
  for (const [id, store] of stores) {
    told.set(id, await toldBy(store, id));
    checkOwn(told.get(id) as Told, ledger.of(id), id);
    for (const hash of ledger.of(id).pictures) {
      must(await store.blob(hash) !== null, () => `lost on ${id.slice(0, 8)}: picture ${hash}`);
    }
  }
  const shownOf = new Map(told);
  const crew = crewOf(honest.find(({ id }) => id === founder));
  checkCrew(crew, ledger);
  const members = honest.filter(({ id }) => crew.members.has(id));
  for (const [id, { through }] of crew.removed) {
    const store = stores.get(id);
    // what went on after the end is shown as it was before
    if (store) shownOf.set(id, await toldBy(store, id, through));
  }
  const expected = expectedBy(crew, shownOf);
  let shown = "";
  for (const member of members) {
    must(isSameCrew(crewOf(member), crew), () => `${member.name} knows another crew`);
    await checkFeeds(member, crew, told);
    shown = await checkList(member, expected, new Set(stores.keys()));
    await checkPictures(member, members);
    await checkBounds(member, crew, stores);
  }
  const [verified] = members;
  const { faults } = await workerOf(verified).replica.verify();
  must(faults.length === 0, () => `a feed does not verify: ${JSON.stringify(faults[0])}`);
  return shown;
}

/** All that this device's user was told is saved is on its disk, as it was made. At any time. */
export function checkOwn(told: Told, { observations, edits, name }: DeviceLedger, id: DeviceId) {
  const who = id.slice(0, 8);
  for (const [one, { saved, made }] of observations) {
    const found = told.observations.get(one)?.one;
    must(saved === 0 || found !== undefined, () => `lost on ${who}: observation ${one}`);
    if (!found) continue;
    must(found.frames >= saved, () => `${one} fell back to frame ${found.frames} on ${who}`);
    must(
      made.some((record) => isSame(record, found)),
      () => `never made by ${who}: ${JSON.stringify(found)}, but ${JSON.stringify(made)}`,
    );
  }
  for (const one of told.observations.keys()) {
    must(observations.has(one), () => `nobody made ${one}, which the feed of ${who} tells of`);
  }
  for (const edit of edits) {
    const isThere = told.edits.some(({ edit: { observation, field, value } }) =>
      observation === edit.observation && field === edit.field && value === edit.value
    );
    must(isThere, () => `lost on ${who}: note ${edit.field} of ${edit.observation}`);
  }
  must(name.allow(told.name), () => `${who} is called ${told.name}`);
}

interface Expected {
  readonly observations: ReadonlyMap<string, Observation>;
  /** By observation. */
  readonly notes: ReadonlyMap<string, string>;
}

/** What every member is to show: all that honest devices told, of removed ones up to there. */
function expectedBy(crew: Crew, told: ReadonlyMap<DeviceId, Told>): Expected {
  const observations = new Map<string, Observation>();
  const edits = [...told].flatMap(([device, { edits }]) =>
    edits.flatMap(({ seq, edit }) => seq <= endOf(crew, device) ? edit : [])
  );
  for (const [device, { observations: all }] of told) {
    const end = endOf(crew, device);
    for (const [id, { seq, one }] of all) if (seq <= end) observations.set(id, one);
  }
  return { observations, notes: holdingNotes(edits) };
}

function endOf(crew: Crew, device: DeviceId): number {
  return crew.members.has(device) ? Infinity : crew.removed.get(device)?.through ?? 0;
}

function checkCrew(crew: Crew, ledger: CrewLedger): void {
  for (const [device, place] of ledger.places) {
    const found = crew.members.get(device)?.role ??
      (crew.removed.has(device) ? "removed" : "stranger");
    must(place.allow(found), () => `the crew's word on ${device.slice(0, 8)} is ${found}`);
  }
  for (const device of crew.members.keys()) {
    must(
      device === crew.founder || ledger.places.has(device) || ledger.invited.has(device),
      () => `${device.slice(0, 8)} is a member, and nobody admitted it`,
    );
  }
}

/** Byte for byte what the authors have on their own disks, and no less. */
async function checkFeeds(
  member: SimDevice,
  crew: Crew,
  told: ReadonlyMap<DeviceId, Told>,
): Promise<void> {
  for (const [device, { entries }] of told) {
    const end = endOf(crew, device);
    const here = await storeOf(member).entriesAfter(device, 0, Number.MAX_SAFE_INTEGER);
    const due = entries.filter(({ seq }) => seq <= end);
    must(
      here.length >= due.length,
      () => `${member.name} has ${here.length} of ${due.length} of ${device.slice(0, 8)}`,
    );
    for (const [i, { bytes, seq }] of here.entries()) {
      const genuine = entries.at(i);
      must(
        genuine?.seq === seq && equalBytes(genuine.bytes, bytes),
        () => `forged: entry ${seq} of ${device.slice(0, 8)} on ${member.name}`,
      );
    }
    const head = workerOf(member).replica.headOf(device);
    must(
      head?.quarantined === undefined,
      () => `${member.name} quarantined the honest ${device.slice(0, 8)}: ${head?.quarantined}`,
    );
  }
}

/** What the user is shown. Returns it. */
async function checkList(
  member: SimDevice,
  expected: Expected,
  honest: ReadonlySet<DeviceId>,
): Promise<string> {
  const store = storeOf(member);
  const listed = (await allObservations(store)).filter(({ device }) => honest.has(device));
  const byId = new Map(listed.map((one) => [one.id, one]));
  must(byId.size === listed.length, () => `${member.name} lists an observation twice`);
  for (const [id, one] of expected.observations) {
    const found = byId.get(id);
    must(found !== undefined, () => `${member.name} does not list ${id}`);
    must(found !== undefined && isEqual(found, one), () => `${member.name} shows ${id} otherwise`);
  }
  const extra = listed.find(({ id }) => !expected.observations.has(id));
  must(!extra, () => `${member.name} lists ${extra?.id}, which is not to be seen`);
  for (const [id, notes] of expected.notes) {
    if (!expected.observations.has(id)) continue;
    const here = holdingNotes(await store.edits(id)).get(id) ?? "";
    must(here === notes, () => `${member.name} notes of ${id}: ${here}; to be: ${notes}`);
    checkShown(byId.get(id), notes, member);
  }
  for (const one of listed) {
    const isBare = one.notes === undefined || expected.notes.has(one.id);
    must(isBare, () => `${member.name} shows notes of ${one.id} that nobody wrote`);
  }
  return [...expected.observations.keys()].sort().map((id) => `${id} ${expected.notes.get(id)}`)
    .join("\n");
}

/** The notes as the list shows them are those that hold. */
function checkShown(one: NotedObservation | undefined, notes: string, member: SimDevice): void {
  const { notes: shown } = one ?? {};
  const labels = (shown?.labels ?? []).map((label) => `label/${label}: true`);
  const said = [
    ...shown?.class === undefined ? [] : [`class: ${JSON.stringify(shown.class)}`],
    ...shown?.comment === undefined ? [] : [`comment: ${JSON.stringify(shown.comment)}`],
    ...shown?.star ? ["star: true"] : [],
    ...shown?.wrong ? ["wrong: true"] : [],
    ...labels,
  ].sort().join("\n");
  const due = notes.split("\n").filter((line) => !/: (false|null)$/.test(line)).join("\n");
  must(said === due, () => `${member.name} shows ${said} of ${one?.id}; to be: ${due}`);
}

/** What records speak of is here, unless no member has it. */
async function checkPictures(member: SimDevice, members: readonly SimDevice[]): Promise<void> {
  for (const hash of await storeOf(member).wanted(PAGE)) {
    for (const other of members) {
      const blob = await storeOf(other).blob(hash);
      must(!blob, () => `${member.name} lacks picture ${hash}, which ${other.name} has`);
    }
  }
}

/** What peers can fill is bounded, and no honest device is blamed. */
async function checkBounds(
  member: SimDevice,
  crew: Crew,
  honest: ReadonlyMap<DeviceId, Store>,
): Promise<void> {
  const { store, node } = workerOf(member);
  const kept = await store.countQuarantined();
  must(kept <= MOST_QUARANTINED, () => `${member.name} keeps ${kept} bad entries`);
  must(node.incidents.length <= MOST_INCIDENTS, () => `${member.name} keeps too many incidents`);
  for (const { kind, device, message } of node.incidents) {
    if (device === undefined || !honest.has(device)) continue;
    // who was put out, or whose invite had expired, may have called: that is said, and true
    const isTrue = kind === "revoked" || message === STRANGER_CALLED && !crew.members.has(device);
    must(isTrue, () => `${member.name} blames the honest ${device.slice(0, 8)}: ${message}`);
  }
}

async function allObservations(store: Store): Promise<NotedObservation[]> {
  const listed: NotedObservation[] = [];
  for (;;) {
    const before = listed.at(-1)?.id;
    const page = await store.observations({
      limit: PAGE,
      ...(before === undefined ? {} : { before }),
    });
    listed.push(...page);
    if (page.length < PAGE) return listed;
  }
}

/** As it was made, in the record's steps. */
function isSame(a: Observation, b: Observation): boolean {
  const isNear = (x: number, y: number) => Math.abs(x - y) <= 0.001;
  return a.device === b.device && a.label === b.label && a.frames === b.frames &&
    a.open === b.open && a.first === b.first && a.last === b.last && a.source === b.source &&
    a.thumb === b.thumb && isNear(a.score, b.score) && isNear(a.box.x, b.box.x) &&
    isNear(a.box.y, b.box.y) && isNear(a.box.width, b.box.width) &&
    isNear(a.box.height, b.box.height) && a.model.id === b.model.id;
}

/** To the last bit, but for the notes. */
function isEqual({ notes: _, ...a }: NotedObservation, b: Observation): boolean {
  return textOf(a) === textOf(b);
}

function textOf(one: Observation): string {
  return JSON.stringify(Object.entries(one).sort(([a], [b]) => a < b ? -1 : 1));
}

function isSameCrew(a: Crew, b: Crew): boolean {
  const words = ({ founder, members, removed }: Crew) =>
    JSON.stringify([
      founder,
      [...members].map(([device, { role }]) => `${device} ${role}`).sort(),
      [...removed].map(([device, { through }]) => `${device} ${through}`).sort(),
    ]);
  return words(a) === words(b);
}

function crewOf(device: SimDevice | undefined): Crew {
  const crew = device?.worker?.replica.crew;
  if (!crew) throw new Broken(`${device?.name} is in no crew`);
  return crew;
}

function storeOf(device: SimDevice): Store {
  return workerOf(device).store;
}

function workerOf(device: SimDevice): Worker {
  if (!device.worker) throw new Broken(`${device.name} does not start`);
  return device.worker;
}

function must(holds: boolean, what: () => string): void {
  if (!holds) throw new Broken(what());
}
