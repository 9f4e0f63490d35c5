import type { Ref } from "preact";
import { MAX_SEED } from "../explorer/view.ts";
import type { Contender } from "./Contenders.tsx";
import { GRID_SIZE } from "./view.ts";

interface Props {
  contenders: readonly Contender[];
  seeds: readonly number[];
  /** The seed of the current sample, null when it has none of its own. */
  current: number | null;
  pictureSize: readonly [number, number];
  cellOf: (id: string, column: number) => Ref<HTMLCanvasElement>;
  onPick: (seed: number) => void;
  onMove: (firstSeed: number) => void;
}

/** A row a model, a column a seed: what each objective makes of the very same latent vectors. */
export function SeedTable(props: Props) {
  const { contenders, seeds, current, pictureSize: [height, width], cellOf, onPick, onMove } =
    props;
  const first = seeds[0];
  return (
    <section class="seeds-section" aria-labelledby="seeds-title">
      <div class="section-head">
        <h2 id="seeds-title">The same seeds</h2>
        <div class="pager">
          <button
            type="button"
            aria-label="Previous seeds"
            disabled={first === 0}
            onClick={() => onMove(Math.max(0, first - GRID_SIZE))}
          >
            ←
          </button>
          <p aria-live="polite">Seeds {first}–{seeds.at(-1)}</p>
          <button
            type="button"
            aria-label="Next seeds"
            disabled={seeds.at(-1) === MAX_SEED}
            onClick={() => onMove(Math.min(MAX_SEED - GRID_SIZE + 1, first + GRID_SIZE))}
          >
            →
          </button>
        </div>
      </div>
      <div class="wide" role="group" aria-labelledby="seeds-title" tabIndex={0}>
        <table class="seeds">
          <thead>
            <tr>
              <td class="corner" />
              {seeds.map((seed) => (
                <th key={seed} scope="col">
                  <button
                    type="button"
                    aria-label={`Seed ${seed}`}
                    aria-pressed={seed === current}
                    onClick={() => onPick(seed)}
                  >
                    {seed}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {contenders.map(({ id, name }) => (
              <tr key={id} data-model={id}>
                <th scope="row">{name}</th>
                {seeds.map((seed, column) => (
                  // The heading's button does the same for the keyboard.
                  <td key={column} onClick={() => onPick(seed)}>
                    <canvas
                      ref={cellOf(id, column)}
                      width={width}
                      height={height}
                      role="img"
                      aria-label={`Seed ${seed} of ${name}`}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
