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

Deno.test("a lost WebGPU device is replaced by WASM, which draws what was asked for meanwhile", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium({ webgpu: true });
  const tab = await browser.open();
  await tab.page.evaluateOnNewDocument(() => {
    if (!("GPUAdapter" in globalThis)) return;
    const request = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (descriptor) {
      const device = await request.call(this, descriptor);
      addEventListener("lose-device", () => device.destroy());
      return device;
    };
  });
  await tab.goto(`${site.origin}${PAGE}?seed=4&backend=webgpu`);
  await waitForSample(tab, "?seed=4&backend=webgpu");
  await tab.evaluate(() => void dispatchEvent(new Event("lose-device")));
  await press(tab, "Seed 8");
  await tab.waitFor(
    "WASM",
    () => /WebGPU stopped.*WASM/.test(document.querySelector(".backend-message")!.textContent!),
  );
  const pixels = await waitForSample(tab, "?seed=8&backend=webgpu");
  const [, expected] = await openSample(browser, site.origin, "?seed=8&backend=wasm");
  assert.deepEqual(pixels, expected);
});

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
