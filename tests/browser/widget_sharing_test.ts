import assert from "node:assert/strict";
import { BROWSERS, launchChromium, startSite } from "./harness.ts";
import {
  neededPolicy,
  noted,
  openWatched,
  picture,
  serveHost,
  waitForEvents,
} from "./host_page.ts";
import { makeModels } from "./site_models.ts";

const models = await makeModels();
addEventListener("unload", () => Deno.removeSync(models, { recursive: true }));

const TEN = 10;

for (const [name, launch] of BROWSERS) {
  Deno.test(`ten <ganlet-sampler> in ${name} load nothing before they are near, then share one worker and one copy of the weights`, async () => {
    await using site = await startSite({ models });
    await using browser = await launch();
    // The same model by two addresses.
    const other = site.origin.replace("localhost", "127.0.0.1");
    const element = (i: number) =>
      `<ganlet-sampler src="${
        i % 2 ? site.origin : other
      }/models/digits" seed="${i}" poster="${site.origin}/models/digits/poster.png"></ganlet-sampler>`;
    const body = `<p>Read on below.</p><div id="far">${
      Array.from({ length: TEN }, (_, i) => element(i)).join("")
    }</div>`;
    await using host = serveHost(site.origin, body + `<link rel="stylesheet" href="/host.css">`, {
      files: { "/host.css": "#far { margin-top: 5000px }" },
    });
    const requests: string[] = [];
    const watched = await openWatched(browser, "about:blank");
    watched.page.on("request", (request) => {
      requests.push(new URL(request.url()).pathname.replace(/-[A-Z0-9]{8}\./, "."));
    });
    await watched.goto(host.origin);
    await watched.waitFor("the element", () => customElements.get("ganlet-sampler") !== undefined);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const early = new Set(requests);
    for (const path of ["/", "/host.css", "/favicon.ico", "/widget.js", "/assets/widget.js"]) {
      early.delete(path);
    }
    early.delete("/models/digits/poster.png");
    assert.deepEqual([...early], []);

    await watched.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await waitForEvents(watched, "load", TEN);
    const { workers, asked } = await noted(watched);
    assert.deepEqual([workers, asked.load], [1, 1]);
    assert.equal(requests.filter((path) => path.endsWith("weights.bin")).length, 1);

    // The last to leave frees the weights.
    const remove = (count: number) =>
      watched.evaluate((count) => {
        [...document.querySelectorAll("ganlet-sampler")].slice(0, count).forEach((e) => e.remove());
      }, count);
    await remove(TEN - 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal((await noted(watched)).asked.dispose, undefined);
    await remove(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal((await noted(watched)).asked.dispose, 1);
    watched.assertQuiet();
  });
}

Deno.test("<ganlet-sampler> removed and added again leaks neither WASM plans, memory nor GPU buffers, and moving it loads nothing", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium({ webgpu: true });
  const cycles = 6;
  for (
    const [backend, worker] of [["wasm", "* blob:"], ["wasm", "'none'"], ["webgpu", "* blob:"]]
  ) {
    const body =
      `<ganlet-sampler src="${site.origin}/models/digits" backend="${backend}"></ganlet-sampler><div></div>`;
    await using host = serveHost(site.origin, body, {
      policy: neededPolicy(site.origin).replace(/worker-src [^;]*/, `worker-src ${worker}`),
    });
    const tab = await openWatched(browser, "about:blank");
    await tab.page.evaluateOnNewDocument(() => {
      const Native = WebAssembly.Memory;
      WebAssembly.Memory = class extends Native {
        constructor(descriptor: WebAssembly.MemoryDescriptor) {
          super(descriptor);
          Object.assign(globalThis, { lastMemory: this });
        }
      };
    });
    await tab.goto(host.origin);
    const heap = () =>
      tab.evaluate(() =>
        (globalThis as unknown as { lastMemory?: WebAssembly.Memory }).lastMemory?.buffer.byteLength
      );
    await waitForEvents(tab, "load");
    const before = await picture(tab);
    const memory = await heap();
    const { buffers } = await noted(tab);
    assert.equal(buffers > 0, backend === "webgpu");

    await tab.evaluate(() =>
      document.querySelector("div")!.append(document.querySelector("ganlet-sampler")!)
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (let cycle = 1; cycle <= cycles; cycle++) {
      const removed = await tab.evaluate(async () => {
        const element = document.querySelector("ganlet-sampler")!;
        element.remove();
        await new Promise((resolve) => setTimeout(resolve, 50));
        const { buffers } = (globalThis as unknown as { noted: { buffers: number } }).noted;
        document.body.append(element);
        return buffers;
      });
      assert.equal(removed, 0);
      await waitForEvents(tab, "load", 1 + cycle);
    }
    const after = await noted(tab);
    assert.equal(after.buffers, buffers);
    assert.equal(await heap(), memory);
    assert.deepEqual(await picture(tab), before);
    assert.equal(after.events.filter(({ type }) => type === "load").length, 1 + cycles);
    if (backend === "wasm" && worker !== "'none'") {
      assert.deepEqual([after.workers, after.asked.load, after.asked.dispose], [
        1,
        1 + cycles,
        cycles,
      ]);
    }
    assert.equal(after.events.filter(({ type }) => type === "error").length, 0);
    await tab.page.close();
  }
});
