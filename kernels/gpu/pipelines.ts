/** From sources to pipelines: each combination of a shader and its constants is compiled once a device. */
import type { Dispatch } from "./gpu_op.ts";
import { STAGE_COMPUTE } from "./webgpu_flags.ts";

/** WGSL by its path in `kernels/`, without `.wgsl`. */
export type ShaderSources = Readonly<Record<string, string>>;

/** The bindings of every shader; `memory.wgsl` and `loads.wgsl` name them. */
const READ_WRITE = [0, 4];
const READ_ONLY = [1, 3];
const UNIFORM = 2;

export class Pipelines {
  readonly #device: GPUDevice;
  readonly #sources: ShaderSources;
  readonly #packedDot: boolean;
  readonly #made = new Map<string, Promise<GPUComputePipeline>>();
  readonly bindGroupLayout: GPUBindGroupLayout;
  readonly #layout: GPUPipelineLayout;

  constructor(device: GPUDevice, sources: ShaderSources, packedDot: boolean) {
    this.#device = device;
    this.#sources = sources;
    this.#packedDot = packedDot;
    this.bindGroupLayout = device.createBindGroupLayout({ entries: bindings() });
    this.#layout = device.createPipelineLayout({ bindGroupLayouts: [this.bindGroupLayout] });
  }

  /** Throws with the compiler's words where the device refuses the shader. */
  async of(dispatch: Dispatch): Promise<GPUComputePipeline> {
    const code = this.#codeOf(dispatch);
    const known = this.#made.get(code);
    if (known) return await known;
    const made = this.#compile(dispatch.shader, code);
    this.#made.set(code, made);
    return await made;
  }

  async #compile(label: string, code: string): Promise<GPUComputePipeline> {
    this.#device.pushErrorScope("validation");
    const module = this.#device.createShaderModule({ label, code });
    const refused = await this.#device.popErrorScope();
    if (refused) throw new Error(`the shader ${label} is refused: ${refused.message}`);
    return await this.#device.createComputePipelineAsync({
      label,
      layout: this.#layout,
      compute: { module, entryPoint: "main" },
    });
  }

  #codeOf({ shader, constants = {}, sharesWords, packedDot = true }: Dispatch): string {
    const isPacked = this.#packedDot && packedDot;
    return [
      isPacked ? "requires packed_4x8_integer_dot_product;" : "",
      ...Object.entries(constants).map(([name, value]) => `const ${name} = ${literal(value)};`),
      this.#source(sharesWords ? "gpu/memory_shared" : "gpu/memory"),
      this.#source("gpu/loads"),
      this.#source("gpu/requantize"),
      this.#source("gpu/multiply_f32"),
      this.#source("activation_f32/activation_f32"),
      this.#source(isPacked ? "gpu/dot_packed" : "gpu/dot_plain"),
      this.#source(shader),
    ].join("\n");
  }

  #source(path: string): string {
    const source = this.#sources[path];
    if (source === undefined) throw new Error(`Cannot load the shaders: ${path} is missing`);
    return source;
  }
}

function literal(value: number | boolean): string {
  return typeof value === "boolean" ? String(value) : `${value}u`;
}

function bindings(): GPUBindGroupLayoutEntry[] {
  const entry = (binding: number, buffer: GPUBufferBindingLayout) => ({
    binding,
    visibility: STAGE_COMPUTE,
    buffer,
  });
  return [
    ...READ_WRITE.map((binding) => entry(binding, { type: "storage" })),
    ...READ_ONLY.map((binding) => entry(binding, { type: "read-only-storage" })),
    entry(UNIFORM, { type: "uniform", hasDynamicOffset: true }),
  ];
}
