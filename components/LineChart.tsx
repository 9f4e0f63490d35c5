interface Props {
  title: string;
  /** [x, y] in the order of x; two or more. */
  points: readonly (readonly [x: number, y: number])[];
  /** What x counts: "steps". */
  unit: string;
  /** Where a line from top to bottom marks an x; the value there is then told, not the last. */
  marked?: number | null;
  /** Hears the x of where the chart is pressed or dragged across. */
  onPick?: (x: number) => void;
}

const WIDTH = 300;
const HEIGHT = 100;
/** More points than this are averaged: a line cannot show them. */
const MAX_POINTS = 300;

/** One line over time, its range in words. The labels are text, so that they keep their size. */
export function LineChart({ title, points, unit, marked = null, onPick }: Props) {
  const shown = averaged(points, MAX_POINTS);
  const [low, high] = robustRange(shown.map(([_, y]) => y));
  const lastX = points[points.length - 1][0];
  const lastY = points[points.length - 1][1];
  const place = ([x, y]: readonly [number, number]) =>
    `${(x / lastX * WIDTH).toFixed(1)} ${((high - y) / (high - low) * HEIGHT).toFixed(1)}`;
  const told = marked === null || marked >= lastX
    ? `${rounded(lastY, high - low)} at the end`
    : `${rounded(valueAt(points, marked), high - low)} at ${marked.toLocaleString("en")}`;
  const pick = (event: PointerEvent & { currentTarget: SVGSVGElement }) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    onPick?.(Math.min(1, Math.max(0, (event.clientX - left) / width)) * lastX);
  };
  return (
    <figure class={onPick ? "chart is-picked" : "chart"}>
      <figcaption>
        {title} <span>{told}</span>
      </figcaption>
      <div class="plot">
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${title}: ${rounded(points[0][1], high - low)} at first, ${
            rounded(lastY, high - low)
          } at the end`}
          onPointerDown={onPick && pick}
          onPointerMove={onPick && ((event) => event.buttons === 1 && pick(event))}
        >
          {low < 0 && high > 0 && <path class="zero" d={`M${place([0, 0])}H${WIDTH}`} />}
          <path class="line" d={`M${shown.map(place).join("L")}`} />
          {marked !== null && (
            <path
              class="mark"
              d={`M${(Math.min(1, marked / lastX) * WIDTH).toFixed(1)} 0V${HEIGHT}`}
            />
          )}
        </svg>
        <p class="y-range">
          <span>{rounded(high, high - low)}</span>
          <span>{rounded(low, high - low)}</span>
        </p>
      </div>
      <p class="x-range">
        <span>0</span>
        <span>{lastX.toLocaleString("en")} {unit}</span>
      </p>
    </figure>
  );
}

/** The y of the last point up to `x`, or of the first one. */
function valueAt(points: Props["points"], x: number): number {
  return (points.findLast((point) => point[0] <= x) ?? points[0])[1];
}

/** At most `count` points, each the mean of its neighbours. */
export function averaged(
  points: Props["points"],
  count: number,
): (readonly [number, number])[] {
  const size = Math.ceil(points.length / count);
  if (size <= 1) return [...points];
  const means: [number, number][] = [];
  for (let start = 0; start < points.length; start += size) {
    const group = points.slice(start, start + size);
    const mean = (axis: 0 | 1) => group.reduce((sum, p) => sum + p[axis], 0) / group.length;
    means.push([mean(0), mean(1)]);
  }
  return means;
}

/**
 * A range for the axis that one spike does not flatten: a game's first steps are often a hundred times
 * larger than all others. From the 2nd to the 98th percentile.
 */
export function robustRange(values: readonly number[]): [low: number, high: number] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  const low = at(0.02);
  const high = at(0.98);
  return low < high ? [low, high] : [low - 1, high + 1];
}

/** `value` with the decimals that two digits of `span` need, and a true minus sign. */
export function rounded(value: number, span: number): string {
  const decimals = Math.max(0, Math.min(6, 1 - Math.floor(Math.log10(span))));
  return String(Number(value.toFixed(decimals))).replace("-", "−");
}
