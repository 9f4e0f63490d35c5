import type { Ref } from "preact";
import { Slider } from "../../components/Slider.tsx";
import type { Point } from "./view.ts";

interface Props {
  a: Point;
  b: Point;
  t: number | null;
  /** [height, width] of the model's pictures. */
  pictureSize: readonly [number, number];
  canvases: { a: Ref<HTMLCanvasElement | null>; b: Ref<HTMLCanvasElement | null> };
  onSlide: (t: number) => void;
  onTake: (end: "a" | "b") => void;
}

/** Two samples and the way between them on the sphere where latent vectors live. */
export function Interpolation({ a, b, t, pictureSize, canvases, onSlide, onTake }: Props) {
  const [height, width] = pictureSize;
  const end = (name: "a" | "b", { seed, pins }: Point) => {
    const letter = name.toUpperCase();
    const changes = Object.keys(pins).length;
    return (
      <div class="endpoint">
        <canvas
          ref={canvases[name]}
          width={width}
          height={height}
          role="img"
          aria-label={`Sample ${letter}`}
        />
        <p>
          <b>{letter}</b> seed {seed}
          {changes > 0 && `, ${changes} changed`}
        </p>
        {/* A sample on the way is no point that an end could hold: it has no seed. */}
        <button type="button" disabled={t !== null} onClick={() => onTake(name)}>
          Use current
        </button>
      </div>
    );
  };
  return (
    <section class="interpolation" aria-labelledby="interpolation-title">
      <h2 id="interpolation-title">Between two samples</h2>
      <div class="interpolation-row">
        {end("a", a)}
        <Slider
          label={<span class="visually-hidden">From A to B</span>}
          value={t ?? 0}
          min={0}
          max={1}
          step={0.01}
          valueText={t === null ? "not used" : `${Math.round(t * 100)} percent of the way`}
          output={t === null ? "drag to travel from A to B" : `${Math.round(t * 100)} %`}
          changed={t !== null}
          onSlide={onSlide}
        />
        {end("b", b)}
      </div>
    </section>
  );
}
