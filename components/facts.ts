/** Numbers and names of a card as people read them. */
import type { ModelCard } from "../sampler/card.ts";

const MEASURES = {
  frechet: "Fréchet distance",
  precision: "precision",
  recall: "recall",
  density: "density",
  coverage: "coverage",
} as const;

/** Each measure that the card has, and in brackets what real images get: "precision 0.49 (0.93), …. ". */
export function describeMetrics(metrics: NonNullable<ModelCard["metrics"]>): string {
  const short = (value: number) => Number(value.toPrecision(2)).toLocaleString("en");
  const known = Object.entries(MEASURES).flatMap(([key, name]) => {
    const figure = metrics[key as keyof typeof MEASURES];
    return figure ? [`${name} ${short(figure.value)} (${short(figure.floor)})`] : [];
  });
  return known.length === 0 ? "" : `${known.join(", ")}; in brackets what real images get. `;
}

const OBJECTIVES: Record<string, string> = {
  "dcgan": "DCGAN",
  "lsgan": "LSGAN",
  "wgan": "WGAN",
  "wgan-gp": "WGAN-GP",
  "ebgan": "EBGAN",
};

/** An objective as its paper writes it; an unknown one as the card does. */
export function objectiveName(objective: string): string {
  return OBJECTIVES[objective] ?? objective;
}

/** "40 s", "12 min", "1 h 20 min", "2 d 3 h": the two largest units. */
export function duration(seconds: number): string {
  if (seconds < 100) return measure(Math.round(seconds), "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return measure(minutes, "min");
  const hours = Math.floor(minutes / 60);
  const [large, small] = hours < 24
    ? [measure(hours, "h"), measure(minutes % 60, "min")]
    : [measure(Math.floor(hours / 24), "d"), measure(hours % 24, "h")];
  return small.startsWith("0") ? large : `${large} ${small}`;
}

/** "812 bytes", "14 KB", "2.4 MB", in powers of ten. */
export function fileSize(bytes: number): string {
  if (bytes < 1000) return measure(bytes, "bytes");
  if (bytes < 999_500) return measure(Math.round(bytes / 1000), "KB");
  return measure((bytes / 1e6).toFixed(1), "MB");
}

/** A number and its unit, which a line break must not part. */
function measure(value: number | string, unit: string): string {
  return `${value}\u00a0${unit}`;
}
