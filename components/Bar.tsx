import type { Measured } from "./results.ts";

const WIDTH = 100;
const HEIGHT = 10;

interface Props {
  figure: Pick<Measured, "value" | "floor" | "spread">;
  /** The figure that fills the whole width. */
  scale: number;
}

/** A figure as a length, its spread as a whisker, and a mark where real images are. */
export function Bar({ figure: { value, floor, spread }, scale }: Props) {
  const at = (value: number) => Math.max(0, Math.min(1, value / scale)) * WIDTH;
  const middle = HEIGHT / 2;
  return (
    <svg
      class="bar"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <rect class="bar-value" y="3" width={at(value)} height={HEIGHT - 6} />
      {spread && (
        <path
          class="bar-spread"
          d={`M${at(spread.low)} ${middle}H${at(spread.high)}M${at(spread.low)} 1V9M${
            at(spread.high)
          } 1V9`}
        />
      )}
      {floor !== undefined && <path class="bar-floor" d={`M${at(floor)} 0V${HEIGHT}`} />}
    </svg>
  );
}
