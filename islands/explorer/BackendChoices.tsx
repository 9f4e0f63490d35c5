import type { BackendChoice } from "./view.ts";

interface Props {
  chosen: BackendChoice;
  /** Which backend runs and why. */
  message: string;
  onChoose: (backend: BackendChoice) => void;
}

const CHOICES: [BackendChoice, string][] = [["auto", "Auto"], ["webgpu", "WebGPU"], [
  "wasm",
  "WASM",
]];

export function BackendChoices({ chosen, message, onChoose }: Props) {
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
          <span>{name}</span>
        </label>
      ))}
      <p class="backend-message" role="status">{message}</p>
    </fieldset>
  );
}
