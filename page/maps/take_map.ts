import type { KeptMap, MapProblem } from "./map_archive.ts";
import type { MapEngine } from "./load_map_engine.ts";

/** What is being done with a file that was chosen. */
export type TakeStep = "bringing" | "checking" | "keeping";

export interface TakePorts {
  readonly loadEngine: () => Promise<Pick<MapEngine, "readArchive">>;
  /** Resolves when the map is on disk, in place of the one before. */
  readonly keep: (map: KeptMap) => Promise<void>;
  /** Bytes that the browser would still store; undefined where it does not say. */
  readonly room: () => Promise<number | undefined>;
  /** ms since the epoch. */
  readonly nowMs: () => number;
  readonly onStep: (step: TakeStep) => void;
  readonly bytes: (count: number) => string;
}

/** Takes a file in as this device's map: checked first, and kept when this resolves with it. */
export async function takeMap(file: File, ports: TakePorts): Promise<KeptMap | MapProblem> {
  ports.onStep("bringing");
  const engine = await ports.loadEngine().catch(() => null);
  if (!engine) return { problem: NO_ENGINE };
  ports.onStep("checking");
  const archive = await engine.readArchive(file).catch(unreadable);
  if ("problem" in archive) return archive;
  ports.onStep("keeping");
  const map = { archive, name: file.name, file, keptAtMs: ports.nowMs() };
  try {
    await ports.keep(map);
  } catch (thrown) {
    return await notKept(thrown, file.size, ports);
  }
  return map;
}

export const NO_ENGINE =
  "What draws maps (1.6 MB) is not on this device, and the hub cannot be reached to fetch it. Try again once the hub is there: it is kept from then on.";

function unreadable(thrown: unknown): MapProblem {
  return {
    problem: `The browser cannot read it (${
      nameOf(thrown)
    }). It may have been moved, or lie in a cloud: put it on this device and choose it again.`,
  };
}

async function notKept(thrown: unknown, size: number, ports: TakePorts): Promise<MapProblem> {
  if (nameOf(thrown) !== "QuotaExceededError") {
    return {
      problem: `The browser did not store it (${
        nameOf(thrown)
      }). A private window stores no files: open the app in a normal one.`,
    };
  }
  const room = await ports.room().catch(() => undefined);
  // browsers answer roughly, and from memory: what would say that there is room says nothing
  const left = room === undefined || room >= size
    ? ""
    : `, and the browser gives this app ${ports.bytes(room)} more`;
  return {
    problem: `There is no room: it needs ${
      ports.bytes(size)
    }${left}. Choose a map of a smaller part of the earth, or free storage. Nothing that was saved is lost.`,
  };
}

function nameOf(thrown: unknown): string {
  return thrown instanceof Error || thrown instanceof DOMException ? thrown.name : String(thrown);
}
