import { launchChromium } from "../../tests/browser/harness.ts";
import { slowLink } from "./slow_link.ts";

const LINE = { bytesPerSecond: 10e6 / 8, latencyMs: 40 };

/** Opens a page of `origin` with an empty cache over a slow line. */
export async function firstVisit(origin: string, path: string) {
  await using line = slowLink(origin, LINE);
  await using browser = await launchChromium({ hardwareConcurrency: 4 });
  const tab = await browser.open();
  const session = await tab.page.createCDPSession();
  await session.send("Network.enable");
  const paths = new Map<string, string>();
  const bytes = { page: 0, styles: 0, scripts: 0, wasm: 0, weights: 0, other: 0 };
  session.on("Network.requestWillBeSent", ({ requestId, request }) => {
    paths.set(requestId, new URL(request.url).pathname);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    bytes[partOf(paths.get(requestId) ?? "")] += encodedDataLength;
  });
  await tab.page.evaluateOnNewDocument(() => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector("canvas[data-drawn]")) return;
      observer.disconnect();
      Object.assign(globalThis, { firstSample: performance.now() });
    }).observe(document, { subtree: true, childList: true, attributes: true });
  });
  await tab.goto(line.origin + path);
  const milliseconds = await tab.waitFor(
    "the first sample",
    () => (globalThis as unknown as { firstSample?: number }).firstSample,
  );
  return { milliseconds, bytes };
}

function partOf(path: string) {
  if (path.startsWith("/m/")) return "page";
  if (path.endsWith(".css")) return "styles";
  if (path.endsWith(".js")) return "scripts";
  if (path.endsWith(".wasm")) return "wasm";
  return path.endsWith("weights.bin") ? "weights" : "other";
}
