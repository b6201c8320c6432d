/** Real browsers, started by ourselves so that a test can pull the plug on one. */
import puppeteer, { type Browser, type BrowserContext } from "puppeteer-core";
import { type BrowserName, requireBrowser } from "../browsers.ts";
import { LeashedProcess } from "../leashed_process.ts";
import { TemporaryFolder } from "../temporary_folder.ts";

const STARTS_WITHIN_MS = 60_000;
/** A page that does not answer in this time hangs; the longest real call is a join, of a minute. */
const ANSWERS_WITHIN_MS = 120_000;

const CHROMIUM_FLAGS = [
  "--headless=new",
  "--remote-debugging-port=0",
  "--log-level=3",
  "--no-first-run",
  "--no-default-browser-check",
  // Containers give /dev/shm 64 MB, too little for a page with frames.
  "--disable-dev-shm-usage",
  // Nothing may call home, update itself or ask the desktop for a key ring.
  "--disable-background-networking",
  "--disable-breakpad",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-domain-reliability",
  "--disable-extensions",
  "--disable-quic",
  "--disable-sync",
  "--metrics-recording-only",
  "--password-store=basic",
  "--use-mock-keychain",
  // Several windows at once, none on a screen: each must run as if it were looked at.
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
];

/** Chromium's further flags for a WebGPU adapter in software, in pages and workers. */
export const SOFTWARE_GPU: readonly string[] = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
];

const FIREFOX_PREFERENCES: Readonly<Record<string, boolean | number | string>> = {
  "app.normandy.enabled": false,
  "app.update.disabledForTesting": true,
  "browser.aboutConfig.showWarning": false,
  "browser.sessionstore.resume_from_crash": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "browser.startup.page": 0,
  "datareporting.policy.dataSubmissionEnabled": false,
  "dom.ipc.processPrelaunch.enabled": false,
  "media.gmp-manager.updateEnabled": false,
  "media.navigator.permission.disabled": true,
  "media.navigator.streams.fake": true,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,#remote-settings-dummy/v1",
  "toolkit.telemetry.enabled": false,
  // A killed profile would else be offered safe mode at the third start.
  "toolkit.startup.max_resumed_crashes": -1,
};

/** Ends Chromium's GPU process at once, as a driver does that fails; Chromium starts another. */
export async function crashGpuProcess(browser: Browser): Promise<void> {
  const session = await browser.target().createCDPSession();
  await session.send("Browser.crashGpuProcess");
  await session.detach();
}

export interface BrowserOptions {
  /** A profile folder that outlives the browser, to open it again; else one is made and removed. */
  readonly profile?: string;
  /** Chromium alone: further flags. */
  readonly args?: readonly string[];
  /** Chromium alone: with the machine's GPU, if it has one. */
  readonly withGpu?: boolean;
}

/** A running browser. Disposing kills it, with all its processes. */
export class RunningBrowser implements AsyncDisposable {
  readonly #process: LeashedProcess;
  readonly #ownProfile: TemporaryFolder | undefined;

  constructor(
    readonly puppeteer: Browser,
    process: LeashedProcess,
    ownProfile: TemporaryFolder | undefined,
  ) {
    this.#process = process;
    this.#ownProfile = ownProfile;
  }

  /** Storage, workers and permissions of its own: another device, as far as a site can tell. */
  newContext(): Promise<BrowserContext> {
    return this.puppeteer.createBrowserContext();
  }

  /** SIGKILL to every process of the browser at this instant: nothing gets to flush or say goodbye. */
  async kill(): Promise<void> {
    await this.#process.kill();
    await this.puppeteer.disconnect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.#ownProfile?.[Symbol.asyncDispose]();
  }
}

export function openChromium(options: BrowserOptions = {}): Promise<RunningBrowser> {
  return open("chromium", options, async (profile) => {
    // Chromium's sandbox refuses to run as root, as in a container.
    const rootOnly = Deno.uid() === 0 ? ["--no-sandbox"] : [];
    const args = [
      ...CHROMIUM_FLAGS,
      ...options.withGpu ? [] : ["--disable-gpu"],
      ...rootOnly,
      ...options.args ?? [],
      `--user-data-dir=${profile}`,
      "about:blank",
    ];
    const process = new LeashedProcess("chromium", requireBrowser("chromium"), args);
    return { process, endpoint: await endpointIn(process, /DevTools listening on (ws:\S+)/) };
  });
}

export function openFirefox(options: BrowserOptions = {}): Promise<RunningBrowser> {
  return open("firefox", options, async (profile) => {
    await Deno.writeTextFile(`${profile}/user.js`, userPreferences());
    const args = ["--headless", "--no-remote", "--remote-debugging-port=0", "--profile", profile];
    const process = new LeashedProcess("firefox", requireBrowser("firefox"), args);
    const listening = await endpointIn(process, /WebDriver BiDi listening on (ws:\S+)/);
    return { process, endpoint: `${listening}/session` };
  });
}

interface Started {
  readonly process: LeashedProcess;
  readonly endpoint: string;
}

async function open(
  name: BrowserName,
  { profile }: BrowserOptions,
  start: (profile: string) => Promise<Started>,
): Promise<RunningBrowser> {
  await using undo = new AsyncDisposableStack();
  const own = profile === undefined ? undo.use(await TemporaryFolder.make(name)) : undefined;
  const { process, endpoint } = await start(profile ?? own?.path ?? "");
  undo.use(process);
  const connection = await puppeteer.connect({
    browserWSEndpoint: endpoint,
    protocol: name === "firefox" ? "webDriverBiDi" : "cdp",
    protocolTimeout: ANSWERS_WITHIN_MS,
    defaultViewport: null,
    // A debugger on a service worker keeps it alive; ours must be free to die as for a user.
    targetFilter: (target) => target.type() !== "service_worker",
  });
  undo.move();
  return new RunningBrowser(connection, process, own);
}

async function endpointIn(process: LeashedProcess, pattern: RegExp): Promise<string> {
  try {
    return (await process.line(pattern, { withinMs: STARTS_WITHIN_MS }))[1];
  } catch (error) {
    await process.kill();
    throw error;
  }
}

function userPreferences(): string {
  return Object.entries(FIREFOX_PREFERENCES)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
    .join("");
}
