import { NumberSlider } from "../../components/NumberSlider.tsx";
import { DimensionSliders } from "./DimensionSliders.tsx";
import { AttributeSliders, PrincipalSliders } from "./DirectionSliders.tsx";
import { Tabs } from "./Tabs.tsx";
import type { KnownDirections } from "./use_directions.ts";
import type { Change } from "./use_view.ts";
import { hundredths, type SliderSet, type View, without } from "./view.ts";

interface Props {
  view: View;
  z: Float32Array;
  directions: KnownDirections;
  change: Change;
}

type Tab = "attributes" | "principal" | "dimensions";
const TITLES: Record<Tab, string> = {
  attributes: "Attributes",
  principal: "Principal",
  dimensions: "Dimensions",
};

/** Three ways to move a latent vector: by what it shows, by what moves most, and number by number. */
export function SliderSets({ view, z, directions, change }: Props) {
  const { moves } = view;
  const known = directions.kind === "known" ? directions.directions : null;
  const isExpected = directions.kind === "loading" || directions.kind === "failed";
  const available: Record<Tab, boolean> = {
    attributes: isExpected || (known !== null && known.attributes.length > 0),
    principal: isExpected || (known !== null && known.sefa.length + known.ganspace.length > 0),
    dimensions: true,
  };
  const tabs = (Object.keys(TITLES) as Tab[]).filter((tab) => available[tab]);
  const asked: Tab | null = view.set === "sefa" || view.set === "ganspace" ? "principal" : view.set;
  const tab = asked !== null && available[asked] ? asked : tabs[0];
  const principal = view.set === "ganspace" || !known?.sefa.length ? "ganspace" : "sefa";
  const choose = (set: SliderSet) => change({ set }, "glance");
  const moving = {
    moves,
    onMove: (id: string, offset: number) =>
      change({ moves: { ...moves, [id]: hundredths(offset) } }, "drag"),
    onStay: (id: string) => change({ moves: without(moves, id) }, "step"),
  };
  return (
    <section class="latent" aria-labelledby="latent-title">
      <h2 id="latent-title">Latent vector</h2>
      <Tabs
        id="sliders"
        label="Sets of sliders"
        tabs={tabs.map((tab) => [tab, TITLES[tab]] as const)}
        chosen={tab}
        onChoose={(tab) => choose(tab === "principal" ? "sefa" : tab)}
      >
        {tab === "dimensions"
          ? <DimensionSliders view={view} z={z} change={change} />
          : known === null
          ? (
            <p class="direction-note" role={directions.kind === "failed" ? "alert" : undefined}>
              {directions.kind === "failed" ? directions.message : "Loading the directions …"}
            </p>
          )
          : tab === "attributes"
          ? <AttributeSliders directions={known.attributes} {...moving} />
          : (
            <>
              <div class="segments" role="group" aria-label="Kind of directions">
                {(["sefa", "ganspace"] as const).filter((kind) => known[kind].length > 0).map((
                  kind,
                ) => (
                  <button
                    key={kind}
                    type="button"
                    aria-pressed={kind === principal}
                    onClick={() => choose(kind)}
                  >
                    {kind === "sefa" ? "SeFa" : "GANSpace"}
                  </button>
                ))}
              </div>
              <PrincipalSliders
                key={principal}
                kind={principal}
                directions={known[principal]}
                isAll={view.all}
                onAll={(all) => change({ all }, "glance")}
                {...moving}
              />
            </>
          )}
      </Tabs>
      <div class="truncation">
        <NumberSlider
          label="Truncation"
          name="truncation"
          value={view.truncation}
          min={0}
          max={1}
          step={0.05}
          zero={1}
          changed={view.truncation !== 1}
          onSlide={(value) => change({ truncation: hundredths(value) }, "drag")}
          onReset={() => change({ truncation: 1 }, "step")}
        />
      </div>
    </section>
  );
}
