import assert from "node:assert/strict";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { stop } from "esbuild";
import { build, isCurrent } from "../../build.ts";
import { Build } from "../../routes/_build.ts";
import { TemporaryFolder } from "./fixtures.ts";

/** Everything that leaves this folder's tests must be gone: esbuild keeps a process. */
async function withBuild(
  work: (dist: string) => Promise<void> | void,
  options: { compress: boolean } = { compress: false },
): Promise<void> {
  using folder = new TemporaryFolder();
  const dist = `${folder.path}/dist`;
  try {
    await build({ dist, ...options });
    await work(dist);
    assert.deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["dist"]);
  } finally {
    await stop();
  }
}

/** `stop()` resolves before esbuild's process has ended, which the sanitizers then find in this test or the next. */
function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

test("build() names every file by its content, and lists every file", async () => {
  await withBuild((dist) => {
    const { manifest, files } = Build.read(dist);
    const found = [...Deno.readDirSync(`${dist}/assets`)].map(({ name }) => name).sort();
    assert.deepEqual([...files.keys()].sort(), found);
    for (const name of found) assert.match(name, /^[\w-]+-[A-Z0-9]{8}\.[\w.]+$/);
    assert.ok(manifest.assets["static/styles.css"].endsWith(".css"));
  });
});

test("build() keeps tfjs out of the explorer's script, and WebGPU out of the sampler's", async () => {
  await withBuild((dist) => {
    const site = Build.read(dist);
    const text = (urls: string[]) =>
      urls.map((url) =>
        new TextDecoder().decode(site.files.get(url.replace("/assets/", ""))!.bytes)
      )
        .join("");
    const explorer = text(site.scriptUrls("islands/Explorer.tsx"));
    const sampler = text(site.scriptUrls("sampler/mod.ts"));
    assert.ok(explorer.length < 60_000, String(explorer.length));
    assert.doesNotMatch(explorer, /tfjs-backend-wasm-simd/);
    assert.match(sampler, /tfjs-backend-wasm-simd/);
    assert.doesNotMatch(sampler, /createComputePipeline/);
    assert.match(text(site.scriptUrls("sampler/webgpu_browser.ts")), /createComputePipeline/);
  });
});

test("build() copies TensorFlow.js's three WASM files as they are", async () => {
  await withBuild((dist) => {
    const site = Build.read(dist);
    const urls = site.wasmFiles();
    assert.deepEqual(Object.keys(urls).sort(), [
      "tfjs-backend-wasm-simd.wasm",
      "tfjs-backend-wasm-threaded-simd.wasm",
      "tfjs-backend-wasm.wasm",
    ]);
    for (const url of Object.values(urls)) {
      const { bytes } = site.files.get(url.replace("/assets/", ""))!;
      assert.deepEqual([...bytes.subarray(0, 4)], [0, 0x61, 0x73, 0x6d]); // "\0asm"
    }
  });
});

test("build() writes compressed copies that hold the same bytes", async () => {
  await withBuild((dist) => {
    const { files } = Build.read(dist);
    let copies = 0;
    for (const [name, { bytes, encoded }] of files) {
      for (
        const [copy, decode] of [[encoded.gzip, gunzipSync], [
          encoded.br,
          brotliDecompressSync,
        ]] as const
      ) {
        if (copy === undefined) continue;
        copies++;
        assert.ok(copy.length < bytes.length, name);
        assert.ok(decode(copy).equals(bytes), name);
      }
    }
    assert.ok(copies >= 2 * 7, `${copies} copies`);
  }, { compress: true });
});

test("isCurrent() is true of a fresh build, and false of none, an older one or a damaged one", async () => {
  await withBuild(async (dist) => {
    assert.equal(await isCurrent(dist), true);
    assert.equal(await isCurrent(`${dist}/nowhere`), false);
    const path = `${dist}/manifest.json`;
    const manifest = JSON.parse(Deno.readTextFileSync(path));
    Deno.writeTextFileSync(path, JSON.stringify({ ...manifest, inputs: "of other sources" }));
    assert.equal(await isCurrent(dist), false);
    Deno.writeTextFileSync(path, "{");
    assert.equal(await isCurrent(dist), false);
  });
});

test("build() twice gives the same names, and replaces what was there", async () => {
  await withBuild(async (dist) => {
    const first = Build.read(dist).manifest;
    Deno.writeTextFileSync(`${dist}/assets/stray.js`, "of an older build");
    assert.deepEqual(await build({ dist, compress: false }), first);
    assert.throws(() => Deno.statSync(`${dist}/assets/stray.js`), Deno.errors.NotFound);
  });
});
