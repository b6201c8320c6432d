/** Where the browsers are that the end-to-end tests drive, and how to get them on Debian. */

export type BrowserName = "chromium" | "firefox";

interface Known {
  /** Names a browser, before any other place. */
  readonly variable: string;
  readonly commands: readonly string[];
  readonly applications: readonly string[];
  readonly debianPackage: string;
}

const KNOWN: Readonly<Record<BrowserName, Known>> = {
  chromium: {
    variable: "CHROMIUM_PATH",
    commands: ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"],
    applications: [
      "/Applications/Chromium.app/Contents/MacOS/Chromium",
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ],
    debianPackage: "chromium",
  },
  firefox: {
    variable: "FIREFOX_PATH",
    commands: ["firefox-esr", "firefox"],
    applications: ["/Applications/Firefox.app/Contents/MacOS/firefox"],
    debianPackage: "firefox-esr",
  },
};

/** What is asked of the machine: passed in, so that the search is tested without one. */
export interface Machine {
  variable(name: string): string | undefined;
  isFile(path: string): boolean;
}

export const thisMachine: Machine = {
  variable: (name) => Deno.env.get(name),
  isFile(path) {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false; // absent, or not ours to see
    }
  },
};

/**
 * The browser's executable; undefined when there is none. A path named by `CHROMIUM_PATH` or
 * `FIREFOX_PATH` is the only one looked at; throws when nothing is there.
 */
export function findBrowser(
  name: BrowserName,
  machine: Machine = thisMachine,
): string | undefined {
  const { variable, commands, applications } = KNOWN[name];
  const named = machine.variable(variable);
  if (named) {
    if (machine.isFile(named)) return named;
    throw new Error(`Cannot use ${variable}: there is no file ${named}`);
  }
  const folders = (machine.variable("PATH") ?? "").split(":").filter((folder) => folder !== "");
  const places = commands.flatMap((command) => folders.map((folder) => `${folder}/${command}`));
  return [...places, ...applications].find((path) => machine.isFile(path));
}

/** As {@link findBrowser}; throws and says what to install when there is none. */
export function requireBrowser(name: BrowserName, machine: Machine = thisMachine): string {
  const path = findBrowser(name, machine);
  if (!path) throw new Error(howToInstall([name]));
  return path;
}

export function debianPackages(names: readonly BrowserName[]): string[] {
  return names.map((name) => KNOWN[name].debianPackage);
}

/** What a person without a browser has to do, as one message. */
export function howToInstall(names: readonly BrowserName[]): string {
  const variables = names.map((name) => `${KNOWN[name].variable}=/path/to/${name}`);
  return [
    `The end-to-end tests need ${names.join(" and ")}, not found on this machine.`,
    `  Debian, Ubuntu:  sudo apt-get install ${debianPackages(names).join(" ")}`,
    `  macOS:           brew install --cask ${names.join(" ")}`,
    `  elsewhere:       install it, then set ${variables.join(" ")}`,
    "  without them:    deno task test --no-browser (these tests then count as skipped)",
  ].join("\n");
}
