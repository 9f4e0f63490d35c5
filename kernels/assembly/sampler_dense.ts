import { multiplyAdd } from "./arithmetic.ts";
import { activate } from "./sampler_tile.ts";

/**
 * One pixel by 32 columns, four packed panels of eight: a dense layer at one image, which reads every
 * weight once and is bound by that. `panel` is bytes from one to the next.
 */
export function tile1x32(
  x: usize,
  depth: i32,
  b: usize,
  panel: usize,
  bias: usize,
  slope: f32,
  y: usize,
  columns: usize,
): void {
  let c0 = v128.load(bias), c1 = v128.load(bias, 16), c2 = v128.load(bias, 32);
  let c3 = v128.load(bias, 48), c4 = v128.load(bias, 64), c5 = v128.load(bias, 80);
  let c6 = v128.load(bias, 96), c7 = v128.load(bias, 112);
  let b1 = b + panel, b2 = b1 + panel, b3 = b2 + panel;
  for (let k = depth; k > 0; k--) {
    const a = v128.load_splat<f32>(x);
    c0 = multiplyAdd(a, v128.load(b), c0), c1 = multiplyAdd(a, v128.load(b, 16), c1);
    c2 = multiplyAdd(a, v128.load(b1), c2), c3 = multiplyAdd(a, v128.load(b1, 16), c3);
    c4 = multiplyAdd(a, v128.load(b2), c4), c5 = multiplyAdd(a, v128.load(b2, 16), c5);
    c6 = multiplyAdd(a, v128.load(b3), c6), c7 = multiplyAdd(a, v128.load(b3, 16), c7);
    x += 4, b += 32, b1 += 32, b2 += 32, b3 += 32;
  }
  const s = f32x4.splat(slope);
  let at = y + <usize> load<u32>(columns);
  v128.store(at, activate(c0, s)), v128.store(at, activate(c1, s), 16);
  at = y + <usize> load<u32>(columns, 4);
  v128.store(at, activate(c2, s)), v128.store(at, activate(c3, s), 16);
  at = y + <usize> load<u32>(columns, 8);
  v128.store(at, activate(c4, s)), v128.store(at, activate(c5, s), 16);
  at = y + <usize> load<u32>(columns, 12);
  v128.store(at, activate(c6, s)), v128.store(at, activate(c7, s), 16);
}
