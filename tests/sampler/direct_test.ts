import assert from "node:assert/strict";
import { ThreadPool } from "../../kernels/thread_pool.ts";
import { folderSource } from "../../sampler/deno.ts";
import { normal } from "../../sampler/random.ts";
import { readGenerator } from "../../sampler/read_model.ts";
import { joinEngine } from "../../sampler/wasm/direct.ts";
import { startEngine, type WasmEngine, type WasmPlan } from "../../sampler/wasm/engine.ts";
import { buildName } from "../../sampler/wasm/files.ts";
import { writeFixtureModel } from "./fixture_model.ts";
import { ARMED, GATE } from "./stuck_thread.ts";

/** Calls `test` with an engine whose memory is shared, a small plan on it, and a latent. */
async function withShared(
  { threads, threadScript }: { threads: number; threadScript?: string },
  test: (engine: WasmEngine, loaded: WasmPlan, z: Float32Array) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await writeFixtureModel(folder, { size: 32, width: 1 / 8, latentSize: 20 });
    const { plan } = await readGenerator(folderSource(folder));
    const build = buildName({ threads, shared: true });
    const binary = await Deno.readFile(new URL(`../../kernels/built/${build}`, import.meta.url));
    const engine = await startEngine({ threads, shared: true, threadScript, binary });
    try {
      await test(engine, engine.load(plan), normal([14, 0, 0], 20));
    } finally {
      engine.stop();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * What `run` gives once it gives something: where the machine is busy a thread may still be at the last job,
 * or lose its processor, and an image is left to the worker.
 */
async function atLast<T>(run: () => T | null): Promise<T | null> {
  for (let tries = 0; tries < 100; tries++) {
    const result = run();
    if (result !== null) return result;
    await new Promise((resolve) => setTimeout(resolve, 20)); // a window of its own
  }
  return null;
}

for (const threads of [1, 2]) {
  Deno.test(`joinEngine() gives the engine's results to the bit, on ${threads} threads`, async () => {
    await withShared({ threads }, async (engine, loaded, z) => {
      const direct = await joinEngine(engine.shared!, () => 0);
      const { oneImage } = loaded;
      const run = (output: "images" | "pixels") => atLast(() => direct.run(oneImage, output, z, 1));
      assert.deepEqual(await run("images"), await loaded.run(z, 1));
      assert.deepEqual(await run("pixels"), await loaded.pixels(z, 1));
    });
  });
}

Deno.test("joinEngine() refuses what may take too long, and while the engine is in use", async () => {
  await withShared({ threads: 1 }, async (engine, { oneImage }, z) => {
    let time = 0;
    const direct = await joinEngine(engine.shared!, () => time);
    assert.equal(direct.run(oneImage, "pixels", z, Infinity), null);
    assert.equal(direct.run(oneImage, "pixels", z, 6.1), null);
    const other = new ThreadPool(engine.shared!, { functions: [], maySleep: true });
    other.lock();
    assert.equal(direct.run(oneImage, "pixels", z, 1), null);
    other.unlock();
    assert.ok(direct.run(oneImage, "pixels", z, 1));
    // Half a millisecond goes by whenever the clock is read: this run takes some of 6.
    const slow = await joinEngine(engine.shared!, () => time += 0.5);
    assert.ok(slow.run(oneImage, "pixels", z, 4));
    assert.equal(slow.run(oneImage, "pixels", z, 4), null);
    time += 20;
    assert.ok(slow.run(oneImage, "pixels", z, 4));
    // It gives up what takes 2 ms longer than expected.
    const late = await joinEngine(engine.shared!, () => time += 5);
    assert.equal(late.run(oneImage, "pixels", z, 1), null);
  });
});

Deno.test("joinEngine() leaves an image to the worker when a thread is stuck, which waits for the thread", async () => {
  const threadScript = import.meta.resolve("./stuck_thread.ts");
  await withShared({ threads: 2, threadScript }, async (engine, loaded, z) => {
    const expected = await loaded.pixels(z, 1);
    const direct = await joinEngine(engine.shared!);
    const run = () => direct.run(loaded.oneImage, "pixels", z, 0);
    assert.deepEqual(await atLast(run), expected);
    const words = new Int32Array(engine.shared!.memory.buffer);
    Atomics.store(words, GATE, ARMED);
    let last: ReturnType<typeof run> = null;
    while (Atomics.load(words, GATE) === ARMED) last = run();
    assert.equal(last, null);
    assert.equal(run(), null);
    assert.deepEqual(await loaded.pixels(z, 1), expected);
    assert.deepEqual(await loaded.run(z, 1), await loaded.run(z, 1));
    assert.deepEqual(await atLast(run), expected);
  });
});
