/**
 * Drives Chromium for bench/sampling/pages.ts: deno run -A main.ts <folder> <model id …>. Prints JSON.
 *
 * The folder holds the bench's page, and models in models/, which the site of this repository serves, too.
 */

import { launchChromium, servePages, startSite } from "../../tests/browser/harness.ts";
import { drag } from "./drag.ts";
import { firstVisit } from "./first_visit.ts";

const SECONDS = 8;
const TYPES: Record<string, string> = {
  js: "text/javascript",
  mjs: "text/javascript",
  wasm: "application/wasm",
  json: "application/json",
};

const [folder, ...ids] = Deno.args;
const times: unknown[] = [];
for (const threads of Deno.env.has("T") ? [] : [1, 2]) {
  await using server = servePages(async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/") {
      const html =
        `<!doctype html><title>bench</title><script type="module" src="/page.js"></script>`;
      return new Response(html, { headers: { "content-type": "text/html" } });
    }
    try {
      const type = TYPES[pathname.split(".").at(-1)!] ?? "application/octet-stream";
      const bytes = await Deno.readFile(folder + pathname);
      return new Response(bytes, { headers: { "content-type": type } });
    } catch {
      return new Response("none", { status: 404 });
    }
  }, { isolated: true });
  for (const model of ids) {
    // tfjs and the sampler take half of the cores that they are told of.
    await using browser = await launchChromium({ hardwareConcurrency: 2 * threads });
    const tab = await browser.open(server.origin);
    tab.page.setDefaultTimeout(180_000);
    await tab.waitFor("the page's script", () => "measure" in globalThis);
    const byBatch = await tab.evaluate(
      (model, threads, seconds) =>
        (globalThis as unknown as Measuring).measure(model, threads, seconds),
      model,
      threads,
      SECONDS,
    );
    times.push({ model, threads, byBatch });
  }
}

interface Measuring {
  measure(model: string, threads: number, seconds: number): Promise<unknown>;
}

const starts: Record<string, unknown> = {};
const drags: Record<string, unknown> = {};
await using site = await startSite({ models: `${folder}/models` });
for (const model of ids) {
  starts[model] = await firstVisit(site.origin, `/m/${model}`);
  drags[model] = await drag(`${site.origin}/m/${model}?backend=wasm`);
}
console.log(JSON.stringify({ times, starts, drags }));
