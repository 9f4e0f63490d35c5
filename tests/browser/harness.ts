/**
 * A real Chromium and a real Firefox for tests. Everything ends by `await using`, also when a test fails:
 *
 *   await using browser = await launchChromium({ webgpu: true });
 *   await using site = await startSite();
 *   const tab = await browser.open(`${site.origin}/m/wgan-gp-mnist`);
 *   await tab.waitFor("the first sample", () => document.querySelector("canvas[data-drawn]") !== null);
 *   tab.assertQuiet();
 *
 * The site's Content-Security-Policy is never bypassed: it is part of what is tested.
 */
import puppeteer, { type Browser, type LaunchOptions } from "puppeteer-core";
import { type BrowserName, findBrowser } from "./executables.ts";
import { Tab } from "./tab.ts";

export { servePages } from "./serve_pages.ts";
export { startSite } from "./start_site.ts";
export { type Pixels, Tab } from "./tab.ts";

const LAUNCH_TIMEOUT_MS = 60_000;

export interface ChromiumOptions {
  /** Give pages a WebGPU adapter: SwiftShader, a software one. Without it `requestAdapter()` finds none. */
  webgpu?: boolean;
  /**
   * Let WebGPU draw on canvases: the whole browser then runs on SwiftShader. Without it, a canvas's
   * WebGPU context ends the GPU process.
   */
  webgpuCanvas?: boolean;
  /** What pages and their workers read from `navigator.hardwareConcurrency`. */
  hardwareConcurrency?: number;
  /** Have the visitor ask for reduced motion. */
  reducedMotion?: boolean;
}

export interface TestBrowser extends AsyncDisposable {
  readonly browser: Browser;
  /** A new tab at `url`, after its `load` event; without one, an empty tab. */
  open(url?: string): Promise<Tab>;
}

/** Starts Debian's Chromium (or the one in CHROMIUM) without a window and with an empty profile. */
export function launchChromium(options: ChromiumOptions = {}): Promise<TestBrowser> {
  const { webgpu = false, webgpuCanvas = false, reducedMotion = false } = options;
  const args = [
    "--no-sandbox", // CI runs as root, where Chromium's sandbox refuses to start
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-dev-shm-usage", // containers give /dev/shm 64 MB
    ...(webgpu
      ? ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]
      : ["--disable-features=WebGPU", "--disable-blink-features=WebGPU"]),
    ...(webgpuCanvas
      ? ["--enable-features=Vulkan", "--use-vulkan=swiftshader", "--use-angle=swiftshader"]
      : []),
    ...(reducedMotion ? ["--force-prefers-reduced-motion"] : []),
  ];
  return launch("chromium", { args }, options.hardwareConcurrency);
}

/** Starts Debian's Firefox ESR (or the one in FIREFOX) over WebDriver BiDi. It has no WebGPU on Linux. */
export function launchFirefox(): Promise<TestBrowser> {
  // Motion is welcome, whatever the machine's desktop says.
  return launch("firefox", { extraPrefsFirefox: { "ui.prefersReducedMotion": 0 } });
}

/** For tests that hold in both. */
export const BROWSERS = [["Chromium", launchChromium], ["Firefox", launchFirefox]] as const;

async function launch(
  name: BrowserName,
  options: Pick<LaunchOptions, "args" | "extraPrefsFirefox">,
  hardwareConcurrency?: number,
): Promise<TestBrowser> {
  const executablePath = findBrowser(name);
  if (executablePath === null) {
    const variable = name.toUpperCase();
    throw new Error(`No ${name} found in PATH: install it, or set ${variable} to its path`);
  }
  // The profile and what a browser writes beside it (crash reports, caches) go in one folder that is removed.
  const folder = await Deno.makeTempDir({ prefix: `ganlet-${name}-` });
  let browser: Browser;
  try {
    browser = await puppeteer.launch({
      browser: name === "chromium" ? "chrome" : "firefox",
      executablePath,
      headless: true,
      ...options,
      userDataDir: `${folder}/profile`,
      env: {
        ...Deno.env.toObject(),
        HOME: folder,
        XDG_CONFIG_HOME: folder,
        XDG_CACHE_HOME: folder,
        XDG_RUNTIME_DIR: folder,
      },
      timeout: LAUNCH_TIMEOUT_MS,
      protocolTimeout: LAUNCH_TIMEOUT_MS,
    });
  } catch (error) {
    await Deno.remove(folder, { recursive: true });
    throw new Error(`${executablePath} did not start`, { cause: error });
  }
  return {
    browser,
    async open(url) {
      const tab = await Tab.create(await browser.newPage(), { hardwareConcurrency });
      if (url !== undefined) await tab.goto(url);
      return tab;
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await removeFolder(folder);
    },
  };
}

/** A browser's last children may still write while it ends, so a folder that is not empty is tried again. */
async function removeFolder(folder: string): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      return await Deno.remove(folder, { recursive: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      if (attempt === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
