import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { stop } from "esbuild";
import { build } from "../../build.ts";
import { Build, ENGINE_SCRIPTS } from "../../routes/_build.ts";
import { createSite } from "../../routes/site.ts";
import { TemporaryFolder } from "./fixtures.ts";

const MODELS = new URL("../../models", import.meta.url).pathname;

/** Bytes of the page's parts as served to a browser that takes Brotli, by part. */
async function partsOf(dist: string, path: string): Promise<Record<string, number>> {
  const site = Build.read(dist);
  const app = createSite({ build: site, models: MODELS });
  const sent = async (url: string) => {
    const response = await app.request(url, { headers: { "accept-encoding": "br, gzip" } });
    assert.equal(response.status, 200, url);
    const bytes = new Uint8Array(await response.arrayBuffer());
    // The page is compressed as it is sent, and the length of that is not in the answer here.
    return response.headers.has("content-encoding") ||
        !/html/.test(response.headers.get("content-type")!)
      ? bytes.length
      : gzipSync(bytes).length;
  };
  const sum = async (urls: Iterable<string>) =>
    (await Promise.all([...new Set(urls)].map(sent))).reduce((a, b) => a + b, 0);
  const sources = [
    "islands/Explorer.tsx",
    "islands/Snippet.tsx",
    "sampler/mod.ts",
    ...Object.values(ENGINE_SCRIPTS),
  ];
  const builds = await Promise.all(Object.values(site.engineFiles().builds).map(sent));
  return {
    html: await sent(path),
    styles: await sent(site.url("static/styles.css")),
    scripts: await sum(sources.flatMap((source) => site.scriptUrls(source))),
    wasm: Math.max(...builds), // a visitor loads one
    webgpu: await sum(site.scriptUrls("sampler/webgpu.ts")),
  };
}

Deno.test({
  name: "the explorer of wgan-gp-mnist is within its budget of bytes beside the weights",
  // esbuild's process may outlive its stop()
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    using folder = new TemporaryFolder();
    const dist = `${folder.path}/dist`;
    try {
      await build({ dist });
      const parts = await partsOf(dist, "/m/wgan-gp-mnist");
      const told = JSON.stringify(parts);
      assert.ok(parts.html < 13_000, told);
      assert.ok(parts.styles < 6_000, told);
      assert.ok(parts.scripts < 42_000, told);
      assert.ok(parts.wasm < 5_000, told);
      assert.ok(parts.webgpu < 12_000, told);
      // The goal is 300 kB for all of it.
      const all = Object.values(parts).reduce((a, b) => a + b, 0);
      assert.ok(all < 70_000, told);
    } finally {
      await stop();
    }
  },
});
