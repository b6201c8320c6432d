import { operandsOf } from "../op_operands.ts";
import type { Plan, PlanOp, PlanTensor, TensorIndex } from "../plan.ts";
import { countOps, inMebibytes, macsOf, portInWords } from "./report.ts";

/** What a plan holds, in words: where it comes from, what it takes and gives, its ops in order. */
export function planInWords(plan: Plan): string {
  const { provenance, precision, golden } = plan;
  const macs = plan.ops.reduce((sum, op) => sum + macsOf(plan, op), 0);
  const counts = Object.entries(countOps(plan.ops)).map(([op, count]) => `${count} ${op}`);
  return [
    `${provenance.name}, ${precision}, ${provenance.licence}`,
    ...provenance.notices.map((notice) => `  ${notice}`),
    `  from    ${provenance.source.file}, SHA-256 ${provenance.source.sha256}`,
    `  by      ${provenance.compiler}, calibrated on ${provenance.calibration.length} samples`,
    `  answer  ${golden.output} to seed ${golden.seed}`,
    ...plan.inputs.map((port) => `  input   ${portInWords(port)}`),
    ...plan.outputs.map((port) => `  output  ${portInWords(port)}`),
    `  ops     ${counts.join(", ")}`,
    `  MACs    ${(macs / 1e6).toFixed(1)} M`,
    `  bytes   ${inMebibytes(plan.data.length)} weights and tables, ${
      inMebibytes(plan.arenaBytes)
    } arena`,
    "",
    ...plan.ops.map((op, index) => opInWords(plan, op, index)),
  ].join("\n");
}

function opInWords(plan: Plan, op: PlanOp, index: number): string {
  const { reads, writes } = operandsOf(op);
  const from = [...new Set(reads)].map((read) => tensorInWords(plan, read)).join(" + ");
  const number = String(index).padStart(4);
  return `${number}  ${op.op}${detailOf(op)}  ${from} → ${tensorInWords(plan, writes)}`;
}

function detailOf(op: PlanOp): string {
  if (!("kernel" in op)) return "";
  const [height, width] = op.kernel;
  const isGrouped = (op.op === "conv" || op.op === "conv_f32") && op.groups > 1;
  return ` ${height}×${width}${isGrouped ? ` in ${op.groups} groups` : ""}`;
}

function tensorInWords({ tensors }: Plan, index: TensorIndex): string {
  const { name, type, height, width, channels, stride, offset }: PlanTensor = tensors[index];
  const part = stride === channels ? "" : ` of ${stride}`;
  return `${name} ${type} ${height}×${width}×${channels}${part} at ${offset}`;
}
