import { median, type Row, row } from "./row.ts";
import { newDevice, record, storedBytes } from "./two_devices.ts";

const RUNS = 5;

/** What 10,000 observations cost to sign, chain and encode (memory store: the disk's share is not in it), and their size. */
export async function journal(): Promise<Row[]> {
  await record(await newDevice(), 1000);
  const times: number[] = [];
  let bytes = { all: 0, unproved: 0 };
  for (let run = 0; run < RUNS; run++) {
    const device = await newDevice();
    const start = performance.now();
    await record(device, 10_000);
    times.push(performance.now() - start);
    bytes = await storedBytes(device);
  }
  return [
    row("journal", "feed-10000-ms", median(times), "ms"),
    row("journal", "stored-10000-bytes", bytes.unproved, "B"),
    row("journal", "stored-10000-bytes-with-proof", bytes.all, "B"),
  ];
}
