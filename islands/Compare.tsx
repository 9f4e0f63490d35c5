import { useRef } from "preact/hooks";
import type { EngineFiles, Sampler } from "../sampler/mod.ts";
import { type Contender, Contenders } from "./compare/Contenders.tsx";
import { LatentControls } from "./compare/LatentControls.tsx";
import { Results, type Row } from "./compare/Results.tsx";
import { SeedTable } from "./compare/SeedTable.tsx";
import { useAddress } from "./compare/use_address.ts";
import { useDrawing } from "./compare/use_drawing.ts";
import { useInSight } from "./compare/use_in_sight.ts";
import { useSamplers } from "./compare/use_samplers.ts";
import { formatView, gridSeeds, parseView, type View, viewLatent } from "./compare/view.ts";
import { BackendChoices } from "./explorer/BackendChoices.tsx";
import { SeedForm } from "./compare/SeedForm.tsx";

export interface CompareProps {
  /** The data set as the address names it, "" for the one that is shown when it names none. */
  data: string;
  /** In the order of their papers; all take the same latent vectors and give pictures of one size. */
  contenders: (Contender & Row)[];
  latentSize: number;
  imageShape: [height: number, width: number, channels: number];
  wasmFiles: EngineFiles;
  /** The page's query string: the view. */
  search: string;
}

/** Models of one data set, side by side on one latent vector. */
export default function Compare(props: CompareProps) {
  const { data, contenders, latentSize, imageShape: [height, width], wasmFiles, search } = props;
  const [view, change] = useAddress<View>(
    search,
    (search) => parseView(search, latentSize),
    (view) => formatView(view, data),
  );
  const root = useRef<HTMLDivElement>(null);
  const shown = contenders.filter(({ id }) => !view.hidden.includes(id));
  const ids = shown.map(({ id }) => id);
  const inSight = useInSight(root, ids.join());
  /** What has been in sight once is kept: scrolling back must not load it again. */
  const seen = useRef(new Set<string>());
  for (const id of inSight) seen.current.add(id);
  const { outcomes, message, onDrawError } = useSamplers(
    ids.filter((id) => seen.current.has(id)),
    wasmFiles,
    view.backend,
  );
  const drawable = new Map<string, Sampler>();
  for (const [id, outcome] of outcomes) {
    if (inSight.has(id) && typeof outcome === "object" && "loaded" in outcome) {
      drawable.set(id, outcome.loaded);
    }
  }
  const label = formatView(view, data);
  const { canvasesOf, drawn, timing, times } = useDrawing(
    drawable,
    view,
    latentSize,
    label,
    onDrawError,
  );
  const z = viewLatent(view, latentSize);
  const changes = Object.keys(view.pins).length;
  const pictureSize = [height, width] as const;

  return (
    <div class={width > 32 ? "compare has-large-pictures" : "compare"} ref={root}>
      <div class="compare-bench">
        <div class="compare-stage">
          <Contenders
            contenders={shown}
            outcomes={outcomes}
            drawn={drawn}
            pictureSize={pictureSize}
            milliseconds={timing?.milliseconds}
            canvasOf={(id) => canvasesOf(id).sample}
          />
          <p class="compare-caption">
            <span>Seed {view.seed}</span>
            {changes > 0 && <span>{changes} changed</span>}
            <span class="timing">
              {timing &&
                `a sample, each alone on ${timing.backend === "webgpu" ? "WebGPU" : "WASM"}`}
            </span>
          </p>
        </div>

        <div class="compare-controls">
          <div class="compare-choices">
            <SeedForm
              seed={view.seed}
              canReset={changes > 0 || view.truncation !== 1}
              onSeed={(seed, kind) => change({ seed, pins: {} }, kind)}
              onReset={() => change({ pins: {}, truncation: 1 }, "step")}
            />
            <fieldset class="shown">
              <legend>Shown</legend>
              {contenders.map(({ id, name }) => (
                <label key={id}>
                  <input
                    type="checkbox"
                    checked={!view.hidden.includes(id)}
                    autocomplete="off"
                    onChange={(event) => {
                      const others = view.hidden.filter((hidden) => hidden !== id);
                      change({
                        hidden: event.currentTarget.checked ? others : [...others, id],
                      }, "step");
                    }}
                  />
                  <span>{name}</span>
                </label>
              ))}
            </fieldset>
            <BackendChoices
              chosen={view.backend}
              times={times}
              message={message}
              onChoose={(backend) => change({ backend }, "step")}
            />
          </div>
          <LatentControls view={view} z={z} change={change} />
        </div>

        <SeedTable
          contenders={shown}
          seeds={gridSeeds(view)}
          current={changes === 0 ? view.seed : null}
          pictureSize={pictureSize}
          cellOf={(id, column) => canvasesOf(id).cells[column]}
          onPick={(seed) => change({ seed, pins: {} }, "step")}
          onMove={(grid) => change({ grid }, "step")}
        />
      </div>

      <section class="results-section" aria-labelledby="results-title">
        <h2 id="results-title">What was measured</h2>
        <Results
          rows={contenders}
          sorting={view.sorting}
          addressOf={(sorting) => `/compare${formatView({ ...view, sorting }, data)}`}
          onSort={(sorting) => change({ sorting }, "step")}
        />
        <p class="results-note">
          Bars are the figures, marks the place of real images, whiskers the runs from other seeds,
          shorter ones among them, or else the standard error. The distances are in the features of
          ganlet's own classifier, so none of them compares to a published FID. A click on a heading
          sorts.
        </p>
      </section>
    </div>
  );
}
