import process from "node:process";

/**
 * Milliseconds for which this thread has had a processor. What work costs is told by two of these:
 * unlike a clock's, they do not pass while other processes have their turn.
 */
export function processorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
