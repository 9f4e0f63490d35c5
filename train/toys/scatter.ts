import { encodePng } from "../png.ts";
import type { Points } from "./points.ts";

/** Edge of a scatter plot in pixels. */
export const PLOT_SIZE = 256;

/**
 * A scatter plot as a PNG: samples dark on white, a ring of three standard deviations (at least three pixels) around each
 * mode. It shows the square that reaches a quarter beyond the modes; samples outside are left out.
 */
export function scatterPng(points: Points, samples: Float32Array): Uint8Array {
  return encodePng(PLOT_SIZE, PLOT_SIZE, scatterPixels(points, samples), 3);
}

/** The plot's pixels, RGB, row after row; y points upwards. */
export function scatterPixels({ modes, sd }: Points, samples: Float32Array): Uint8Array {
  const pixels = new Uint8Array(PLOT_SIZE * PLOT_SIZE * 3).fill(255);
  const reach = 1.25 * Math.max(...modes.flat().map(Math.abs));
  const scale = PLOT_SIZE / (2 * reach);
  const blend = (x: number, y: number, [r, g, b]: readonly number[], opacity: number) => {
    const [column, row] = [Math.floor((x + reach) * scale), Math.floor((reach - y) * scale)];
    if (column < 0 || column >= PLOT_SIZE || row < 0 || row >= PLOT_SIZE) return;
    const at = 3 * (row * PLOT_SIZE + column);
    [r, g, b].forEach((value, c) => {
      pixels[at + c] = Math.round((1 - opacity) * pixels[at + c] + opacity * value);
    });
  };
  const radius = Math.max(3 * sd, 3 / scale);
  const around = Math.ceil(2 * Math.PI * radius * scale);
  for (const [x, y] of modes) {
    for (let i = 0; i < around; i++) {
      const angle = 2 * Math.PI * i / around;
      blend(x + radius * Math.cos(angle), y + radius * Math.sin(angle), [214, 73, 51], 1);
    }
  }
  for (let i = 0; i < samples.length; i += 2) blend(samples[i], samples[i + 1], [24, 52, 105], 0.5);
  return pixels;
}
