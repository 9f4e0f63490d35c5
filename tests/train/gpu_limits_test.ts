import assert from "node:assert/strict";
import { describeGenerator } from "../../train/describe.ts";
import { DeviceFailed, whileWorking } from "../../train/device_failure.ts";
import { largestTensor, refuseTooLarge } from "../../train/gpu_limits.ts";

const layers = describeGenerator({ size: 64, channels: 3, width: 1, latentSize: 100 });

Deno.test("largestTensor() is a batch of 32x32x64 in the article's generator, or its weights for a small one", () => {
  assert.equal(largestTensor(layers, 64), 4 * 64 * 32 * 32 * 64);
  assert.equal(largestTensor(layers, 2), 4 * (3 * 3 * 256 * 512 + 2 * 256));
});

Deno.test("refuseTooLarge() names what is needed, what the GPU allows and what to lower", () => {
  const gpu = { device: "A GPU", largestBuffer: 16e6 };
  assert.throws(() => refuseTooLarge(gpu, layers, 64), {
    name: "Refusal",
    message:
      "These networks need 17 MB in one buffer, A GPU allows 16 MB: lower --batch (64), --width or --size",
  });
  refuseTooLarge(gpu, layers, 32);
  refuseTooLarge({ device: "2 threads" }, layers, 1024);
});

async function* counting(ended: string[]): AsyncGenerator<number> {
  try {
    for (let i = 1;; i++) yield i;
  } finally {
    ended.push("ended");
  }
}

Deno.test("whileWorking() passes on the steps, and ends them when it is left", async () => {
  for (const failed of [undefined, new Promise<string>(() => {})]) {
    const [seen, ended]: [number[], string[]] = [[], []];
    for await (const i of whileWorking({ failed }, counting(ended))) {
      seen.push(i);
      if (i === 3) break;
    }
    assert.deepEqual([seen, ended], [[1, 2, 3], ["ended"]]);
  }
});

Deno.test("whileWorking() throws when the device fails while a step hangs", async () => {
  async function* hanging(): AsyncGenerator<number> {
    yield 1;
    await new Promise(() => {});
  }
  const { promise: failed, resolve: fail } = Promise.withResolvers<string>();
  await assert.rejects(async () => {
    for await (const _ of whileWorking({ failed }, hanging())) fail("gone");
  }, (error) => error instanceof DeviceFailed && error.message === "gone");
});
