/** Numbers and names of a card as people read them. */

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
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return joined(`${hours} h`, minutes % 60, "min");
  return joined(`${Math.floor(hours / 24)} d`, hours % 24, "h");
}

function joined(first: string, count: number, unit: string): string {
  return count === 0 ? first : `${first} ${count} ${unit}`;
}

/** "812 bytes", "14 KB", "2.4 MB", in powers of ten. */
export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} KB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
