import { createRef } from "preact";
import { useMemo } from "preact/hooks";
import { CornerTile } from "./CornerTile.tsx";
import { Pad } from "./Pad.tsx";
import { PathStrips } from "./PathStrips.tsx";
import { formatPoint } from "./address.ts";
import type { Painter } from "./use_main_picture.ts";
import type { Change } from "./use_view.ts";
import { useSmallPictures } from "./use_small_pictures.ts";
import { CORNERS, hundredths, type View } from "./view.ts";
import { cornerLatents, type Vectors } from "./view_latent.ts";

interface Props {
  view: View;
  painter: Painter | null;
  vectors: Vectors | null;
  latentSize: number;
  /** [height, width] of the model's pictures. */
  pictureSize: readonly [number, number];
  change: Change;
}

/** Four samples, the ways from A to B, and the sheet between all four. */
export function Travel(props: Props) {
  const { view, painter, vectors, latentSize, pictureSize, change } = props;
  const { t, v } = view;
  const canvases = useMemo(() => CORNERS.map(() => createRef<HTMLCanvasElement>()), []);
  /** Names the corners' latents; null as long as they are not known. */
  const key = vectors && CORNERS.map((name) => formatPoint(view[name])).join(" ");
  const latents = useMemo(
    () => cornerLatents(view, latentSize, vectors ?? undefined),
    [key, latentSize],
  );
  useSmallPictures(
    painter,
    key,
    () => latents.map((z, i) => ({ canvas: canvases[i], z })),
  );
  // Leaving one's own sample for the way between others is a step to go back from; going along it is one drag.
  const travel = (part: Partial<Pick<View, "t" | "v" | "path">>) =>
    change({
      ...part,
      t: hundredths(part.t ?? t ?? 0),
      v: hundredths(part.v ?? v),
      walk: null,
      ...(t === null && { pins: {}, moves: {} }),
    }, "drag");
  const { seed, pins, moves } = view;
  const isPoint = t === null && view.walk === null;
  return (
    <section class="interpolation" aria-labelledby="interpolation-title">
      <h2 id="interpolation-title">Between samples</h2>
      <div class="corners">
        {CORNERS.map((name, i) => (
          <CornerTile
            key={name}
            name={name}
            point={view[name]}
            canvas={canvases[i]}
            pictureSize={pictureSize}
            canTake={isPoint}
            onTake={() => change({ [name]: { seed, pins, moves } }, "step")}
          />
        ))}
      </div>
      <PathStrips
        view={view}
        painter={painter}
        latents={latents}
        latentsKey={key}
        pictureSize={pictureSize}
        onTravel={travel}
      />
      <Pad
        view={view}
        painter={painter}
        latents={latents}
        latentsKey={key}
        pictureSize={pictureSize}
        onTravel={travel}
      />
    </section>
  );
}
