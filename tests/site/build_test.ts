import assert from "node:assert/strict";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { stop } from "esbuild";
import { build, isCurrent } from "../../build.ts";
import { Build, ENGINE_SCRIPTS } from "../../routes/_build.ts";
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

test("build() keeps WebGPU out of what every visitor loads, and TensorFlow.js out of all", async () => {
  await withBuild((dist) => {
    const site = Build.read(dist);
    const text = (urls: string[]) =>
      urls.map((url) =>
        new TextDecoder().decode(site.files.get(url.replace("/assets/", ""))!.bytes)
      )
        .join("");
    const early = ["islands/Explorer.tsx", "sampler/mod.ts", ...Object.values(ENGINE_SCRIPTS)];
    assert.doesNotMatch(
      text(early.flatMap((source) => site.scriptUrls(source))),
      /WGSL|createComputePipeline/,
    );
    assert.match(text(site.scriptUrls("sampler/webgpu.ts")), /createComputePipeline/);
    const scripts = [...site.files.keys()].filter((name) => name.endsWith(".js"));
    assert.doesNotMatch(text(scripts), /tfjs|tensorflow/i);
  });
});

test("build() copies the sampler's WASM builds as they are", async () => {
  await withBuild(async (dist) => {
    const site = Build.read(dist);
    const { builds, worker, thread } = site.engineFiles();
    assert.deepEqual(Object.keys(builds).sort(), [
      "sampler-plain-shared.wasm",
      "sampler-plain.wasm",
      "sampler-relaxed-shared.wasm",
      "sampler-relaxed.wasm",
    ]);
    for (const [name, url] of Object.entries(builds)) {
      const { bytes } = site.files.get(url.replace("/assets/", ""))!;
      const built = await Deno.readFile(new URL(`../../kernels/built/${name}`, import.meta.url));
      assert.deepEqual([...bytes], [...built]);
    }
    for (const url of [worker, thread]) assert.ok(site.files.has(url.replace("/assets/", "")));
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
