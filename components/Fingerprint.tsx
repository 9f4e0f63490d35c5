interface Props {
  z: Float32Array;
  /** Dimensions set by hand. */
  marked: readonly number[];
  /** The dimensions whose sliders are shown: first, and the one after the last. */
  range: readonly [number, number];
  onPick: (dimension: number) => void;
}

const HEIGHT = 40;
/** Standard deviations from the middle line to an edge. */
const REACH = 3;

/**
 * A whole latent vector at a glance, one bar a dimension. A click goes to that dimension's slider;
 * the pager below does the same by keyboard, so this is a picture to assistive technology.
 */
export function Fingerprint({ z, marked, range, onPick }: Props) {
  const isMarked = new Set(marked);
  const dimensions = Array.from(z.keys());
  const bars = (chosen: number[]) => chosen.map((i) => bar(i, z[i])).join("");
  const [first, end] = range;
  return (
    <svg
      class="fingerprint"
      viewBox={`0 0 ${z.length} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`All ${z.length} numbers of the latent vector as bars`}
      onClick={(event) => {
        const { left, width } = event.currentTarget.getBoundingClientRect();
        const dimension = Math.floor((event.clientX - left) / width * z.length);
        onPick(Math.min(z.length - 1, Math.max(0, dimension)));
      }}
    >
      <rect class="fingerprint-range" x={first} y="0" width={end - first} height={HEIGHT} />
      <path class="fingerprint-bars" d={bars(dimensions.filter((i) => !isMarked.has(i)))} />
      <path class="fingerprint-marked" d={bars(dimensions.filter((i) => isMarked.has(i)))} />
    </svg>
  );
}

function bar(dimension: number, value: number): string {
  const middle = HEIGHT / 2;
  const end = middle - Math.max(-1, Math.min(1, value / REACH)) * middle;
  // A value near 0 keeps a hairline, so that no dimension disappears.
  const height = Math.abs(end - middle) < 0.5 ? 0.5 : end - middle;
  return `M${dimension + 0.15} ${middle}h0.7v${height.toFixed(2)}h-0.7z`;
}
