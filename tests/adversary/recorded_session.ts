/** What two honest devices said to each other, as bytes, and the disks from before: what the fuzz begins from. */
import { type Bytes, toHex } from "../../field/bytes.ts";
import { MemoryStore } from "../../field/store/memory_store.ts";
import { entriesOf, feedOf, NOW } from "../fixtures/replicas.ts";
import { join } from "../fixtures/sync_crew.ts";
import { type SyncDevice, thumbOf } from "../fixtures/sync_net.ts";
import { HostileNet } from "./hostile_net.ts";

export interface Recorded {
  /** Of one direction each, oldest first: from Mal while he was honest, and to him. */
  readonly fromMal: readonly Bytes[];
  readonly toMal: readonly Bytes[];
  /** All entries that anybody wrote, in hex. */
  readonly genuine: ReadonlySet<string>;
  /** Ann's and Bob's disks, as they were before. */
  readonly disks: readonly [SyncDevice, SyncDevice];
}

class RecordingNet extends HostileNet {
  readonly spoken: { readonly from: string; readonly bytes: Bytes }[] = [];

  override send(from: SyncDevice, id: string, bytes: Bytes): void {
    this.spoken.push({ from: from.name, bytes: bytes.slice() });
    super.send(from, id, bytes);
  }
}

/**
 * Mal meets a device that has what Ann has, with news on both sides, notes, names, pictures in many parts,
 * and fresh ones while they talk. Ann and Bob know nothing of it yet.
 */
export async function recordSession(): Promise<Recorded> {
  const net = new RecordingNet(4);
  const [ann, bob, mal] = [
    await net.device("ann"),
    await net.device("bob"),
    await net.device("mal"),
  ];
  for (const other of [bob, mal]) {
    await join(net, ann, other);
    net.cutAll();
    await net.settle([ann, other]);
    net.cutAll();
  }
  for (let n = 0; n < 6; n++) await ann.record(300 + n, await thumbOf(40 + n, 3000));
  await net.settle([ann, bob]);
  net.cutAll();
  const disks = [ann, await net.device("ann", await copyOf(ann))] as const;
  net.spoken.length = 0;
  await converse(net, mal, disks[1]);
  const by = (name: string) => net.spoken.flatMap(({ from, bytes }) => from === name ? bytes : []);
  const wire = [...await entriesOf(ann.store), ...await feedOf(mal.store, mal.id)];
  const genuine = new Set([...wire, ...await feedOf(bob.store, bob.id)].map(toHex));
  return { fromMal: by("mal"), toMal: by("ann"), genuine, disks: [ann, bob] };
}

async function converse(net: HostileNet, mal: SyncDevice, ann: SyncDevice): Promise<void> {
  for (let n = 0; n < 6; n++) {
    await mal.record(400 + n, await thumbOf(60 + n, n === 0 ? 100_000 : 3000));
  }
  const [seen] = await mal.store.observations({ limit: 1 });
  await mal.replica.note([{ observation: seen.id, field: "comment", value: "by the river" }]);
  await mal.replica.rename("Mal");
  ann.node.subscribe("sensor/#", () => {});
  await net.connect(ann, mal);
  await net.deliver();
  await net.pass(20_000);
  for (let n = 0; n < 3; n++) {
    await mal.record(NOW % 1000 + 500 + n, await thumbOf(80 + n, 2000));
    const bytes = Uint8Array.of(n);
    await mal.node.publish({ topic: "sensor/1/temperature", bytes, retain: true });
    await net.deliver();
  }
  await net.pass(20_000);
}

/** A disk with the same feeds, pictures and crew. */
export async function copyOf({ store }: SyncDevice): Promise<MemoryStore> {
  const copy = new MemoryStore();
  const entries = [];
  const heads = (await store.heads()).map((head) => ({ head, after: 0 }));
  for (const { head: { device } } of heads) {
    entries.push(...await store.entriesAfter(device, 0, 1e9));
  }
  const blobs = [];
  for (const { hash } of await store.mediaAfter(null, 1000)) {
    const blob = await store.blob(hash);
    if (blob) blobs.push(blob);
  }
  const settings = { crew: await store.setting("crew") };
  await copy.commit({ entries, heads, blobs, at: NOW, settings, indexIsWhole: false });
  return copy;
}
