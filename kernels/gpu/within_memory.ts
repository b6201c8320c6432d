/** What `create` makes of buffers. Throws when the device has no room for them, or refuses them. */
export async function withinMemory<T>(device: GPUDevice, create: () => T): Promise<T> {
  device.pushErrorScope("validation");
  device.pushErrorScope("out-of-memory");
  let made: { readonly value: T } | { readonly thrown: unknown };
  try {
    made = { value: create() };
  } catch (thrown) {
    made = { thrown };
  }
  const full = await device.popErrorScope();
  const refused = await device.popErrorScope();
  if (full) throw new Error(`Cannot run: the GPU is out of memory (${full.message})`);
  if (refused) throw new Error(`Cannot run: the GPU refuses the buffers (${refused.message})`);
  if ("thrown" in made) throw made.thrown;
  return made.value;
}
