import type { Numbers } from "./plan_builder.ts";

/** What decoding ops read (plan.ts, HeadLevel): logits in 1/32. */
export const LOGITS: Numbers = { type: "i16", scale: 1 / 32, zero: 0 };
