/** What Deno's WebGPU runs on: a GPU's own driver, or Mesa's in software. */
import { installOnDebian } from "./debian.ts";
import { GPU_ENVIRONMENT } from "./gpu_environment.ts";

const DEBIAN_PACKAGES = ["mesa-vulkan-drivers", "libvulkan1"];
const ASK = "Deno.exit(await navigator.gpu?.requestAdapter() ? 0 : 1)";

/**
 * Gets a software adapter by apt-get as root where Deno finds none. Without one the tests that need it are
 * skipped: then it says so on stderr, and what to install.
 */
export async function ensureAdapter(): Promise<void> {
  if (await hasAdapter()) return;
  await installOnDebian(DEBIAN_PACKAGES);
  if (await hasAdapter()) return;
  console.error("There is no adapter for WebGPU: the tests that need one are skipped.");
  console.error(`  Debian, Ubuntu:  sudo apt-get install ${DEBIAN_PACKAGES.join(" ")}`);
}

/** Asked of a process of its own: drivers that come later are not seen by one that has looked for them. */
async function hasAdapter(): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", ASK],
    env: GPU_ENVIRONMENT,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}
