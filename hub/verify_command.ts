import { type BundleVerdict, verifyBundle } from "../field/bundle/verify_bundle.ts";
import { readyAutomerge } from "./automerge.ts";
import { verdictText } from "./verdict_text.ts";

const HELP = `Checks a bundle (*.fieldmesh): every record, signature, chain, role and picture in it.

  deno task verify <bundle> [--json]

Exit code 0: all holds. 1: something does not, or the file cannot be read. 2: wrong usage.`;

const GOOD = 0;
const FAULTY = 1;
const MISUSED = 2;

/** What a command says on its two streams. */
export interface Voice {
  readonly say: (text: string) => void;
  readonly warn: (text: string) => void;
}

/** `deno task verify`: from arguments to exit code. */
export async function runVerify(args: readonly string[], { say, warn }: Voice): Promise<number> {
  const flags = args.filter((arg) => arg.startsWith("-"));
  const [path, ...more] = args.filter((arg) => !arg.startsWith("-"));
  if (flags.includes("--help") || flags.includes("-h")) {
    say(HELP);
    return GOOD;
  }
  if (path === undefined || more.length > 0 || flags.some((flag) => flag !== "--json")) {
    warn(HELP);
    return MISUSED;
  }
  const verdict = await verifyFile(path).catch((cause) => {
    warn(`Cannot read ${path}: ${cause instanceof Error ? cause.message : cause}`);
    return null;
  });
  if (!verdict) return FAULTY;
  say(flags.includes("--json") ? JSON.stringify(verdict, null, 2) : verdictText(path, verdict));
  return verdict.ok ? GOOD : FAULTY;
}

async function verifyFile(path: string): Promise<BundleVerdict> {
  using file = await Deno.open(path);
  await readyAutomerge();
  return await verifyBundle(file.readable);
}
