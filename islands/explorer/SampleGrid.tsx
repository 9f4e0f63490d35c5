import { createRef, type TargetedKeyboardEvent } from "preact";
import { useMemo } from "preact/hooks";
import { latent, truncate } from "../../sampler/latent.ts";
import type { Painter } from "./use_main_picture.ts";
import { useSmallPictures } from "./use_small_pictures.ts";
import { MAX_SEED } from "./view.ts";

interface Props {
  painter: Painter | null;
  latentSize: number;
  truncation: number;
  /** The first cell's seed; the others follow it. */
  firstSeed: number;
  /** The seed of the current sample, null when it has none of its own. */
  current: number | null;
  pictureSize: readonly [number, number];
  onPick: (seed: number) => void;
  onMove: (firstSeed: number) => void;
}

const SIZE = 24;

/** Neighbouring seeds side by side. The arrow keys move between them, Enter makes one current. */
export function SampleGrid(props: Props) {
  const { painter, latentSize, truncation, firstSeed, current, pictureSize, onPick, onMove } =
    props;
  const [height, width] = pictureSize;
  const canvases = useMemo(
    () => Array.from({ length: SIZE }, () => createRef<HTMLCanvasElement>()),
    [],
  );
  const seeds = gridSeeds(firstSeed, SIZE);
  useSmallPictures(
    painter,
    `${seeds[0]} at ${truncation}`,
    () =>
      seeds.map((seed, i) => ({
        canvas: canvases[i],
        z: truncate(latent(seed, latentSize), truncation),
      })),
  );
  const focusable = current !== null && seeds.includes(current) ? current : seeds[0];
  return (
    <>
      <div class="pager">
        <button
          type="button"
          aria-label="Previous samples"
          disabled={firstSeed === 0}
          onClick={() => onMove(Math.max(0, firstSeed - SIZE))}
        >
          ←
        </button>
        <p aria-live="polite">Seeds {seeds[0]}–{seeds.at(-1)}</p>
        <button
          type="button"
          aria-label="Next samples"
          disabled={seeds.at(-1) === MAX_SEED}
          onClick={() => onMove(Math.min(MAX_SEED - SIZE + 1, firstSeed + SIZE))}
        >
          →
        </button>
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
    </>
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
