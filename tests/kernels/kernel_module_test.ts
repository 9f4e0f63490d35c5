import assert from "node:assert/strict";
import { detectSimd, type KernelModule, loadKernelModule } from "../../kernels/kernel_module.ts";

/** A memory without tfjs, whose parts are taken one after the other. */
function memoryOf(pages: number) {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: 65536, shared: true });
  let next = 64;
  return {
    memory,
    allocate(bytes: number) {
      const address = next;
      next += Math.ceil(bytes / 64) * 64;
      return address;
    },
    free() {},
  };
}

async function withModule(
  threads: number,
  use: (kernels: KernelModule, numbers: Float32Array) => void,
): Promise<void> {
  const binary = await Deno.readFile(
    new URL("../../kernels/built/training-plain-shared.wasm", import.meta.url),
  );
  const memory = memoryOf(256);
  const kernels = await loadKernelModule({ binary, memory, threads, timeoutMs: 20_000 });
  try {
    use(kernels, new Float32Array(memory.memory.buffer));
  } finally {
    kernels.stop();
  }
}

for (const threads of [1, 2, 4]) {
  Deno.test(`parallel() computes every chunk, job after job, on ${threads} threads`, async () => {
    await withModule(threads, (kernels, numbers) => {
      const size = 5 * 16_384 + 3; // six chunks of sumParts()
      const from = kernels.scratch("from", 2 * size * 4), to = kernels.scratch("to", size * 4);
      for (let job = 0; job < 200; job++) {
        numbers.fill(job, from / 4, from / 4 + size);
        numbers.fill(1, from / 4 + size, from / 4 + 2 * size);
        kernels.parallel("sumParts", 6, from, 2, size, to);
        const sums = numbers.subarray(to / 4, to / 4 + size);
        assert.ok(sums.every((sum) => sum === job + 1), `job ${job}`);
      }
    });
  });
}

Deno.test("parallel() names a function that does not exist", async () => {
  await withModule(1, (kernels) => {
    assert.throws(() => kernels.parallel("sumPart", 1), /has no function "sumPart"/);
  });
});

Deno.test("parallel() throws where a kernel reads outside the memory, on any thread", async () => {
  for (const threads of [1, 3]) {
    await withModule(threads, (kernels) => {
      const outside = 2 ** 31;
      assert.throws(() => kernels.parallel("sumParts", 8, outside, 1, 8 * 16_384, outside));
    });
  }
});

Deno.test("scratch() gives aligned memory that grows, a part for each slot", async () => {
  await withModule(1, (kernels) => {
    const a = kernels.scratch("a", 100), b = kernels.scratch("b", 100);
    assert.equal(a % 64, 0);
    assert.ok(Math.abs(a - b) >= 100);
    assert.equal(kernels.scratch("a", 50), a);
    assert.notEqual(kernels.scratch("a", 5000), a);
    assert.equal(kernels.scratch("b", 100), b);
  });
});

Deno.test("detectSimd() finds relaxed SIMD where V8 has it", () => {
  assert.equal(detectSimd(), "relaxed");
});
