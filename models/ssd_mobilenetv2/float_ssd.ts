import { FloatInput } from "../float_input.ts";
import type { Detector } from "../model.ts";
import { IMAGE } from "./compile_options.ts";
import { decode } from "./decode.ts";
import { INPUT_SIZE } from "./output_format.ts";

/** Before and after the network that `build.ts` makes, in floats: the plan is measured by it. */
export function floatSsd(): Pick<Detector, "prepare" | "decode"> {
  const input = new FloatInput(INPUT_SIZE, IMAGE);
  return { prepare: (frame) => ({ image: input.of(frame) }), decode };
}
