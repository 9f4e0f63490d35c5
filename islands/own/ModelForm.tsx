import { chosenFiles, type NamedFile } from "./dropped.ts";

interface Props {
  /** The address in the field. */
  address: string;
  /** A model on this site, to try with. */
  example: string | null;
  isReading: boolean;
  /** How much was read so far, in words. */
  progress: string;
  problem: string;
  onType: (address: string) => void;
  onAddress: (address: string) => void;
  onFiles: (files: NamedFile[]) => void;
  onStop: () => void;
}

/** The ways in which a model comes to the page. Dropping works everywhere on it. */
export function ModelForm(props: Props) {
  const { address, example, isReading, progress, problem, onAddress, onFiles, onStop } = props;
  return (
    <div class="own-ways">
      <div class="drop">
        <p>Drop a model's folder or its files here</p>
        <div class="drop-buttons">
          <FileButton label="Choose files" onFiles={onFiles} />
          <FileButton label="Choose a folder" isFolder onFiles={onFiles} />
        </div>
      </div>
      <form
        class="own-address"
        onSubmit={(event) => {
          event.preventDefault();
          if (address.trim() !== "") onAddress(address);
        }}
      >
        <label>
          <span>Or the address of its folder</span>
          <input
            type="text"
            inputMode="url"
            autocomplete="off"
            spellcheck={false}
            placeholder="https://…/my-model/"
            value={address}
            onInput={(event) => props.onType(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary" disabled={isReading}>Open</button>
        {example && (
          <button type="button" disabled={isReading} onClick={() => onAddress(example)}>
            Try one of ours
          </button>
        )}
      </form>
      <div class="own-status">
        <p role="status">{progress}</p>
        {isReading && <button type="button" onClick={onStop}>Stop</button>}
      </div>
      <div role="alert">
        {problem && <p class="own-problem">{problem}</p>}
      </div>
    </div>
  );
}

interface FileButtonProps {
  label: string;
  isFolder?: boolean;
  onFiles: (files: NamedFile[]) => void;
}

function FileButton({ label, isFolder = false, onFiles }: FileButtonProps) {
  return (
    <label class="file-button">
      <input
        type="file"
        multiple
        {...(isFolder && { webkitdirectory: true })}
        onChange={(event) => {
          const { files } = event.currentTarget;
          if (files && files.length > 0) onFiles(chosenFiles(files));
          event.currentTarget.value = ""; // the same files may be chosen again, once they are mended
        }}
      />
      <span>{label}</span>
    </label>
  );
}
