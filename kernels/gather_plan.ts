/** Writes the plans that assembly/convolve.ts and assembly/patches.ts read. Addresses in bytes. */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { kernelsOf, words } from "./backend.ts";

export const FLOAT = 4;
export const roundUp = (size: number, step: number) => Math.ceil(size / step) * step;

/** Images [batch, height, width, channels] at an address. */
export interface Images {
  address: number;
  shape: readonly [batch: number, height: number, width: number, channels: number];
}

/** A place of the source relative to stride · (a, b), and the filter's numbers for it. */
export interface Tap {
  down: number;
  across: number;
  filter: number;
}

/** How output pixels (a, b) of every image read a source (assembly/patches.ts). */
export interface View {
  source: Images;
  stride: readonly [down: number, across: number];
  rows: number;
  columns: number;
  taps: Tap[];
  /** So many taps each are neighbours in a row of the source. */
  run: number;
}

/** From so few channels on a patch is copied, not gathered: a tap is too short a run. */
const FEW_CHANNELS = 7;
/** The length of a patch where patches of this view are copied, else 0. */
export function copiedPatch({ source, taps }: View): number {
  const channels = source.shape[3];
  return channels <= FEW_CHANNELS ? taps.length * channels : 0;
}

const VIEW_WORDS = 11;
export const viewBytes = ({ taps }: View) => (VIEW_WORDS + 2 * taps.length) * 4;

/** Writes a view; `zeros` is the address of as many zeros as the source has channels. */
export function writeView(
  heap: Int32Array,
  at: number,
  { source, stride, rows, columns, taps, run }: View,
  zeros: number,
): void {
  const [, height, width, channels] = source.shape;
  heap.set([source.address, height, width, channels, ...stride, rows, columns], at / 4);
  heap.set([zeros, taps.length, run], at / 4 + 8);
  heap.set(taps.flatMap(({ down, across }) => [down, across]), at / 4 + VIEW_WORDS);
}

/** The address of `count` zeros. */
export function zerosAt(backend: BackendWasm, count: number): number {
  const address = kernelsOf(backend).scratch("zeros", count * FLOAT);
  words(backend).fill(0, address / 4, address / 4 + count);
  return address;
}
