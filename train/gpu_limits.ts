import type { Backend } from "./backend.ts";
import type { LayerRow } from "./describe.ts";
import { Refusal } from "./refusal.ts";

const FLOAT_BYTES = 4;

/** Bytes of the largest tensor that a step makes: a layer's outputs for a whole batch, or its weights. */
export function largestTensor(layers: readonly LayerRow[], batchSize: number): number {
  return FLOAT_BYTES *
    Math.max(
      ...layers.map(({ output: [height, width, channels], parameters }) =>
        Math.max(batchSize * height * width * channels, parameters)
      ),
    );
}

/**
 * Refuses networks whose largest tensor is more than the GPU holds in one buffer: WebGPU would report that in passing and
 * go on with zeros.
 */
export function refuseTooLarge(
  { device, largestBuffer = Infinity }: Pick<Backend, "device" | "largestBuffer">,
  layers: readonly LayerRow[],
  batchSize: number,
): void {
  const needed = largestTensor(layers, batchSize);
  if (needed <= largestBuffer) return;
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6).toLocaleString("en-GB")} MB`;
  throw new Refusal(
    `These networks need ${megabytes(needed)} in one buffer, ${device} allows ` +
      `${megabytes(largestBuffer)}: lower --batch (${batchSize}), --width or --size`,
    2,
  );
}
