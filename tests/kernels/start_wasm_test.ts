import assert from "node:assert/strict";
import process from "node:process";
import { getThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { type StartOptions, startWasm } from "../../kernels/mod.ts";
import { BUILDS } from "../../kernels/wasm_module.ts";

/** 2 × 2 by 2 × 2, by hand: [[1, 2], [3, 4]] · [[5, 6], [7, 8]]. */
function assertComputes(): void {
  const product = tf.tidy(() => tf.matMul([[1, 2], [3, 4]], [[5, 6], [7, 8]]).dataSync());
  assert.deepEqual([...product], [19, 22, 43, 50]);
}

for (const threads of [1, 2, 3]) {
  Deno.test(`startWasm(${threads}) computes, and reports its threads`, async () => {
    const wasm = await startWasm(threads);
    try {
      assert.equal(tf.getBackend(), "wasm");
      assert.equal(wasm.threads, threads);
      assert.equal(getThreadsCount(), 1, "tfjs's own kernels have one");
      assert.equal(wasm.message, threads === 1 ? "WASM, 1 thread" : `WASM, ${threads} threads`);
      assertComputes();
    } finally {
      wasm.stop();
    }
  });
}

Deno.test("stop() restores the stock backend and kernels, and may be called twice", async () => {
  const stockBackend = tf.findBackendFactory("wasm");
  const names = tf.getKernelsForBackend("wasm").map(({ kernelName }) => kernelName);
  const stockKernels = names.map((name) => tf.getKernel(name, "wasm"));
  const wasm = await startWasm(2);
  assert.ok(tf.getKernel("Conv2DBackpropFilter", "wasm"), "tfjs has none, ganlet does");
  wasm.stop();
  wasm.stop();
  assert.equal(tf.findBackendFactory("wasm"), stockBackend);
  assert.equal(tf.getKernel("Conv2DBackpropFilter", "wasm"), undefined);
  names.forEach((name, i) => assert.equal(tf.getKernel(name, "wasm"), stockKernels[i], name));
});

Deno.test("startWasm() leaves globals and process listeners as they were", async () => {
  const globals = () => Object.getOwnPropertyNames(globalThis).sort();
  const listeners = () => process.eventNames().map((name) => process.listenerCount(name));
  const before = [globals(), listeners(), globalThis.Worker, navigator.hardwareConcurrency];
  const wasm = await startWasm(2);
  wasm.stop();
  assert.deepEqual([globals(), listeners(), Worker, navigator.hardwareConcurrency], before);
});

Deno.test("startWasm() refuses a number of threads that is not whole and positive", async () => {
  for (const threads of [0, -1, 1.5, NaN]) {
    await assert.rejects(startWasm(threads), {
      name: "RangeError",
      message: `startWasm() needs a whole number of threads from 1, got ${threads}`,
    });
  }
});

Deno.test("startWasm() refuses to start twice", async () => {
  const wasm = await startWasm(1);
  try {
    await assert.rejects(startWasm(1), /already running: call its stop\(\) first/);
  } finally {
    wasm.stop();
  }
});

/** Runs `use` with a copy of the threaded build in which `from` is `to`. */
async function withGlue(
  from: string,
  to: string,
  use: (builds: URL) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const builds = new URL(`file://${folder}/`);
    const name = "tfjs-backend-wasm-threaded-simd";
    const glue = await Deno.readTextFile(new URL(`${name}.js`, BUILDS));
    assert.equal(glue.split(from).length, 2, `the glue holds "${from}" once`);
    await Deno.writeTextFile(new URL(`${name}.js`, builds), glue.replace(from, to));
    await Deno.copyFile(new URL(`${name}.wasm`, BUILDS), new URL(`${name}.wasm`, builds));
    await use(builds);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function assertFallsBack(
  builds: URL,
  reason: RegExp,
  options: StartOptions = {},
): Promise<void> {
  const wasm = await startWasm(2, { builds, ...options });
  try {
    assert.match(wasm.message, /^WASM, 1 thread: the build for 2 threads did not start \(.+\)$/);
    assert.match(wasm.message, reason);
    assert.equal(wasm.threads, 1);
    assert.equal(getThreadsCount(), 1);
    assertComputes();
  } finally {
    wasm.stop();
  }
}

Deno.test("startWasm() falls back to one thread where the threaded build is missing", async () => {
  await assertFallsBack(new URL("file:///no/such/folder/"), /tfjs-backend-wasm-threaded-simd\.js/);
});

Deno.test("startWasm() falls back to one thread where the glue is another", async () => {
  await withGlue(
    "pthreadPoolSize=8",
    "poolSize=8",
    (builds) => assertFallsBack(builds, /is not the one known here: it lacks "pthreadPoolSize=8"/),
  );
});

Deno.test("startWasm() falls back to one thread where a worker throws", async () => {
  await withGlue(
    "startWorker(Module)",
    'throw new Error("no memory left")',
    (builds) => assertFallsBack(builds, /a worker failed: .*no memory left/),
  );
});

Deno.test("startWasm() falls back to one thread where a worker never loads", async () => {
  await withGlue(
    "startWorker(Module)",
    "void 0",
    (builds) =>
      assertFallsBack(builds, /its workers were not ready after 0\.5 s/, { timeoutMs: 500 }),
  );
});

Deno.test("startWasm() falls back to one thread where one of tfjs's never runs", async () => {
  const options = { timeoutMs: 500, stock: true };
  await withGlue(
    "function invokeEntryPoint(ptr,arg){",
    "$&return;",
    (builds) => assertFallsBack(builds, /its threads did not start in time/, options),
  );
});

Deno.test("startWasm() throws where its kernels are missing, and starts when they are there", async () => {
  const missing = new URL("file:///no/such/folder/");
  await assert.rejects(startWasm(2, { kernels: missing }), /training-relaxed\.wasm/);
  const wasm = await startWasm(2);
  assertComputes();
  wasm.stop();
});

Deno.test("startWasm() starts tfjs's kernels alone when told to", async () => {
  const wasm = await startWasm(2, { stock: true });
  try {
    assert.equal(getThreadsCount(), 2);
    assert.equal(tf.getKernel("Conv2DBackpropFilter", "wasm"), undefined);
    assertComputes();
  } finally {
    wasm.stop();
  }
});

Deno.test("a program that stops its threads ends by itself", async () => {
  const code = `
    import * as tf from "@tensorflow/tfjs-core";
    import { startWasm } from ${JSON.stringify(import.meta.resolve("../../kernels/mod.ts"))};
    const wasm = await startWasm(2);
    tf.matMul(tf.ones([200, 200]), tf.ones([200, 200])).dataSync();
    wasm.stop();
    console.log(wasm.message);`;
  const { code: exitCode, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", code],
    cwd: new URL("../../", import.meta.url),
    signal: AbortSignal.timeout(30_000),
  }).output();
  assert.equal(new TextDecoder().decode(stdout), "WASM, 2 threads\n");
  assert.equal(exitCode, 0);
});
