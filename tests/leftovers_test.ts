import assert from "node:assert/strict";
import { findLeftovers } from "./leftovers.ts";
import { LeashedProcess } from "./leashed_process.ts";

const onLinux = { ignore: Deno.build.os !== "linux" };

Deno.test("findLeftovers() finds a process that detached itself", onLinux, async () => {
  const run = crypto.randomUUID();
  const child = new Deno.Command("sh", {
    args: ["-c", "echo on; read -r word_that_never_comes"],
    env: { LEFTOVER_TEST: run },
    stdin: "piped",
    stdout: "piped",
    detached: true,
  }).spawn();
  try {
    // before it speaks it may still be a copy of this process, with this one's environment
    await child.stdout.getReader().read();
    const [leftover, ...more] = await findLeftovers("LEFTOVER_TEST", run, { withinMs: 1 });
    assert.equal(leftover.pid, child.pid);
    assert.match(leftover.command, /word_that_never_comes$/);
    assert.deepEqual(more, []);
  } finally {
    child.kill("SIGKILL");
    await child.status;
  }
});

Deno.test("findLeftovers() finds nothing after a leashed process was disposed of", async () => {
  const run = crypto.randomUUID();
  {
    await using process = new LeashedProcess("shell", "sh", ["-c", "sleep 60 & echo on; wait"], {
      env: { LEFTOVER_TEST: run },
    });
    await process.line(/on/, { withinMs: 5_000 });
  }
  assert.deepEqual(await findLeftovers("LEFTOVER_TEST", run), []);
});
