/** A hub as people start it, killed as a power cut would while its crew writes to it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { parseEntry } from "../field/feed/entry.ts";
import type { DeviceId } from "../field/observation.ts";
import { DiskStore } from "../field/store/disk_store.ts";
import { seededRandom } from "../tests/fixtures/devices.ts";
import { HubProcess } from "../tests/fixtures/hub_process.ts";
import { RelayDevice } from "../tests/fixtures/relay_device.ts";
import { thumbOf } from "../tests/fixtures/sync_net.ts";
import { TemporaryFolder } from "../tests/temporary_folder.ts";
import { SqliteDisk } from "./sqlite_disk.ts";

const KILLS = 10;

/** Entries 1, 2, … of a device that the hub's disk holds, each genuine and following the one before. */
async function entriesOnDisk(data: string, device: DeviceId): Promise<number> {
  const store = new DiskStore(new SqliteDisk(join(data, "member", "records.db")));
  try {
    let last = 0;
    for (const { bytes } of await store.entriesAfter(device, 0, Number.MAX_SAFE_INTEGER)) {
      const entry = await parseEntry(bytes);
      assert.equal(entry?.seq, last + 1, "an entry is missing");
      last++;
    }
    return last;
  } finally {
    store.close();
  }
}

Deno.test(`a hub killed ${KILLS} times while it receives has all that it acknowledged`, {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using files = await TemporaryFolder.make("member-kill");
  await using ann = await RelayDevice.named("ann");
  const data = join(files.path, "data");
  const picture = await thumbOf(1, 30_000);
  const chance = seededRandom(1);
  const { code } = await ann.membership.invite("sensor");
  let process = await HubProcess.start(data, 0, "--hub-of", code);
  try {
    ann.goOnline(process.url);
    let hub: DeviceId | undefined;
    await ann.until("the hub in the crew", () => {
      hub = [...ann.replica.crew?.members.keys() ?? []].find((id) => id !== ann.id);
      return hub !== undefined && ann.node.connected.has(hub);
    });
    assert.ok(hub);
    const hubId = hub;

    let recorded = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const before = ann.ackedBy(hubId);
      const few = 1 + chance(1)[0] % 40;
      await ann.until("news at the hub", () => ann.node.connected.has(hubId));
      let isOver = false;
      const recording = (async () => {
        while (!isOver) {
          await ann.record(recorded++, 1, picture);
          await new Promise((resolve) => setTimeout(resolve)); // as a worker's turns do
        }
      })();
      await ann.until("some acknowledged", () => ann.ackedBy(hubId) >= before + few);
      await process.kill();
      isOver = true;
      await recording;
      const acked = ann.ackedBy(hubId);
      const kept = await entriesOnDisk(data, ann.id);
      assert.ok(kept >= acked, `${acked} acknowledged, ${kept} on disk after kill ${kill + 1}`);
      process = await HubProcess.start(data, process.port);
    }
    await ann.until("all at the hub", () => ann.ackedBy(hubId) === ann.replica.headOf(ann.id)?.seq);
    assert.equal(await entriesOnDisk(data, ann.id), ann.replica.headOf(ann.id)?.seq);
    await process.stop();
  } finally {
    await process.kill();
  }
});
