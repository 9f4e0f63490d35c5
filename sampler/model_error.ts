/**
 * Why a model cannot be used:
 *
 * - `missing`: a file could not be read
 * - `card`: card.json is no card, or a field of it is missing or wrong
 * - `newer`: card.json's schema is newer than this reader
 * - `length`, `hash`: a file is not the one that the card describes
 * - `graph`: model.json holds something that this sampler does not run
 * - `weights`: a weight is missing, has another shape, or is NaN or infinite
 * - `directions`: directions.json is none, a field of it is missing or wrong, or it is of other weights
 * - `latent`: the latent vector does not fit the model
 * - `backend`: no backend could start, or it is gone
 */
export type ModelErrorType =
  | "missing"
  | "card"
  | "newer"
  | "length"
  | "hash"
  | "graph"
  | "weights"
  | "directions"
  | "latent"
  | "backend";

/** A model that cannot be read or run. The message is one line that a page may show as it is. */
export class ModelError extends Error {
  override readonly name = "ModelError";

  constructor(readonly type: ModelErrorType, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
