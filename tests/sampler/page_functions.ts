/** What browser_page.ts puts on `globalThis`; apart from it, as browser tests know none of its packages. */

/** What a sampler made of the latents in <model>/z.bin. */
export interface Sampled {
  backend: string;
  threads: number;
  message: string;
  /** The last fraction that onProgress heard. */
  progress: number;
  images: number[];
}

export interface PageFunctions {
  /** Samples the model and draws its first latent on a new canvas of the page. */
  sampleModel(
    model: string,
    backend: "auto" | "webgpu" | "wasm",
    wasmFolder?: string,
  ): Promise<Sampled | { error: string; type: string }>;
  /** The bits of a seed's latent vector. */
  latentBits(seed: number, size: number): number[];
}
