import { useEffect, useState } from "preact/hooks";
import { Slider } from "../../components/Slider.tsx";
import type { UsedWalk } from "./use_walk.ts";
import { FASTEST_WALK, hundredths, SLOWEST_WALK } from "./view.ts";

interface Props {
  walk: UsedWalk;
  /** Seeds a second. */
  speed: number;
  onSpeed: (speed: number) => void;
  canPlay: boolean;
}

const TELL_EVERY_MS = 200;

/** A walk from the current seed through those that follow it. */
export function Walk({ walk, speed, onSpeed, canPlay }: Props) {
  const { isPlaying, toggle, position } = walk;
  const [_, tell] = useState(0);
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setInterval(() => tell((n) => n + 1), TELL_EVERY_MS);
    return () => clearInterval(timer);
  }, [isPlaying]);
  return (
    <div class="walk">
      <button type="button" class="primary" disabled={!canPlay} onClick={toggle}>
        {isPlaying ? "Pause" : "Walk"}
      </button>
      <Slider
        label="Speed"
        value={speed}
        min={SLOWEST_WALK}
        max={FASTEST_WALK}
        step={0.1}
        valueText={`${speed.toFixed(1)} seeds a second`}
        output={`${speed.toFixed(1)} /s`}
        onSlide={(value) => onSpeed(hundredths(value))}
      />
      <p class="walk-position">{position().toFixed(2)} seeds from the first</p>
    </div>
  );
}
