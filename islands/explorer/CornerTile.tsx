import type { RefObject } from "preact";
import { changesOf, type Corner, type Point } from "./view.ts";

interface Props {
  name: Corner;
  point: Point;
  canvas: RefObject<HTMLCanvasElement | null>;
  /** [height, width] of the model's pictures. */
  pictureSize: readonly [number, number];
  /** A sample on the way is no point that a corner could hold: it has no seed. */
  canTake: boolean;
  onTake: () => void;
}

export function CornerTile({ name, point, canvas, pictureSize, canTake, onTake }: Props) {
  const [height, width] = pictureSize;
  const letter = name.toUpperCase();
  const changes = changesOf(point);
  return (
    <div class="endpoint">
      <canvas
        ref={canvas}
        width={width}
        height={height}
        role="img"
        aria-label={`Sample ${letter}`}
      />
      <p>
        <b>{letter}</b> seed {point.seed}
        {changes > 0 && `, ${changes} changed`}
      </p>
      <button
        type="button"
        disabled={!canTake}
        aria-label={`Use current as ${letter}`}
        onClick={onTake}
      >
        Use current
      </button>
    </div>
  );
}
