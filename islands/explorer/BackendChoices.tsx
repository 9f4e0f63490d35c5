import type { Times } from "./use_main_picture.ts";
import type { BackendChoice } from "./view.ts";

interface Props {
  chosen: BackendChoice;
  /** What a sample took on each, in milliseconds, where it is known. */
  times?: Times;
  /** Which backend runs and why. */
  message: string;
  onChoose: (backend: BackendChoice) => void;
}

const CHOICES: [BackendChoice, string][] = [["auto", "Auto"], ["webgpu", "WebGPU"], [
  "wasm",
  "WASM",
]];

export function BackendChoices({ chosen, times = {}, message, onChoose }: Props) {
  return (
    <fieldset class="backend">
      <legend>Computed with</legend>
      {CHOICES.map(([choice, name]) => (
        <label key={choice}>
          <input
            type="radio"
            name="backend"
            value={choice}
            checked={choice === chosen}
            autocomplete="off"
            onChange={() => onChoose(choice)}
          />
          <span>
            {name}
            {choice !== "auto" && times[choice] !== undefined && (
              <small>{times[choice].toFixed(1)} ms</small>
            )}
          </span>
        </label>
      ))}
      <p class="backend-message" role="status">{message}</p>
    </fieldset>
  );
}
