import assert from "node:assert/strict";
import { parseSwarmFlags, SwarmFlagError } from "./swarm_flags.ts";

Deno.test("parseSwarmFlags() reads each flag, in both forms, and has defaults", () => {
  const none = parseSwarmFlags([]);
  assert.deepEqual(
    [none.agents, none.seconds, none.loss, none.latencyMs, none.partition, none.seeds],
    [5, 60, 0.3, [5, 20], null, [7]],
  );
  const all =
    "--agents 3 --seconds=90 --loss .5 --latency 20..80 --partition 20..40.5 --seeds 1..4 --json";
  assert.deepEqual(parseSwarmFlags(all.split(" ")), {
    ...{ agents: 3, seconds: 90, loss: 0.5, latencyMs: [20, 80], partition: [20, 40.5] },
    ...{ seeds: [1, 2, 3, 4], json: true, help: false },
  });
});

Deno.test("parseSwarmFlags() says of a wrong flag which it is and what it takes", () => {
  const wrong: readonly [line: string, says: RegExp][] = [
    ["--agents 1", /--agents 1 is not a number from 2 to 8/],
    ["--agents 2.5", /--agents 2.5 is not a whole number/],
    ["--agents", /--agents needs a value/],
    ["--agents --json", /--agents needs a value/],
    ["--seconds 0", /--seconds 0 .* 1 to 3600/],
    ["--loss 1", /--loss 1 .* 0 to 0.95/],
    ["--loss much", /--loss much/],
    ["--latency 20..5", /--latency 20..5 .* rising .* --latency 5..20/],
    ["--partition 10", /--partition 10 is not two rising numbers from 0 to 60/],
    ["--partition 20..70", /0 to 60/],
    ["--partition 20..20", /lasts no time/],
    ["--seeds 1..2000", /at most 1000/],
    ["--seeds 1..2 --seed 3", /not both/],
    ["--seed -1", /--seed -1/],
    ["--colour red", /There is no --colour.*--help/],
    ["now", /There is no now/],
  ];
  for (const [line, says] of wrong) {
    const error = assertThrows(() => parseSwarmFlags(line.split(" ")));
    assert.match(error.message, says, line);
  }
});

function assertThrows(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    if (error instanceof SwarmFlagError) return error;
    throw error;
  }
  throw new Error("It was taken");
}
