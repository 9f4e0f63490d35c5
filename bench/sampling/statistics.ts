/** What is said of repeated measurements. */

export interface Quartiles {
  lower: number;
  median: number;
  upper: number;
}

export function quartiles(values: readonly number[]): Quartiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor(part * (sorted.length - 1))];
  return { lower: at(0.25), median: at(0.5), upper: at(0.75) };
}

export function withSpread({ lower, median, upper }: Quartiles): string {
  const digits = median < 10 ? 2 : median < 100 ? 1 : 0;
  const [a, b, c] = [median, lower, upper].map((value) => value.toFixed(digits));
  return `${a} (${b}–${c})`;
}
