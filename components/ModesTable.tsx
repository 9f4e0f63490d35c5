import { objectiveName } from "./facts.ts";

/** One objective's runs, a number a training seed. */
export interface ModeRuns {
  objective: string;
  found: readonly number[];
  onMode: readonly number[];
  reverseKl: readonly number[];
}

interface Props {
  caption: string;
  rows: readonly ModeRuns[];
  /** Modes that there are. */
  of: number;
}

/** How many modes each objective finds where the truth is known: a dot a training seed. */
export function ModesTable({ caption, rows, of }: Props) {
  return (
    <div class="wide" role="group" aria-label={caption} tabIndex={0}>
      <table class="modes">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Objective</th>
            <th scope="col">Modes found of {of}</th>
            <th scope="col">Samples on a mode</th>
            <th scope="col">Uneven by (nats)</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ objective, found, onMode, reverseKl }) => (
            <tr key={objective}>
              <th scope="row">{objectiveName(objective)}</th>
              <Runs values={found} most={of} text={span(found)} />
              <Runs values={onMode} most={100} text={`${span(onMode)} %`} />
              <Runs values={reverseKl} most={1} text={span(reverseKl)} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const WIDTH = 100;
const RADIUS = 3;

function Runs({ values, most, text }: { values: readonly number[]; most: number; text: string }) {
  const at = (value: number) =>
    (RADIUS + Math.min(1, value / most) * (WIDTH - 2 * RADIUS)).toFixed(1);
  return (
    <td>
      <span>{text}</span>
      <svg class="runs" viewBox={`0 0 ${WIDTH} 8`} aria-hidden="true">
        <path class="runs-scale" d={`M0 4H${WIDTH}`} />
        {values.map((value, i) => <circle key={i} cx={at(value)} cy="4" r={RADIUS} />)}
      </svg>
    </td>
  );
}

function span(values: readonly number[]): string {
  const decimals = values.every(Number.isInteger) ? 0 : 2;
  const [low, high] = [Math.min(...values), Math.max(...values)].map((n) => n.toFixed(decimals));
  return low === high ? low : `${low}–${high}`;
}
