import type { Ref, TargetedKeyboardEvent } from "preact";
import { MAX_SEED } from "./view.ts";

interface Props {
  /** The first cell's seed; the others follow it. */
  firstSeed: number;
  /** The seed of the current sample, null when it has none of its own. */
  current: number | null;
  pictureSize: readonly [number, number];
  /** One canvas each, in the order of the seeds. */
  canvases: Ref<HTMLCanvasElement | null>[];
  onPick: (seed: number) => void;
  onMove: (firstSeed: number) => void;
}

/** Neighbouring seeds side by side. The arrow keys move between them, Enter makes one current. */
export function SampleGrid({ firstSeed, current, pictureSize, canvases, onPick, onMove }: Props) {
  const [height, width] = pictureSize;
  const count = canvases.length;
  const seeds = gridSeeds(firstSeed, count);
  const focusable = current !== null && seeds.includes(current) ? current : seeds[0];
  return (
    <section class="grid-section" aria-labelledby="grid-title">
      <div class="section-head">
        <h2 id="grid-title">More samples</h2>
        <div class="pager">
          <button
            type="button"
            aria-label="Previous samples"
            disabled={firstSeed === 0}
            onClick={() => onMove(Math.max(0, firstSeed - count))}
          >
            ←
          </button>
          <p aria-live="polite">Seeds {seeds[0]}–{seeds.at(-1)}</p>
          <button
            type="button"
            aria-label="Next samples"
            disabled={seeds.at(-1) === MAX_SEED}
            onClick={() => onMove(Math.min(MAX_SEED - count + 1, firstSeed + count))}
          >
            →
          </button>
        </div>
      </div>
      <div class="grid" role="group" aria-label="Samples by seed" onKeyDown={moveFocus}>
        {seeds.map((seed, i) => (
          <button
            key={i}
            type="button"
            aria-label={`Seed ${seed}`}
            title={`Seed ${seed}`}
            aria-pressed={seed === current}
            tabIndex={seed === focusable ? 0 : -1}
            onClick={() => onPick(seed)}
          >
            <canvas ref={canvases[i]} width={width} height={height} />
          </button>
        ))}
      </div>
    </section>
  );
}

export function gridSeeds(firstSeed: number, count: number): number[] {
  const first = Math.min(firstSeed, MAX_SEED - count + 1);
  return Array.from({ length: count }, (_, i) => first + i);
}

/** Arrow keys, Home and End go through the cells as they lie on the page, whatever the columns are. */
function moveFocus(event: TargetedKeyboardEvent<HTMLElement>): void {
  const cells = [...event.currentTarget.querySelectorAll("button")];
  const at = cells.findIndex((cell) => cell === document.activeElement);
  if (at < 0) return;
  const columns = cells.filter((cell) => cell.offsetTop === cells[0].offsetTop).length;
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    Home: -at,
    End: cells.length - 1 - at,
  };
  const target = cells[at + (steps[event.key] ?? NaN)];
  if (target === undefined) return;
  event.preventDefault();
  for (const cell of cells) cell.tabIndex = cell === target ? 0 : -1;
  target.focus();
}
