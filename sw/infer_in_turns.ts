import type { Frame } from "../models/model.ts";
import type { BatchInference, EngineHost } from "./engine_host.ts";

export interface TurnPorts {
  readonly engine: Pick<EngineHost, "inferBatch" | "mostAtOnce">;
  /** Resolves when what else the worker was asked for has had its turn: an inference blocks all of it. */
  readonly othersFirst: () => Promise<void>;
}

/**
 * What is in many frames, all by one model: as many at once as is worth it, and others' calls and frames in between.
 * Rejects as {@link EngineHost.inferBatch} does, then for all of them.
 */
export async function inferInTurns(
  frames: readonly Frame[],
  { engine, othersFirst }: TurnPorts,
): Promise<BatchInference> {
  await othersFirst();
  let done = await engine.inferBatch(frames.slice(0, engine.mostAtOnce));
  while (done.detections.length < frames.length) {
    await othersFirst();
    const from = done.detections.length;
    const next = await engine.inferBatch(frames.slice(from, from + engine.mostAtOnce));
    // another model was chosen in between: it looks at all of them
    if (next.model.sha256 !== done.model.sha256) {
      return await inferInTurns(frames, { engine, othersFirst });
    }
    done = joined(done, next);
  }
  return done;
}

function joined(one: BatchInference, next: BatchInference): BatchInference {
  return {
    detections: [...one.detections, ...next.detections],
    ms: one.ms + next.ms,
    model: one.model,
  };
}
