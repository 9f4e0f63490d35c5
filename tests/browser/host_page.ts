/** Somebody else's page with `<ganlet-sampler>`: of another origin than the site, under a policy of its own. */
import { latent } from "../../sampler/latent.ts";
import { servePages, type Tab, type TestBrowser } from "./harness.ts";
import type { Files, ServePagesOptions } from "./serve_pages.ts";

/** The policy that /widget asks of a page with the element of `origin`. */
export function neededPolicy(origin: string): string {
  return `default-src 'none'; script-src ${origin} 'wasm-unsafe-eval'; connect-src ${origin}; ` +
    `worker-src ${origin} blob:; img-src 'self' ${origin}`;
}

interface HostOptions extends ServePagesOptions {
  policy?: string;
  /** Further scripts of the element. */
  scripts?: string[];
  files?: Files;
}

export function serveHost(origin: string, body: string, options: HostOptions = {}) {
  const { policy, scripts = [], files = {}, ...rest } = options;
  const tags = [`${origin}/widget.js`, ...scripts]
    .map((src) => `<script type="module" src="${src}"></script>`);
  const html = `<!doctype html><html lang="en"><title>host</title>${tags.join("")}${body}</html>`;
  return servePages({ "/": html, ...files }, {
    ...rest,
    headers: { ...rest.headers, ...(policy && { "content-security-policy": policy }) },
  });
}

/** What a host page's element did, as `watch` notes it. */
export interface Noted {
  /** Of each element's events but progress: type and detail, in order. */
  events: { type: string; message?: string; kind?: string; seed?: number | null }[];
  workers: number;
  /** Requests to workers by their kind. */
  asked: Record<string, number>;
  /** GPU buffers made and not destroyed. */
  buffers: number;
}

/** An empty tab that notes events, workers and buffers of the pages that it opens: read it by `noted`. */
export async function openWatched(browser: TestBrowser, url: string): Promise<Tab> {
  const tab = await browser.open();
  await tab.page.evaluateOnNewDocument(() => {
    const noted: Noted = { events: [], workers: 0, asked: {}, buffers: 0 };
    Object.assign(globalThis, { noted });
    for (const type of ["load", "sample", "error"]) {
      // At the document: a load event does not come as far as the window.
      document.addEventListener(type, (event) => {
        const { detail, target } = event as CustomEvent;
        if ((target as Element).localName !== "ganlet-sampler") return;
        noted.events.push({ type, message: detail.message, kind: detail.type, seed: detail.seed });
      }, true); // they do not bubble
    }
    const NativeWorker = globalThis.Worker;
    globalThis.Worker = class extends NativeWorker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        noted.workers++;
        addEventListener("lose-worker", () => {
          this.terminate();
          this.dispatchEvent(new ErrorEvent("error", { message: "out of memory" }));
        }, { once: true });
      }
    };
    const { postMessage } = NativeWorker.prototype;
    NativeWorker.prototype.postMessage = function (...args: [unknown]) {
      const { kind } = args[0] as { kind: string };
      noted.asked[kind] = (noted.asked[kind] ?? 0) + 1;
      return postMessage.apply(this, args);
    };
    if (!("GPUDevice" in globalThis)) return;
    const { createBuffer } = GPUDevice.prototype;
    GPUDevice.prototype.createBuffer = function (descriptor) {
      noted.buffers++;
      return createBuffer.call(this, descriptor);
    };
    const { destroy } = GPUBuffer.prototype;
    const destroyed = new WeakSet<GPUBuffer>();
    GPUBuffer.prototype.destroy = function () {
      if (!destroyed.has(this)) noted.buffers--;
      destroyed.add(this);
      return destroy.call(this);
    };
    const { requestDevice } = GPUAdapter.prototype;
    GPUAdapter.prototype.requestDevice = async function (descriptor) {
      const device = await requestDevice.call(this, descriptor);
      addEventListener("lose-device", () => device.destroy());
      return device;
    };
  });
  await tab.goto(url);
  return tab;
}

export function noted(tab: Tab): Promise<Noted> {
  return tab.evaluate(() => (globalThis as unknown as { noted: Noted }).noted);
}

/** Waits for so many events of a type. */
export async function waitForEvents(tab: Tab, type: string, count = 1): Promise<void> {
  await tab.waitFor(
    `${count} times ${type}`,
    (type, count) =>
      (globalThis as unknown as { noted: Noted }).noted.events
        .filter((event) => event.type === type).length >= count,
    ...[type, count] as const,
  );
}

/** RGBA bytes of the picture in the first element of the page. */
export function picture(tab: Tab): Promise<number[]> {
  return tab.evaluate(() => {
    const canvas = document.querySelector("ganlet-sampler")!.shadowRoot!.querySelector("canvas")!;
    const { width, height } = canvas;
    return [...canvas.getContext("2d")!.getImageData(0, 0, width, height).data];
  });
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

/** Numbers that no seed stands for. */
export const OWN_LATENT = [...latent(77, 25)].map((value) => value / 2);
