/** Where a page finds what the WASM engine consists of. */

import { detectSimd, type Simd } from "../../kernels/kernel_module.ts";

/** URLs. */
export interface EngineFiles {
  /** The module's builds by their names, `sampler-relaxed.wasm` and so on. */
  readonly builds: Record<string, string>;
  /** worker.ts of this folder, bundled. */
  readonly worker: string;
  /** kernels/pool_worker.ts, bundled. */
  readonly thread: string;
}

/**
 * The name in `builds` of the best build for this machine.
 *
 * Throws an Error where WebAssembly has no SIMD.
 */
export function buildName(
  { threads, shared = threads > 1, simd = detectSimd() }: BuildChoice,
): string {
  if (simd === null) throw new Error("WebAssembly has no SIMD here, which sampling needs");
  return `sampler-${simd}${shared ? "-shared" : ""}.wasm`;
}

export interface BuildChoice {
  /** More than one need a memory that they share, and a build for it. */
  readonly threads: number;
  /** One thread may have such a memory, too, which others look into. */
  readonly shared?: boolean;
  /** Unless told, the best that runs here. */
  readonly simd?: Simd | null;
}

/** The bytes of a build. Throws an Error when they cannot be had. */
export async function fetchBuild(files: EngineFiles, choice: BuildChoice): Promise<ArrayBuffer> {
  const url = files.builds[buildName(choice)];
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: the server answered ${response.status}`);
  return await response.arrayBuffer();
}
