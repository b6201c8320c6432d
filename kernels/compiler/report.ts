import type { Plan, PlanOp, PlanPort } from "../plan.ts";

/** How near one output of an integer network is to that in fp32. */
export interface Agreement {
  readonly output: string;
  /** Signal to quantization noise, dB; null where nothing differs. */
  readonly signalToNoiseDb: number | null;
  /** Of the angle between the two, 1 where they point the same way. */
  readonly cosine: number;
  /** Largest difference of one element. */
  readonly maxError: number;
}

/** What a compilation has made. */
export interface Report {
  readonly name: string;
  readonly precision: Plan["precision"];
  readonly inputs: readonly Omit<PlanPort, "tensor">[];
  readonly outputs: readonly Omit<PlanPort, "tensor">[];
  /** How many of each op. */
  readonly ops: Readonly<Record<string, number>>;
  /** Multiplications of convolutions; padding counts. */
  readonly macs: number;
  readonly bytes: {
    readonly file: number;
    /** Weights and tables. */
    readonly data: number;
    readonly arena: number;
  };
  /** Over the calibration's samples; empty for fp32. */
  readonly agreement: readonly Agreement[];
}

export function reportOf(
  plan: Plan,
  fileBytes: number,
  agreement: readonly Agreement[],
): Report {
  const strip = ({ name, shape }: PlanPort) => ({ name, shape });
  return {
    name: plan.provenance.name,
    precision: plan.precision,
    inputs: plan.inputs.map(strip),
    outputs: plan.outputs.map(strip),
    ops: countOps(plan.ops),
    macs: plan.ops.reduce((sum, op) => sum + macsOf(plan, op), 0),
    bytes: { file: fileBytes, data: plan.data.length, arena: plan.arenaBytes },
    agreement,
  };
}

export function countOps(ops: readonly PlanOp[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { op } of ops) counts[op] = (counts[op] ?? 0) + 1;
  return counts;
}

/** Multiplications that an op's weights take part in; taps on zeros between pixels do not count. */
export function macsOf({ tensors }: Pick<Plan, "tensors">, op: PlanOp): number {
  switch (op.op) {
    case "conv":
    case "conv_f32": {
      const { height, width, channels } = tensors[op.output];
      const taps = op.kernel[0] * op.kernel[1] / (op.upsample[0] * op.upsample[1]);
      return Math.round(
        height * width * channels * taps * tensors[op.input].channels / op.groups,
      );
    }
    case "depthwise": {
      const { height, width, channels } = tensors[op.output];
      return height * width * channels * op.kernel[0] * op.kernel[1];
    }
    default:
      return 0;
  }
}

/** A report in words. */
export function reportInWords(report: Report): string {
  const { name, precision, ops, macs, bytes } = report;
  const counts = Object.entries(ops).map(([op, count]) => `${count} ${op}`).join(", ");
  return [
    `${name}, ${precision}`,
    ...report.inputs.map((port) => `  input   ${portInWords(port)}`),
    ...report.outputs.map((port) => `  output  ${portInWords(port)}`),
    `  ops     ${counts}`,
    `  MACs    ${(macs / 1e6).toFixed(1)} M`,
    `  bytes   ${inMebibytes(bytes.file)} file, of it ${
      inMebibytes(bytes.data)
    } weights and tables; ${inMebibytes(bytes.arena)} arena`,
    ...report.agreement.map(agreementInWords),
  ].join("\n");
}

function agreementInWords({ output, signalToNoiseDb, cosine, maxError }: Agreement): string {
  const ratio = signalToNoiseDb === null ? "exactly" : `${signalToNoiseDb.toFixed(1)} dB`;
  const largest = maxError.toPrecision(3);
  return `  agrees  ${output}: ${ratio}, cosine ${cosine.toFixed(5)}, largest error ${largest}`;
}

/** Name and shape; a frame's sizes may be any. */
export function portInWords({ name, shape }: Omit<PlanPort, "tensor">): string {
  return `${name} ${shape.map((size) => size === 0 ? "any" : size).join("×")}`;
}

export function inMebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(2)} MiB`;
}
