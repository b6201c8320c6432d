/** Installs packages with apt-get; does nothing where that cannot be: elsewhere than as root on Debian. */
export async function installOnDebian(packages: readonly string[]): Promise<void> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return;
  console.log(`Installing ${packages.join(" and ")} with apt-get: this takes a minute or two.`);
  for (const step of [["update"], ["install", "--yes", "--no-install-recommends", ...packages]]) {
    if (!await aptGet(step)) return;
  }
}

/** Its output is a long log, so it is shown only when it failed. */
async function aptGet(args: readonly string[]): Promise<boolean> {
  try {
    const { success, stdout, stderr } = await new Deno.Command("apt-get", {
      args: ["--quiet", ...args],
      env: { DEBIAN_FRONTEND: "noninteractive" },
      stdin: "null",
    }).output();
    if (!success) {
      console.error(
        `${text(stdout)}${text(stderr)}apt-get ${args.join(" ")} failed, as told above.`,
      );
    }
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false; // not a Debian
    throw error;
  }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
