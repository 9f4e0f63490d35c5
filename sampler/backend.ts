import type { LoadedPlan } from "./engine.ts";
import { ModelError } from "./model_error.ts";
import type { Plan } from "./plan.ts";

/** What computes: WebGPU by shaders of our own, WASM by our own kernels. */
export type BackendName = "webgpu" | "wasm";

/** `auto` takes WebGPU on a hardware adapter that computes right, else WASM. */
export type BackendChoice = "auto" | BackendName;

/** A backend that is ready to compute. */
export interface Backend {
  readonly name: BackendName;
  /** Threads of the CPU that compute. */
  readonly threads: number;
  /** One line for the visitor: which backend, and why not another. */
  readonly message: string;
  /** Settles, with the reason, when the backend is gone for good: a GPU or a worker may be lost at any time. */
  readonly lost?: Promise<string>;
  /** Puts a plan on it. */
  load(plan: Plan): LoadedPlan;
}

export interface StartedWasm {
  readonly threads: number;
  readonly note?: string;
  readonly lost?: Promise<string>;
  load(plan: Plan): LoadedPlan;
}

/** How this platform starts its backends. Each may be called again and then gives the same backend. */
export interface Platform {
  requestAdapter(): Promise<GPUAdapter | null>;
  /** Starts WebGPU on `adapter`. */
  startWebGpu(
    adapter: GPUAdapter,
  ): Promise<{ lost: Promise<string>; load(plan: Plan): LoadedPlan }>;
  /** Starts WASM. `note` says why there are not more threads, where that needs saying. */
  startWasm(): Promise<StartedWasm>;
  /** Whether the plans that `load` gives compute what is known without them. */
  computesRight(load: (plan: Plan) => LoadedPlan): Promise<boolean>;
}

/**
 * Starts the chosen backend.
 *
 * Throws a ModelError `backend` when `webgpu` was asked for and is not available, or when WASM does
 * not start.
 */
export async function startBackend(choice: BackendChoice, platform: Platform): Promise<Backend> {
  if (choice === "wasm") return await startWasm(platform, "Sampling with");
  const found = await inTime(tryWebGpu(platform, { software: choice === "webgpu" }));
  if (typeof found !== "string") return found;
  if (choice === "auto") {
    return await startWasm(platform, `WebGPU is not available (${found}): sampling with`);
  }
  throw new ModelError(
    "backend",
    `WebGPU was asked for and is not available (${found}): choose the backend "wasm" or "auto"`,
  );
}

/** A driver that answers neither yes nor no must not keep a visitor waiting for ever. */
const MOST_START_S = 20;

/** `starting`, or that it takes too long. */
async function inTime<T>(starting: Promise<T>): Promise<T | string> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, MOST_START_S * 1000, `no answer in ${MOST_START_S} s`);
  });
  return await Promise.race([starting, late]).finally(() => clearTimeout(timer));
}

/** WebGPU, or why it cannot be used. */
async function tryWebGpu(
  platform: Platform,
  { software }: { software: boolean },
): Promise<Backend | string> {
  try {
    const adapter = await platform.requestAdapter();
    if (!adapter) return "no adapter";
    if (isSoftware(adapter) && !software) return "only a software adapter";
    const { lost, load } = await platform.startWebGpu(adapter);
    if (!await platform.computesRight(load)) return "it computes wrong numbers here";
    const device = nameOf(adapter);
    return {
      name: "webgpu",
      threads: 1,
      message: device ? `Sampling with WebGPU, ${device}` : "Sampling with WebGPU",
      lost,
      load,
    };
  } catch (error) {
    return messageOf(error);
  }
}

async function startWasm(platform: Platform, sampling: string): Promise<Backend> {
  let started: StartedWasm;
  try {
    started = await platform.startWasm();
  } catch (cause) {
    throw new ModelError("backend", `WASM did not start: ${messageOf(cause)}`, { cause });
  }
  const { threads, note, lost, load } = started;
  const message = `${sampling} WASM, ${threads} ${threads === 1 ? "thread" : "threads"}`;
  return { name: "wasm", threads, message: note ? `${message} (${note})` : message, lost, load };
}

/** Whether a CPU plays the GPU. */
export function isSoftware(adapter: GPUAdapter): boolean {
  // Where the standard put the flag first, and where it is now.
  const { isFallbackAdapter, info } = adapter as GPUAdapter & { isFallbackAdapter?: boolean };
  return isFallbackAdapter === true ||
    (info as GPUAdapterInfo & { isFallbackAdapter?: boolean })?.isFallbackAdapter === true ||
    /swiftshader|llvmpipe|lavapipe/i.test(
      `${info?.architecture} ${info?.device} ${info?.description}`,
    );
}

/** The adapter's name for people, empty where it has none. */
export function nameOf({ info }: GPUAdapter): string {
  return info?.description || [info?.vendor, info?.architecture].filter(Boolean).join(" ");
}

function messageOf(error: unknown): string {
  return (error as { message?: string })?.message ?? String(error);
}
