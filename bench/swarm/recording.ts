/** What five drones see of the swarm's scene in a minute, once for all who are compared: the real detector's answers. */
import { NO_RULES } from "../../field/decide/rule.ts";
import type { Detection } from "../../field/observation.ts";
import { DETECTION_MS, Swarm } from "../../field/swarm/swarm.ts";
import type { SeenFrame, SwarmDetector } from "../../field/swarm/swarm_options.ts";
import { SwarmScene } from "../../field/swarm/swarm_scene.ts";
import { defaultDetector } from "../../models/catalogue.ts";
import { loadedEngine } from "../../models/deno_engine.ts";
import { readyAutomerge } from "../../tests/fixtures/automerge.ts";
import { demoPictures } from "../../tests/fixtures/pictures.ts";

export const DRONES = 5;

export interface Recording {
  readonly seed: number;
  readonly scene: SwarmScene;
  /** In the order in which they are known, ms since the start; `atMs` of a frame is when it was taken. */
  readonly seen: readonly (SeenFrame & { readonly knownAtMs: number })[];
  /** Objects that were wholly in a frame, in order. */
  readonly whole: readonly { readonly drone: number; readonly atMs: number; readonly id: string }[];
}

/** Without rules no drone leaves its path: all who are compared see the same. */
export async function record(seed: number, seconds: number): Promise<Recording> {
  const pictures = await demoPictures();
  const scene = new SwarmScene(pictures, seed, DRONES);
  const engine = await loadedEngine(defaultDetector);
  const seen: SeenFrame[] = [];
  const whole: Recording["whole"][number][] = [];
  const detect: SwarmDetector = async (frames) => {
    for (const { corner, atMs, drone } of frames) {
      const shown = scene.shown(corner, atMs).filter(({ isWhole }) => isWhole);
      whole.push(...shown.map(({ id }) => ({ drone, atMs, id })));
    }
    const outputs = await engine.runBatch(frames.map((frame) => defaultDetector.prepare(frame)));
    return outputs.map((output, i): Detection[] => defaultDetector.decode(output, frames[i]));
  };
  const swarm = await Swarm.begin({
    ...{ seed, agents: DRONES, pictures, detect, automerge: readyAutomerge, rules: NO_RULES },
    onSeen: (frame) => seen.push(frame),
  });
  await swarm.run(seconds * 1000);
  swarm.end();
  await engine.dispose();
  return {
    ...{ seed, scene, whole },
    seen: seen.map((frame) => ({ ...frame, knownAtMs: frame.atMs + DETECTION_MS })),
  };
}
