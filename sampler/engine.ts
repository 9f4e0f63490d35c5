/** A plan whose weights lie on a backend. */
export interface LoadedPlan {
  /** Images [count, height, width, channels] in [-1, 1] of z [count, latentSize]. */
  run(z: Float32Array, count: number): Promise<Float32Array>;
  /** RGBA bytes of the same images. */
  pixels(z: Float32Array, count: number): Promise<Uint8ClampedArray<ArrayBuffer>>;
  /**
   * Draws the image of one z at the top left of what `target` gives once it is there, null for nowhere;
   * where the backend can without reading it back.
   */
  draw?(target: () => CanvasRenderingContext2D | null, z: Float32Array): Promise<void>;
  /** Frees the weights, which no run may need any more. */
  dispose(): void;
}
