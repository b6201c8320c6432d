import type { WorldCalls } from "../../field/world_messages.ts";
import type { AnswersTo } from "../answers_to.ts";
import { inferInTurns, type TurnPorts } from "../infer_in_turns.ts";
import type { WorldKeeper } from "./world_keeper.ts";

export interface WorldAnswersPorts extends TurnPorts {
  readonly world: () => WorldKeeper;
  /** Throws while a restored identity may write nothing. */
  readonly assertConfirmed: () => void;
  /** There may be a crew now that was not. */
  readonly onRuled: () => void;
}

/** What pages ask of the world. */
export function worldAnswers(ports: WorldAnswersPorts): AnswersTo<WorldCalls["kind"]> {
  const { world, assertConfirmed, onRuled } = ports;
  return {
    world: () => Promise.resolve(world().report()),
    "world-past": ({ fromMs }) => world().past(fromMs),
    "place-camera": async ({ camera }) => {
      await world().placeCamera(camera);
      return null;
    },
    "keep-rules": async ({ rules, origin }) => {
      assertConfirmed();
      await world().keepRules(rules, origin).finally(onRuled);
      return null;
    },
    "world-act": async ({ act }) => {
      assertConfirmed();
      await world().act(act);
      return null;
    },
    "infer-batch": ({ pictures }) => {
      const frames = pictures.map(({ width, height, rgba }) => ({
        ...{ width, height },
        data: new Uint8ClampedArray(rgba),
      }));
      return inferInTurns(frames, ports);
    },
  };
}
