import * as Automerge from "@automerge/automerge/slim";
import { type Row, row } from "./row.ts";
import { meet, newCrew, record } from "./two_devices.ts";

/** Bytes on the link, both ways, handshake included; all state about the peer lost before each meeting. */
export async function sync(): Promise<Row[]> {
  const [a, b] = await newCrew();
  await record(a, 10_000);
  const cold = await meet(a, b);
  const nothingNew = await meet(a, b);
  await record(a, 100);
  await record(b, 100);
  const plus100 = await meet(a, b);
  const peer = automergeBytes();
  return [
    row("sync", "nothing-new-bytes", nothingNew, "B", {
      name: "automerge",
      value: peer.nothingNew,
    }),
    row("sync", "plus-100-bytes", plus100, "B", { name: "automerge", value: peer.plus100 }),
    row("sync", "cold-10000-bytes", cold, "B", { name: "automerge", value: peer.cold }),
  ];
}

interface Readings {
  readings: Record<string, number>;
}

/** Automerge's own sync on as many readings of one number each: less data than our observations. */
function automergeBytes(): { cold: number; nothingNew: number; plus100: number } {
  let a = Automerge.change(Automerge.init<Readings>(), (draft) => {
    draft.readings = {};
  });
  a = addReadings(a, "a", 10_000);
  let b = Automerge.init<Readings>();
  let cold: number, nothingNew: number, plus100: number;
  [a, b, cold] = meetByAutomerge(a, b);
  [a, b, nothingNew] = meetByAutomerge(a, b);
  [a, b, plus100] = meetByAutomerge(addReadings(a, "a2", 100), addReadings(b, "b", 100));
  return { cold, nothingNew, plus100 };
}

function addReadings(doc: Automerge.Doc<Readings>, prefix: string, count: number) {
  for (let i = 0; i < count; i++) {
    doc = Automerge.change(doc, (draft) => {
      draft.readings[`${prefix}${i}`] = i / 7;
    });
  }
  return doc;
}

function meetByAutomerge(
  a: Automerge.Doc<Readings>,
  b: Automerge.Doc<Readings>,
): [Automerge.Doc<Readings>, Automerge.Doc<Readings>, number] {
  let [stateA, stateB] = [Automerge.initSyncState(), Automerge.initSyncState()];
  let bytes = 0;
  for (;;) {
    const [nextA, toB] = Automerge.generateSyncMessage(a, stateA);
    const [nextB, toA] = Automerge.generateSyncMessage(b, stateB);
    [stateA, stateB] = [nextA, nextB];
    if (!toB && !toA) return [a, b, bytes];
    bytes += (toA?.length ?? 0) + (toB?.length ?? 0);
    if (toB) [b, stateB] = Automerge.receiveSyncMessage(b, stateB, toB);
    if (toA) [a, stateA] = Automerge.receiveSyncMessage(a, stateA, toA);
  }
}
