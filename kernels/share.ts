/**
 * Identity and Cast without a copy. tfjs's WASM backend copies for both, and a tape clones all it
 * saves.
 */
import type { Kernel } from "./backend.ts";

/** The same data under a new tensor, counted by the backend so that it lives as long as either. */
export const identity = (stock: Kernel): Kernel => (inputs, attrs, backend) => {
  const { dataId, shape, dtype } = inputs.x;
  if (dtype === "string") return stock(inputs, attrs, backend);
  backend.incRef(dataId);
  return { dataId, shape, dtype };
};

/** Shares the data where the type stays; the stock kernel converts. */
export const cast = (stock: Kernel): Kernel => {
  const share = identity(stock);
  return (inputs, attrs, backend) =>
    (attrs.dtype === inputs.x.dtype ? share : stock)(inputs, attrs, backend);
};
