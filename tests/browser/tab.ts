import assert from "node:assert/strict";
import type { CDPSession, ConsoleMessage, Page } from "puppeteer-core";

/** RGBA bytes, row by row, 4 * width * height of them. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8Array<ArrayBuffer>;
}

/** Also the default of `waitFor`: a first sample on a busy two-core machine takes seconds. */
const PAGE_TIMEOUT_MS = 45_000;
const VIOLATION = "Content-Security-Policy violation:";

// deno-lint-ignore no-explicit-any -- puppeteer's own signature: a page function takes what the caller passes
type PageFunction<Args extends any[], Result> = (...args: Args) => Result | Promise<Result>;

/** A page that remembers everything that went wrong on it. */
export class Tab {
  /** Console errors, uncaught exceptions, failed requests and policy violations, oldest first. */
  readonly problems: string[] = [];
  /** Every console line, `type: text`. */
  readonly consoleLines: string[] = [];

  private constructor(readonly page: Page) {}

  static async create(page: Page, options: { hardwareConcurrency?: number } = {}): Promise<Tab> {
    const tab = new Tab(page);
    page.setDefaultTimeout(PAGE_TIMEOUT_MS);
    page.on("console", (message) => tab.#onConsole(message));
    page.on("pageerror", (error) => tab.problems.push(`uncaught: ${(error as Error).stack}`));
    page.on("requestfailed", (request) => {
      tab.problems.push(`request failed: ${request.url()} (${request.failure()?.errorText})`);
    });
    // Chromium puts violations on its console and Firefox does not: both tell this listener.
    await page.evaluateOnNewDocument((prefix) => {
      addEventListener("securitypolicyviolation", (event) => {
        console.error(`${prefix} ${event.violatedDirective} forbids ${event.blockedURI}`);
      });
    }, VIOLATION);
    if (options.hardwareConcurrency !== undefined) {
      await overrideHardwareConcurrency(await page.createCDPSession(), options.hardwareConcurrency);
    }
    return tab;
  }

  /** The violations of the page's Content-Security-Policy among `problems`. */
  get policyViolations(): string[] {
    return this.problems.filter((line) => line.includes(VIOLATION));
  }

  /**
   * Goes to `url` and waits for its `load` event and, where scripts run, for its islands to come to life,
   * before which a click goes nowhere. An answer of 400 or more is no error here.
   */
  async goto(url: string): Promise<void> {
    await this.page.goto(url, { waitUntil: "load" });
    await this.waitFor(
      "the islands to come to life",
      () =>
        matchMedia("(scripting: none)").matches ||
        document.querySelector("[data-waiting]") === null,
    );
  }

  /** Runs `pageFunction` in the page; arguments and result are JSON. */
  // deno-lint-ignore no-explicit-any -- as PageFunction
  evaluate<Args extends any[], Result>(
    pageFunction: PageFunction<Args, Result>,
    ...args: Args
  ): Promise<Awaited<Result>> {
    return this.page.evaluate(pageFunction, ...args) as Promise<Awaited<Result>>;
  }

  /**
   * Asks the page again and again until `pageFunction` gives something truthy, and returns that.
   * (puppeteer's own waitForFunction needs 'unsafe-eval', which the site's policy forbids.)
   */
  // deno-lint-ignore no-explicit-any -- as PageFunction
  async waitFor<Args extends any[], Result>(
    what: string,
    pageFunction: PageFunction<Args, Result>,
    ...args: Args
  ): Promise<Awaited<Result>> {
    const end = performance.now() + PAGE_TIMEOUT_MS;
    while (performance.now() < end) {
      const result = await this.evaluate(pageFunction, ...args);
      if (result) return result;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const problems = this.problems.length > 0 ? this.problems.join("\n  ") : "none";
    throw new Error(
      `${this.page.url()}: waited ${PAGE_TIMEOUT_MS / 1000} s in vain for ${what}.\n` +
        `Problems on the page:\n  ${problems}`,
    );
  }

  /** What the first canvas matching `selector` shows, WebGPU and transferred ones included. */
  async pixels(selector = "canvas"): Promise<Pixels> {
    const read = await this.evaluate((selector) => {
      const canvas = document.querySelector<HTMLCanvasElement>(selector);
      if (!(canvas instanceof HTMLCanvasElement)) return null;
      const { width, height } = canvas;
      const copy = new OffscreenCanvas(width, height).getContext("2d")!;
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, width, height);
      let binary = "";
      for (let start = 0; start < data.length; start += 0x8000) {
        binary += String.fromCharCode(...data.subarray(start, start + 0x8000));
      }
      return { width, height, base64: btoa(binary) };
    }, selector);
    assert(read !== null, `${this.page.url()} has no canvas at "${selector}"`);
    const { width, height, base64 } = read;
    return { width, height, data: Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)) };
  }

  /** Fails with everything that went wrong, unless nothing did. `allowed` names what a test provokes. */
  assertQuiet(allowed: RegExp[] = []): void {
    const unexpected = this.problems.filter((line) => !allowed.some((r) => r.test(line)));
    assert.deepEqual(unexpected, [], `problems on ${this.page.url()}`);
  }

  #onConsole(message: ConsoleMessage): void {
    const line = `${message.type()}: ${message.text()}`;
    this.consoleLines.push(line);
    if (message.type() !== "error") return;
    const url = message.location()?.url;
    this.problems.push(url ? `${line} (${url})` : line);
  }
}

/** For the page and every worker of its, each before its first line runs. */
async function overrideHardwareConcurrency(session: CDPSession, count: number): Promise<void> {
  session.on("Target.attachedToTarget", async ({ sessionId, waitingForDebugger }) => {
    const worker = session.connection()?.session(sessionId);
    if (!worker) return;
    try {
      await overrideHardwareConcurrency(worker, count);
      if (waitingForDebugger) await worker.send("Runtime.runIfWaitingForDebugger");
    } catch (error) {
      if (!worker.detached) throw error; // a worker that ended meanwhile needs no number
    }
  });
  await session.send("Emulation.setHardwareConcurrencyOverride", { hardwareConcurrency: count });
  await session.send("Target.setAutoAttach", {
    autoAttach: true,
    waitForDebuggerOnStart: true,
    flatten: true,
  });
}
