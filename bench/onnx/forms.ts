/**
 * How a 3x3 transposed convolution of stride 2 is written in ONNX: as one `ConvTranspose`, as four
 * convolutions of exactly the taps that each phase has, or as one 2x2 convolution with four times the
 * outputs, seven of whose 16 taps are zeros. The latter two end with a `DepthToSpace`.
 */
export const FORMS = ["transpose", "phases", "combined"] as const;
export type Form = typeof FORMS[number];
