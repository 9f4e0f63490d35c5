import { tmpdir } from "node:os";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-layers"; // registers the gradients of tfjs-core's kernels, which core alone lacks in Deno
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { registerGradients, startWasm } from "../kernels/mod.ts";
import { type BackendName, isSoftware, nameOf } from "../sampler/backend.ts";
import { Refusal } from "./refusal.ts";
import { startWebGpuBackend } from "./webgpu.ts";

/** tfjs's current backend, ready to train. */
export interface Backend {
  readonly name: BackendName;
  /** For the card: "2 threads, x86_64", or the GPU's name. */
  readonly device: string;
  /** What was taken and why, for the user. */
  readonly message: string;
  readonly isGpu: boolean;
  /** Bytes that one tensor may take at most; undefined where no limit but memory is known. */
  readonly largestBuffer?: number;
  /** Settles with the reason when the device is gone, or refuses work: what is computed from then on is worthless. */
  readonly failed?: Promise<string>;
  stop(): void;
}

/**
 * Starts a backend. `auto` takes WebGPU on a hardware adapter, else WASM on `threads` threads; a software adapter, which is
 * many times slower than WASM, only when asked for by `webgpu`. To be called before the first tensor.
 * Throws a Refusal when `webgpu` was asked for and there is no adapter or device.
 */
export async function startBackend(
  asked: BackendName | "auto",
  threads = navigator.hardwareConcurrency,
): Promise<Backend> {
  registerGradients();
  if (asked === "wasm") return await wasm(threads, "");
  // Without it, Vulkan's loader prints an error that is none: nothing here opens a window.
  if (Deno.build.os === "linux" && !Deno.env.has("XDG_RUNTIME_DIR")) {
    Deno.env.set("XDG_RUNTIME_DIR", tmpdir());
  }
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (asked === "webgpu") {
    if (!adapter) {
      throw new Refusal(
        "--backend webgpu: no WebGPU adapter was found; install the GPU's Vulkan driver, or train with --backend wasm",
      );
    }
    return await webgpu(adapter);
  }
  if (!adapter) return await wasm(threads, "no WebGPU adapter: ");
  if (isSoftware(adapter)) {
    return await wasm(threads, `the only WebGPU adapter is software (${nameOf(adapter)}): `);
  }
  return await webgpu(adapter);
}

async function wasm(threads: number, why: string): Promise<Backend> {
  const started = await startWasm(threads);
  const count = `${started.threads} thread${started.threads === 1 ? "" : "s"}`;
  return {
    name: "wasm",
    device: `${count}, ${Deno.build.arch}`,
    message: `${why}training on ${started.message}`,
    isGpu: false,
    stop: () => started.stop(),
  };
}

async function webgpu(adapter: GPUAdapter): Promise<Backend> {
  const device = nameOf(adapter) || "a GPU without a name";
  let lost: Promise<string>;
  try {
    ({ lost } = await startWebGpuBackend(WebGPUBackend, adapter));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Refusal(
      `WebGPU does not start on ${device} (${reason}); train with --backend wasm`,
      1,
      { cause },
    );
  }
  const { device: gpu } = tf.backend() as WebGPUBackend;
  const { limits } = gpu;
  const firstError = new Promise<string>((fail) =>
    gpu.addEventListener("uncapturederror", ({ error }) => fail(error.message), { once: true })
  );
  const note = isSoftware(adapter) ? " (software: slow, for correctness only)" : "";
  return {
    name: "webgpu",
    device,
    message: `training on WebGPU: ${device}${note}`,
    isGpu: !isSoftware(adapter),
    largestBuffer: Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize),
    failed: Promise.race([lost, firstError]),
    stop: () => tf.removeBackend("webgpu"),
  };
}
