import { HELP, parseFlags } from "./flags.ts";
import { startHub } from "./hub.ts";
import { HubError } from "./hub_error.ts";
import { thisNetwork } from "./lan.ts";
import type { Routes } from "./state.ts";

/** What a program exits with that was interrupted (128 + SIGINT). */
const INTERRUPTED = 130;

/**
 * The hub as a command: from arguments to exit code. Serves until it is told to end, by SIGINT or
 * SIGTERM; a second one does not wait for anything.
 */
export async function runHub(
  args: readonly string[],
  { root, ...routes }: Routes & { readonly root: string },
): Promise<number> {
  try {
    const flags = parseFlags(args);
    if (flags.help) {
      console.log(HELP);
      return 0;
    }
    const end = endSignal();
    const hub = await startHub(flags, routes, {
      root,
      network: thisNetwork,
      now: new Date(),
      say: (text) => console.log(text),
      warn: (text) => console.error(`fieldmesh: ${text}`),
      color: Deno.stdout.isTerminal(),
    });
    await end;
    await hub.stop();
    return 0;
  } catch (error) {
    console.error(`fieldmesh: ${explain(error)}`);
    return 1;
  }
}

function explain(error: unknown): string {
  if (error instanceof HubError) return error.message;
  return `The hub cannot go on: ${error}. This is a bug: please report this line.`;
}

function endSignal(): Promise<void> {
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM"];
  return new Promise((resolve) => {
    let ending = false;
    const onSignal = () => {
      if (ending) Deno.exit(INTERRUPTED);
      ending = true;
      resolve();
    };
    for (const signal of signals) Deno.addSignalListener(signal, onSignal);
  });
}
