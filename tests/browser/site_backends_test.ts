import assert from "node:assert/strict";
import {
  largestDifference,
  message,
  openSample,
  PAGE,
  press,
  pressSlider,
  waitForSample,
} from "./explorer_page.ts";
import { launchChromium, launchFirefox, startSite } from "./harness.ts";
import { makeModels } from "./site_models.ts";

const models = await makeModels();
addEventListener("unload", () => Deno.removeSync(models, { recursive: true }));

Deno.test("WebGPU and WASM, each asked for, draw the same picture and say which they are", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium({ webgpu: true });
  const [gpu, gpuPixels] = await openSample(browser, site.origin, "?seed=3&backend=webgpu");
  assert.match(await message(gpu), /^Sampling with WebGPU/);
  const [wasm, wasmPixels] = await openSample(browser, site.origin, "?seed=3&backend=wasm");
  assert.match(await message(wasm), /^Sampling with WASM, \d/);
  assert.ok(largestDifference(gpuPixels, wasmPixels) <= 2);
  gpu.assertQuiet();
  wasm.assertQuiet();
});

Deno.test("what is chosen during a slow first sample is what stays on the page", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium({ webgpu: true });
  const tab = await browser.open(`${site.origin}${PAGE}?backend=webgpu`);
  await tab.waitFor(
    "the sampler",
    () =>
      document.querySelector(".backend-message")!.textContent!.startsWith("Sampling with WebGPU"),
  );
  await press(tab, "Seed 8"); // its programs are still being compiled
  await waitForSample(tab, "?seed=8&backend=webgpu");
  await tab.waitFor(
    "the grid",
    () =>
      [...document.querySelectorAll<HTMLCanvasElement>(".grid canvas")].every((canvas) =>
        canvas.getContext("2d")!.getImageData(0, 0, 1, 1).data[3] === 255
      ),
  );
  await waitForSample(tab, "?seed=8&backend=webgpu");
  assert.deepEqual(
    await tab.pixels(".frame canvas"),
    await tab.pixels('[aria-label="Seed 8"] canvas'),
  );
  tab.assertQuiet();
});

Deno.test("backends may be changed back and forth, each time drawing the same picture", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium({ webgpu: true });
  const [tab, first] = await openSample(browser, site.origin, "?seed=3&backend=wasm");
  for (const backend of ["webgpu", "wasm", "webgpu"]) {
    await tab.evaluate((backend) => {
      document.querySelector<HTMLElement>(`input[value="${backend}"]`)!.click();
      document.querySelector<HTMLElement>('[aria-label="Seed 4"]')!.click(); // in the middle of it
      document.querySelector<HTMLElement>('[aria-label="Seed 3"]')!.click();
    }, backend);
    const name = backend === "wasm" ? "WASM" : "WebGPU";
    await tab.waitFor(
      name,
      (name) =>
        document.querySelector(".backend-message")!.textContent!.startsWith(
          `Sampling with ${name}`,
        ),
      name,
    );
    const pixels = await waitForSample(tab, `?seed=3&backend=${backend}`);
    assert.ok(largestDifference(pixels, first) <= 2);
  }
  tab.assertQuiet();
});

Deno.test("a picture that comes late from the backend before does not cover the new one's", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium({ webgpu: true });
  const tab = await browser.open();
  await tab.page.evaluateOnNewDocument(holding);
  await tab.goto(`${site.origin}${PAGE}?seed=3&backend=webgpu`);
  await waitForSample(tab, "?seed=3&backend=webgpu");
  const count = (name: "held" | "late") =>
    tab.waitFor(name, (name) => Number(document.body.dataset[name]), name);
  await tab.evaluate(() => void dispatchEvent(new Event("hold")));
  await press(tab, "Seed 4");
  await count("held");
  await tab.evaluate(() => {
    document.querySelector<HTMLElement>('input[value="wasm"]')!.click();
    document.querySelector<HTMLElement>('[aria-label="Seed 3"]')!.click();
  });
  const pixels = await waitForSample(tab, "?seed=3&backend=wasm");
  await new Promise((resolve) => setTimeout(resolve, 200)); // WASM has drawn all that it will
  await tab.evaluate(() => void dispatchEvent(new Event("release")));
  await count("late");
  await tab.evaluate(() => new Promise(requestAnimationFrame));
  assert.deepEqual(await waitForSample(tab, "?seed=3&backend=wasm"), pixels);
  tab.assertQuiet();
});

/** For a page's beginning: between the events "hold" and "release" the GPU gives nothing back. */
function holding(): void {
  const { mapAsync } = GPUBuffer.prototype;
  let held: Promise<unknown> | null = null;
  addEventListener("hold", () => {
    held = new Promise((release) => addEventListener("release", release, { once: true }));
  });
  const countUp = (name: string) => {
    document.body.dataset[name] = `${Number(document.body.dataset[name] ?? 0) + 1}`;
  };
  GPUBuffer.prototype.mapAsync = async function (...args) {
    const isHeld = held !== null;
    if (isHeld) countUp("held");
    await held;
    await mapAsync.apply(this, args);
    // Behind whoever waits for it.
    if (isHeld) setTimeout(() => countUp("late"));
  };
}

Deno.test("WebGPU that was asked for and is missing leaves a message, and WASM one click away", async () => {
  await using site = await startSite({ models });
  await using browser = await launchFirefox();
  const tab = await browser.open(`${site.origin}${PAGE}?backend=webgpu`);
  const failure = await tab.waitFor(
    "the message",
    () => document.querySelector(".failure")?.textContent,
  );
  assert.match(failure!, /WebGPU was asked for and is not available/);
  await tab.evaluate(() => document.querySelector<HTMLElement>('input[value="wasm"]')!.click());
  await waitForSample(tab, "?backend=wasm");
  assert.equal(await tab.evaluate(() => document.querySelector(".failure")), null);
  tab.assertQuiet();
});

for (const [backend, loss] of [["webgpu", "lose-device"], ["wasm", "lose-worker"]]) {
  Deno.test(`"${loss}" in the middle of a drag keeps the latent and the drag, and WASM goes on`, async () => {
    await using site = await startSite({ models });
    await using browser = await launchChromium({ webgpu: backend === "webgpu" });
    const tab = await browser.open();
    await tab.page.evaluateOnNewDocument(losing);
    await tab.goto(`${site.origin}${PAGE}?seed=4&backend=${backend}`);
    await waitForSample(tab, `?seed=4&backend=${backend}`);
    const drag = await pressSlider(tab);
    await drag.to(0.7);
    await tab.evaluate((loss) => void dispatchEvent(new Event(loss)), loss);
    // The pointer is still down, and goes on both before and after WASM is there.
    await drag.to(0.8);
    await tab.waitFor(
      "WASM",
      () =>
        /stopped.*ampling with WASM/.test(document.querySelector(".backend-message")!.textContent!),
    );
    await drag.to(0.9);
    const value = await tab.evaluate(() =>
      document.querySelector<HTMLInputElement>(".sliders input")!.valueAsNumber
    );
    assert.ok(value > 2.2, `the drag ended at ${value}`);
    const query = `?seed=4&z=1:${value}&backend=${backend}`;
    const pixels = await waitForSample(tab, query);
    await drag.release();
    await tab.waitFor("the address", (query) => location.search === query, query);
    const [, expected] = await openSample(
      browser,
      site.origin,
      query.replace(/backend=.*/, "backend=wasm"),
    );
    assert.deepEqual(pixels, expected);
    assert.equal(await tab.evaluate(() => document.querySelector(".failure")), null);
    // The whole drag is one step back.
    await press(tab, "Undo");
    await waitForSample(tab, `?seed=4&backend=${backend}`);
    tab.assertQuiet();
  });
}

Deno.test("a worker that dies again and again is given up with a message, and a click starts anew", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const tab = await browser.open();
  await tab.page.evaluateOnNewDocument(losing);
  await tab.goto(`${site.origin}${PAGE}?backend=wasm`);
  await waitForSample(tab, "?backend=wasm");
  for (let restarts = 1; restarts <= 3; restarts++) {
    await tab.waitFor("to rest", () => document.querySelector(".frame progress") === null);
    await tab.evaluate(() => void dispatchEvent(new Event("lose-worker")));
    await press(tab, `Seed ${restarts + 1}`);
    if (restarts < 3) await waitForSample(tab, `?seed=${restarts + 1}&backend=wasm`);
  }
  const failure = await tab.waitFor(
    "the message",
    () => document.querySelector(".failure")?.textContent,
  );
  assert.match(failure!, /WASM stopped: .*out of memory/);
  await tab.evaluate(() => document.querySelector<HTMLElement>('input[value="auto"]')!.click());
  await waitForSample(tab, "?seed=4");
  tab.assertQuiet();
});

Deno.test("a worker that dies without an event is noticed by its silence, and started again", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const tab = await browser.open();
  await tab.page.evaluateOnNewDocument(losing);
  await tab.goto(`${site.origin}${PAGE}?backend=wasm`);
  await waitForSample(tab, "?backend=wasm");
  const waitForGrid = (firstSeed: number) =>
    tab.waitFor(
      "the grid",
      (key) =>
        [...document.querySelectorAll<HTMLElement>(".grid canvas")].every(({ dataset }) =>
          dataset.drawn === key
        ),
      `${firstSeed} at 1`,
    );
  await waitForGrid(1);
  const size = await tab.evaluate(() => document.querySelectorAll(".grid canvas").length);
  await tab.evaluate(() => void dispatchEvent(new Event("silence-worker")));
  await press(tab, "Next samples");
  await waitForGrid(1 + size);
  assert.match(await message(tab), /^WASM stopped and was started again\. Sampling with WASM/);
  tab.assertQuiet();
});

/** For a page's beginning: has it hear "lose-device", "lose-worker" and "silence-worker". */
function losing(): void {
  const Native = globalThis.Worker;
  const { setInterval } = globalThis;
  globalThis.Worker = class extends Native {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      globalThis.setInterval = setInterval;
      addEventListener("silence-worker", () => {
        this.terminate();
        // Until the next worker, seconds pass fifty times as fast.
        globalThis.setInterval = ((call: () => void, milliseconds: number) =>
          setInterval(call, milliseconds / 50)) as typeof setInterval;
      }, { once: true });
      addEventListener("lose-worker", () => {
        this.terminate();
        this.dispatchEvent(new ErrorEvent("error", { message: "out of memory" }));
      }, { once: true });
    }
  };
  if (!("GPUAdapter" in globalThis)) return;
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await request.call(this, descriptor);
    addEventListener("lose-device", () => device.destroy());
    return device;
  };
}

for (
  const [id, message] of [
    ["truncated", /weights\.bin is truncated: card\.json says \d+ bytes, found \d+/],
    ["other-bytes", /weights\.bin is damaged.*card\.json says sha256/],
    ["nan", /weights\.bin.*NaN/],
  ] as const
) {
  Deno.test(`the explorer of a model with weights "${id}" says what is wrong in place of the picture`, async () => {
    await using site = await startSite({ models });
    await using browser = await launchChromium();
    const tab = await browser.open(`${site.origin}/m/${id}`);
    const failure = await tab.waitFor(
      "the message",
      () => document.querySelector('.frame [role="alert"]')?.textContent,
    );
    assert.match(failure!, message);
    // The rest of the page goes on.
    await press(tab, "Randomise");
    await tab.waitFor("another seed", () => location.search.startsWith("?seed="));
    assert.ok(await tab.evaluate(() => document.querySelector(".facts dl")!.textContent));
    tab.assertQuiet();
  });
}
