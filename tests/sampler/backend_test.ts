import assert from "node:assert/strict";
import { type Platform, startBackend } from "../../sampler/backend.ts";

const hardware = { info: { vendor: "acme", architecture: "gpu-7" } } as GPUAdapter;
const software = {
  info: { vendor: "google", architecture: "swiftshader", isFallbackAdapter: true },
} as unknown as GPUAdapter;

const noPlan = () => {
  throw new Error("no plan is loaded here");
};

/** A platform on which everything works, on hardware and one thread, unless told otherwise. */
function platform(changed: Partial<Platform> = {}): Platform {
  return {
    requestAdapter: () => Promise.resolve(hardware),
    startWebGpu: () => Promise.resolve({ lost: new Promise<string>(() => {}), load: noPlan }),
    startWasm: () => Promise.resolve({ threads: 1, load: noPlan }),
    computesRight: () => Promise.resolve(true),
    ...changed,
  };
}

Deno.test("startBackend(auto) takes WebGPU on a hardware adapter", async () => {
  const { name, message, threads } = await startBackend("auto", platform());
  assert.deepEqual([name, message, threads], [
    "webgpu",
    "Sampling with WebGPU, acme gpu-7",
    1,
  ]);
});

/** A second passes in a millisecond. */
class HurriedTimers {
  readonly #setTimeout = globalThis.setTimeout;

  constructor() {
    const set = (call: (...args: unknown[]) => void, milliseconds = 0, ...args: unknown[]) =>
      this.#setTimeout(call, milliseconds / 1000, ...args);
    globalThis.setTimeout = set as typeof setTimeout;
  }

  [Symbol.dispose](): void {
    globalThis.setTimeout = this.#setTimeout;
  }
}

const fallbacks: [what: string, changed: Partial<Platform>, reason: string][] = [
  ["there is no adapter", { requestAdapter: () => Promise.resolve(null) }, "no adapter"],
  [
    "the adapter is software",
    { requestAdapter: () => Promise.resolve(software) },
    "only a software adapter",
  ],
  [
    "the adapter gives no device",
    { startWebGpu: () => Promise.reject(new Error("limit too high")) },
    "limit too high",
  ],
  [
    "the driver never answers",
    { requestAdapter: () => new Promise<never>(() => {}) },
    "no answer in 20 s",
  ],
  [
    "the self-check fails",
    { computesRight: () => Promise.resolve(false) },
    "it computes wrong numbers here",
  ],
];

for (const [what, changed, reason] of fallbacks) {
  Deno.test(`startBackend(auto) takes WASM and says why when ${what}`, async () => {
    using _ = new HurriedTimers();
    const { name, message } = await startBackend("auto", platform(changed));
    assert.equal(name, "wasm");
    assert.equal(message, `WebGPU is not available (${reason}): sampling with WASM, 1 thread`);
  });
}

Deno.test("startBackend(webgpu) takes a software adapter too", async () => {
  const forced = platform({ requestAdapter: () => Promise.resolve(software) });
  assert.equal((await startBackend("webgpu", forced)).name, "webgpu");
});

Deno.test("startBackend(webgpu) fails where there is none, and never falls back", async () => {
  const none = platform({ requestAdapter: () => Promise.resolve(null) });
  await assert.rejects(startBackend("webgpu", none), {
    name: "ModelError",
    type: "backend",
    message:
      'WebGPU was asked for and is not available (no adapter): choose the backend "wasm" or "auto"',
  });
});

Deno.test("startBackend(wasm) asks for no adapter", async () => {
  let asked = false;
  const { message } = await startBackend(
    "wasm",
    platform({
      requestAdapter: () => {
        asked = true;
        return Promise.resolve(hardware);
      },
      startWasm: () => Promise.resolve({ threads: 4, load: noPlan }),
    }),
  );
  assert.equal(message, "Sampling with WASM, 4 threads");
  assert.equal(asked, false);
});

Deno.test("startBackend() tells why WASM has one thread", async () => {
  const single = platform({
    startWasm: () =>
      Promise.resolve({ threads: 1, note: "the page is not cross-origin isolated", load: noPlan }),
  });
  assert.equal(
    (await startBackend("wasm", single)).message,
    "Sampling with WASM, 1 thread (the page is not cross-origin isolated)",
  );
});

Deno.test("startBackend() reports a WASM backend that does not start", async () => {
  const broken = platform({ startWasm: () => Promise.reject({ message: "no such file" }) });
  await assert.rejects(startBackend("wasm", broken), {
    type: "backend",
    message: "WASM did not start: no such file",
  });
});
