/** RGBA bytes of image values in [-1, 1]: −1 is 0, 1 is 255. One channel is grey, three are red, green and blue. */
export function toRgba(values: Float32Array, channels: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = values.length / channels;
  const rgba = new Uint8ClampedArray(pixels * 4);
  const last = channels - 1;
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let colour = 0; colour < 3; colour++) {
      const value = values[pixel * channels + Math.min(colour, last)];
      rgba[pixel * 4 + colour] = Math.round((value + 1) * 127.5);
    }
    rgba[pixel * 4 + 3] = 255;
  }
  return rgba;
}
