import assert from "node:assert/strict";
import {
  largestDifference,
  message,
  openSample,
  PAGE,
  press,
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
    const track = await tab.evaluate(() => {
      const slider = document.querySelector(".sliders input")!;
      slider.scrollIntoView({ block: "center" });
      const { x, y, width, height } = slider.getBoundingClientRect();
      return { x, y: y + height / 2, width };
    });
    const { mouse } = tab.page;
    await mouse.move(track.x + track.width / 2, track.y);
    await mouse.down();
    await mouse.move(track.x + track.width * 0.7, track.y, { steps: 4 });
    await tab.evaluate((loss) => void dispatchEvent(new Event(loss)), loss);
    // The pointer is still down, and goes on both before and after WASM is there.
    await mouse.move(track.x + track.width * 0.8, track.y, { steps: 4 });
    await tab.waitFor(
      "WASM",
      () =>
        /stopped.*ampling with WASM/.test(document.querySelector(".backend-message")!.textContent!),
    );
    await mouse.move(track.x + track.width * 0.9, track.y, { steps: 4 });
    const value = await tab.evaluate(() =>
      document.querySelector<HTMLInputElement>(".sliders input")!.valueAsNumber
    );
    assert.ok(value > 2.2, `the drag ended at ${value}`);
    const query = `?seed=4&z=1:${value}&backend=${backend}`;
    const pixels = await waitForSample(tab, query);
    await mouse.up();
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

/** For a page's beginning: has it hear "lose-device" and "lose-worker". */
function losing(): void {
  const Native = globalThis.Worker;
  globalThis.Worker = class extends Native {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
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
