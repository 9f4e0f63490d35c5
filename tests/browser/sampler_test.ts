import assert from "node:assert/strict";
import { BROWSERS, launchChromium, launchFirefox, servePages, type Tab } from "./harness.ts";
import type { PageFunctions, Sampled } from "../sampler/page_functions.ts";
import { latent } from "../../sampler/latent.ts";

const ROOT = new URL("../../", import.meta.url);
const MODELS = ["grey", "colour"];

/** The site's policy, as far as a page of scripts alone needs it. */
const POLICY = "default-src 'none'; base-uri 'none'; script-src 'self' 'wasm-unsafe-eval' blob:; " +
  "worker-src 'self' blob:; connect-src 'self'; style-src 'self'; img-src 'self' data:";

const folder = await writeFiles();
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

async function writeFiles(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "ganlet-sampler-" });
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "tests/sampler/browser_files.ts", folder],
    cwd: ROOT,
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return folder;
}

/** Serves the folder; `damage` may change a file on its way. */
function serve(
  {
    isolated = true,
    damage = (_path: string, bytes: Uint8Array<ArrayBuffer>) => bytes,
    policy = POLICY,
  } = {},
) {
  return servePages(async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/") {
      const html =
        `<!doctype html><title>sampler</title><script type="module" src="/page.js"></script>`;
      return new Response(html, { headers: { "content-type": "text/html" } });
    }
    if (pathname === "/favicon.ico") return new Response(null, { status: 204 });
    try {
      const bytes = damage(pathname, await Deno.readFile(folder + pathname));
      const type = pathname.endsWith(".js")
        ? "text/javascript"
        : pathname.endsWith(".wasm")
        ? "application/wasm"
        : "application/octet-stream";
      return new Response(bytes, { headers: { "content-type": type } });
    } catch {
      return new Response("none", { status: 404 });
    }
  }, { isolated, headers: { "content-security-policy": policy } });
}

/** What the page's sampleModel() gives, once the page's script is there. */
async function sampleModel(
  tab: Tab,
  ...args: Parameters<PageFunctions["sampleModel"]>
): Promise<Awaited<ReturnType<PageFunctions["sampleModel"]>>> {
  await tab.waitFor("the page's script", () => "sampleModel" in globalThis);
  return await tab.evaluate(
    (...args) => (globalThis as unknown as PageFunctions).sampleModel(...args),
    ...args,
  );
}

/** Samples both models and compares floats and drawn pixels with stock tfjs's. */
async function assertSamplesRight(
  tab: Tab,
  backend: "auto" | "wasm" | "webgpu",
): Promise<Sampled> {
  let last: Sampled | undefined;
  for (const [i, model] of MODELS.entries()) {
    const found = await sampleModel(tab, `/${model}`, backend);
    assert.ok("images" in found, JSON.stringify(found));
    assert.equal(found.progress, 1);
    const expected = new Float32Array(
      (await Deno.readFile(`${folder}/${model}/expected.bin`)).buffer,
    );
    assert.equal(found.images.length, expected.length);
    assert.ok(
      Math.max(...expected) - Math.min(...expected) > 1,
      "a flat image would prove nothing",
    );
    const largest = Math.max(...found.images.map((value, k) => Math.abs(value - expected[k])));
    assert.ok(largest < 1e-3, `${model} differs by ${largest}`);

    const { width, height, data } = await tab.pixels(`canvas:nth-of-type(${i + 1})`);
    const channels = model === "grey" ? 1 : 3;
    assert.equal(width * height * channels * 2, expected.length);
    for (let k = 0; k < data.length; k++) {
      const colour = k % 4;
      const value = expected[Math.floor(k / 4) * channels + Math.min(colour, channels - 1)];
      const byte = colour === 3 ? 255 : (value + 1) * 127.5;
      assert.ok(Math.abs(data[k] - byte) <= 2, `${model}: byte ${k} is ${data[k]}, not ${byte}`);
    }
    last = found;
  }
  return last!;
}

for (const [cores, threads] of [[2, 1], [4, 2]]) {
  const count = `${threads} thread${threads === 1 ? "" : "s"}`;
  Deno.test(`the sampler in Chromium on WASM, ${count}, reproduces tf.loadLayersModel().predict()`, async () => {
    await using server = serve();
    await using browser = await launchChromium({ hardwareConcurrency: cores });
    const tab = await browser.open(server.origin);
    const found = await assertSamplesRight(tab, "wasm");
    assert.equal(found.message, `Sampling with WASM, ${count}`);
    assert.deepEqual([found.backend, found.threads], ["wasm", threads]);
    tab.assertQuiet();
  });
}

Deno.test("the sampler in Chromium on WebGPU reproduces tf.loadLayersModel().predict()", async () => {
  await using server = serve();
  await using browser = await launchChromium({ webgpu: true });
  const tab = await browser.open(server.origin);
  const found = await assertSamplesRight(tab, "webgpu");
  assert.match(found.message, /^Sampling with WebGPU/);
  assert.equal(found.backend, "webgpu");
  tab.assertQuiet();
});

Deno.test("the sampler in Chromium draws on a GPU without reading anything back", async () => {
  await using server = serve();
  await using browser = await launchChromium({ webgpu: true, webgpuCanvas: true });
  const tab = await browser.open();
  await tab.page.evaluateOnNewDocument(() => {
    // SwiftShader passes for hardware.
    for (const [name, value] of Object.entries({ isFallbackAdapter: false, architecture: "x" })) {
      Object.defineProperty(GPUAdapterInfo.prototype, name, { get: () => value });
    }
    const { mapAsync } = GPUBuffer.prototype;
    GPUBuffer.prototype.mapAsync = function (...args) {
      document.body.dataset.readBacks = `${Number(document.body.dataset.readBacks ?? 0) + 1}`;
      return mapAsync.apply(this, args);
    };
  });
  await tab.goto(server.origin);
  // One read-back for the images as numbers, and of the self-check's.
  const found = await assertSamplesRight(tab, "auto");
  assert.equal(found.backend, "webgpu");
  const readBacks = await tab.evaluate(() => document.body.dataset.readBacks);
  assert.equal(Number(readBacks), 2 * MODELS.length);
  tab.assertQuiet();
});

Deno.test("the sampler in Chromium leaves a software adapter alone unless it is asked for", async () => {
  await using server = serve();
  await using browser = await launchChromium({ webgpu: true, hardwareConcurrency: 2 });
  const tab = await browser.open(server.origin);
  const found = await sampleModel(tab, "/grey", "auto");
  assert.ok("message" in found);
  assert.equal(
    found.message,
    "WebGPU is not available (only a software adapter): sampling with WASM, 1 thread",
  );
  tab.assertQuiet();
});

Deno.test("the sampler in Firefox falls back to WASM, and reproduces tf.loadLayersModel().predict()", async () => {
  await using server = serve();
  await using browser = await launchFirefox();
  const tab = await browser.open(server.origin);
  const found = await assertSamplesRight(tab, "auto");
  assert.match(
    found.message,
    /^WebGPU is not available \(no adapter\): sampling with WASM, \d+ threads?$/,
  );
  tab.assertQuiet();
});

Deno.test("the sampler on a page without isolation has one thread, and says why", async () => {
  await using server = serve({ isolated: false });
  await using browser = await launchChromium({ hardwareConcurrency: 8 });
  const tab = await browser.open(server.origin);
  const found = await assertSamplesRight(tab, "auto");
  assert.equal(
    found.message,
    "WebGPU is not available (no adapter): sampling with WASM, 1 thread (the page is not cross-origin isolated)",
  );
  tab.assertQuiet();
});

for (const [name, launch] of BROWSERS) {
  Deno.test(`the sampler in ${name} on a page that may start no worker computes there`, async () => {
    await using server = serve({
      policy: POLICY.replace("worker-src 'self' blob:", "worker-src 'none'"),
    });
    await using browser = await launch();
    const tab = await browser.open(server.origin);
    const found = await assertSamplesRight(tab, "wasm");
    assert.match(
      found.message,
      /^Sampling with WASM, 1 thread \(the page('s worker did not load| may start no worker)\)$/,
    );
    tab.assertQuiet([/Content-Security-Policy|Content Security Policy|worker/i]);
  });
  Deno.test(`latent() in ${name} has the bits that it has in Deno`, async () => {
    await using server = serve();
    await using browser = await launch();
    const tab = await browser.open(server.origin);
    await tab.waitFor("the page's script", () => "latentBits" in globalThis);
    const found = await tab.evaluate(() =>
      (globalThis as unknown as PageFunctions).latentBits(5, 20_000)
    );
    assert.deepEqual(found, [...new Uint32Array(latent(5, 20_000).buffer)]);
  });
}

Deno.test("the sampler in a browser names what is wrong with a model or a backend", async () => {
  await using server = serve({
    damage: (path, bytes) => path === "/grey/weights.bin" ? bytes.fill(1, 0, 1) : bytes,
  });
  await using browser = await launchChromium();
  const tab = await browser.open(server.origin);
  const damaged = await sampleModel(tab, "/grey", "wasm");
  assert.ok("error" in damaged);
  assert.equal(damaged.type, "hash");
  assert.match(damaged.error, /^\/grey\/weights.bin is damaged or another model's: /);

  const forced = await sampleModel(tab, "/colour", "webgpu");
  assert.ok("error" in forced);
  assert.equal(forced.type, "backend");
  assert.match(forced.error, /^WebGPU was asked for and is not available \(no adapter\)/);
});

Deno.test("the sampler in a browser without its WASM files says that WASM did not start", async () => {
  await using server = serve();
  await using browser = await launchChromium();
  const tab = await browser.open(server.origin);
  const found = await sampleModel(tab, "/grey", "wasm", "/nowhere/");
  assert.ok("error" in found);
  assert.equal(found.type, "backend");
  assert.match(found.error, /^WASM did not start: /);
});
