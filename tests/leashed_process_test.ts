import assert from "node:assert/strict";
import { LeashedProcess } from "./leashed_process.ts";
import { waitFor } from "./wait_for.ts";

const SHELL_WITH_CHILD = "sleep 60 & echo child $!; wait";

Deno.test("line() finds what the process prints", async () => {
  await using process = new LeashedProcess("echo", "sh", ["-c", "echo ready: 42; sleep 60"]);
  const [, number] = await process.line(/ready: (\d+)/, { withinMs: 5_000 });
  assert.equal(number, "42");
});

Deno.test("line() throws with what was printed when the process ends without it", async () => {
  await using process = new LeashedProcess("echo", "sh", ["-c", "echo no such port >&2; exit 3"]);
  await assert.rejects(
    process.line(/ready/, { withinMs: 5_000 }),
    /until its end with code 3[^]*no such port/,
  );
});

Deno.test("kill() ends the whole group, children of children too", async () => {
  const process = new LeashedProcess("shell", "sh", ["-c", SHELL_WITH_CHILD]);
  const [, child] = await process.line(/child (\d+)/, { withinMs: 5_000 });
  await process.kill();
  await untilGone(Number(child)); // it lets go of its pipes a moment before it counts as ended
});

Deno.test("interrupt() lets the process end in its own way", async () => {
  await using process = new LeashedProcess("trap", "sh", [
    "-c",
    "trap 'exit 7' INT; echo on; while :; do sleep 0.05; done",
  ]);
  await process.line(/on/, { withinMs: 5_000 });
  assert.equal((await process.interrupt({ withinMs: 5_000 })).code, 7);
});

Deno.test("interrupt() kills what does not end in time", async () => {
  await using process = new LeashedProcess("deaf", "sh", [
    "-c",
    "trap '' INT; echo on; while :; do sleep 0.05; done",
  ]);
  await process.line(/on/, { withinMs: 5_000 });
  assert.equal((await process.interrupt({ withinMs: 200 })).signal, "SIGKILL");
});

Deno.test("a leashed process ends when its owner is killed", async () => {
  const module = import.meta.resolve("./leashed_process.ts");
  const owner = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `import { LeashedProcess } from "${module}";
       const process = new LeashedProcess("orphan", "sleep", ["60"]);
       console.log(process.pid);
       await new Promise((resolve) => setTimeout(resolve, 60_000));`,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = owner.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await reader.read();
  const orphan = Number(value);
  assert.equal(await isRunning(orphan), true);
  owner.kill("SIGKILL");
  await owner.status;
  await reader.cancel();
  await untilGone(orphan);
});

function untilGone(pid: number): Promise<boolean> {
  return waitFor(`process ${pid} to be gone`, () => isRunning(pid), (running) => !running);
}

/** False for a zombie: it has ended, and only its parent has not yet looked. */
async function isRunning(pid: number): Promise<boolean> {
  const state = Deno.build.os === "linux" ? await stateInProc(pid) : await stateByPs(pid);
  return state !== "" && !state.startsWith("Z");
}

async function stateInProc(pid: number): Promise<string> {
  try {
    return (await Deno.readTextFile(`/proc/${pid}/stat`)).replace(/^.*\) /, "");
  } catch {
    return ""; // no such process
  }
}

async function stateByPs(pid: number): Promise<string> {
  const ps = new Deno.Command("ps", { args: ["-o", "stat=", "-p", String(pid)] });
  return new TextDecoder().decode((await ps.output()).stdout).trim();
}
