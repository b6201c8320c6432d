import { DiskStore } from "./disk_store.ts";
import { MemoryDisk } from "./memory_disk.ts";

/** A store without a disk: for tests and the simulator, where "durable" is what the test says it is. */
export class MemoryStore extends DiskStore {
  constructor() {
    super(new MemoryDisk());
  }
}
