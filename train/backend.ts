import { tmpdir } from "node:os";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-layers"; // registers the gradients of tfjs-core's kernels, which core alone lacks in Deno
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { registerGradients, startWasm } from "../kernels/mod.ts";
import { Refusal } from "./refusal.ts";

export type BackendName = "webgpu" | "wasm";

/** tfjs's current backend, ready to train. */
export interface Backend {
  readonly name: BackendName;
  /** For the card: "2 threads, x86_64", or the GPU's name. */
  readonly device: string;
  /** What was taken and why, for the user. */
  readonly message: string;
  readonly isGpu: boolean;
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
  if (adapter.info.isFallbackAdapter) {
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

/**
 * The device is requested here and not by tfjs, which asks for a nested feature name that some adapters refuse
 * (denoland/webgpu-examples#22).
 */
async function webgpu(adapter: GPUAdapter): Promise<Backend> {
  const { limits } = adapter;
  let device: GPUDevice;
  try {
    device = await adapter.requestDevice({
      requiredLimits: {
        maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
        maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
        maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
        maxBufferSize: limits.maxBufferSize,
        maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
        maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
      },
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Refusal(
      `WebGPU adapter "${nameOf(adapter)}" gives no device (${reason}); train with --backend wasm`,
      1,
      { cause },
    );
  }
  tf.removeBackend("webgpu");
  tf.registerBackend("webgpu", () => new WebGPUBackend(device, adapter.info));
  if (!await tf.setBackend("webgpu")) {
    throw new Refusal(
      `WebGPU adapter "${nameOf(adapter)}" cannot run tfjs; train with --backend wasm`,
    );
  }
  const software = adapter.info.isFallbackAdapter;
  return {
    name: "webgpu",
    device: nameOf(adapter),
    message: `training on WebGPU: ${nameOf(adapter)}` +
      (software ? " (software: slow, for correctness only)" : ""),
    isGpu: !software,
    stop: () => tf.removeBackend("webgpu"),
  };
}

function nameOf({ info }: GPUAdapter): string {
  return info.description || info.device || info.vendor || "unnamed adapter";
}
