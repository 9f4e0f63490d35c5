import { createRef } from "preact";
import { useMemo } from "preact/hooks";
import { Slider } from "../../components/Slider.tsx";
import type { Painter } from "./use_main_picture.ts";
import { useSmallPictures } from "./use_small_pictures.ts";
import type { PathKind, View } from "./view.ts";
import { pathLatents } from "./view_latent.ts";

interface Props {
  view: View;
  painter: Painter | null;
  /** Of the corners. */
  latents: readonly Float32Array[];
  latentsKey: string | null;
  /** [height, width] of the model's pictures. */
  pictureSize: readonly [number, number];
  onTravel: (to: { t?: number; v?: number; path?: PathKind }) => void;
}

const FRAMES = 9;
const KINDS: readonly PathKind[] = ["slerp", "lerp"];
const NAMES: Record<PathKind, string> = { slerp: "Round the sphere", lerp: "Straight" };

/** The two ways from A to B, one above the other, and how to go along either. */
export function PathStrips(props: Props) {
  const { view, painter, latents, latentsKey, pictureSize: [height, width], onTravel } = props;
  const { t, path } = view;
  const canvases = useMemo(() => KINDS.map(() => createRef<HTMLCanvasElement>()), []);
  useSmallPictures(
    painter,
    latentsKey,
    () =>
      KINDS.flatMap((kind, row) =>
        pathLatents(latents, kind, FRAMES).map((z, column) => ({
          canvas: canvases[row],
          z,
          column,
        }))
      ),
  );
  const [round, straight] = KINDS.map((kind) => Math.hypot(...pathLatents(latents, kind, 3)[1]));
  return (
    <div class="paths">
      {KINDS.map((kind, i) => (
        <div key={kind} class="path">
          <label>
            <input
              type="radio"
              name="path"
              value={kind}
              checked={kind === path}
              autocomplete="off"
              onChange={() => onTravel({ path: kind })}
            />
            <span>
              {NAMES[kind]} <small>{kind}</small>
            </span>
          </label>
          <div class="strip">
            <canvas
              ref={canvases[i]}
              width={FRAMES * width}
              height={height}
              role="img"
              aria-label={`From A to B, ${NAMES[kind].toLowerCase()}`}
              onClick={(event) => {
                const { left, width } = event.currentTarget.getBoundingClientRect();
                const frame = Math.floor((event.clientX - left) / width * FRAMES);
                onTravel({ path: kind, t: Math.min(1, Math.max(0, frame / (FRAMES - 1))), v: 0 });
              }}
            />
          </div>
        </div>
      ))}
      <Slider
        label="A to B"
        value={t ?? 0}
        min={0}
        max={1}
        step={0.01}
        valueText={t === null ? "not used" : `${Math.round(t * 100)} percent of the way`}
        output={t === null ? "–" : `${Math.round(t * 100)} %`}
        changed={t !== null}
        onSlide={(value) => onTravel({ t: value })}
      />
      <p class="direction-note">
        Half way, the straight line is {straight.toFixed(1)} from the middle and the other{" "}
        {round.toFixed(1)}; nearly all latent vectors are about{" "}
        {Math.round(Math.sqrt(latents[0].length))}, so what the straight line crosses the generator
        hardly knows.
      </p>
    </div>
  );
}
