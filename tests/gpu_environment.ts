/**
 * Variables for processes that use Deno's WebGPU: no OpenGL. Where there is nothing else it has an adapter
 * too, but on Mesa's in software the shaders of `conv` do not come to an end in minutes.
 */
export const GPU_ENVIRONMENT = { DENO_WEBGPU_BACKEND: "vulkan,metal,dx12" } as const;
