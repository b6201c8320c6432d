/** What an ONNX file may do to the compiler: be refused, or compiled. */
import assert from "node:assert/strict";
import { compileOnnx } from "../../kernels/compiler/compile.ts";
import type { CompileOptions } from "../../kernels/compiler/options.ts";
import type { ArenaBackend } from "../../kernels/plan_engine.ts";
import { decodePlan } from "../../kernels/plan_file.ts";

/** What `checkPlan` says of plans whose ops do not find what they read (kernels/check_operands.ts). */
const MISUSE = /lies on tensor|no op before has written/;

/** Throws where a file neither compiles to a plan that engines take nor is refused in words. */
export async function tryOnnx(
  file: Uint8Array,
  options: CompileOptions,
  backend: ArenaBackend,
): Promise<"refused" | "compiled"> {
  try {
    const { plan } = await compileOnnx(file, options, { backend });
    await decodePlan(plan);
    return "compiled";
  } catch (cause) {
    assertRefusal(cause);
    return "refused";
  }
}

/** An error in words; what lies behind it may only be the protobuf reader's, which has words of its own. */
function assertRefusal(cause: unknown): void {
  if (!(cause instanceof Error) || cause.constructor !== Error) throw cause;
  assert.match(cause.message, /^Cannot ./);
  assert.doesNotMatch(cause.message, MISUSE, "the compiler laid out the memory wrongly");
  if (/is damaged, or no ONNX file/.test(cause.message)) return;
  for (let inner = cause.cause; inner !== undefined; inner = innerOf(inner)) {
    const isPlain = inner instanceof Error && !(inner instanceof TypeError) &&
      !(inner instanceof RangeError) && !(inner instanceof WebAssembly.RuntimeError);
    if (!isPlain) throw inner;
  }
}

function innerOf(cause: unknown): unknown {
  return cause instanceof Error ? cause.cause : undefined;
}
