/** Files that a visitor dropped or chose, and which of them are the model's. */

export interface NamedFile {
  /** With its folders, as far as they are known: "models/mine/model.json". */
  path: string;
  file: File;
}

export interface ChosenModel {
  name: string;
  files: File[];
}

/** More than this are somebody's home folder. */
const MOST_FILES = 500;

/** The files beside the uppermost model.json, or all of them where there is none. */
export function chosenModel(files: readonly NamedFile[]): ChosenModel {
  const folders = files.filter(({ path }) => /(^|\/)model\.json$/.test(path))
    .map(({ path }) => path.slice(0, -"model.json".length))
    .sort((a, b) => a.split("/").length - b.split("/").length || (a < b ? -1 : 1));
  const folder = folders.at(0) ?? "";
  const beside = folders.length === 0
    ? files
    : files.filter(({ path }) =>
      path.startsWith(folder) && !path.slice(folder.length).includes("/")
    );
  return {
    name: folder.split("/").at(-2) ?? "Your model",
    files: beside.map(({ file }) => file),
  };
}

export function chosenFiles(files: FileList): NamedFile[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** What was dropped, folders with all that is in them. Throws an Error when that is too much. */
export async function droppedFiles({ items, files }: DataTransfer): Promise<NamedFile[]> {
  // Entries can be asked for only while the drop is handled, so before anything is waited for.
  const entries = [...items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (entries.every((entry) => entry === null)) return chosenFiles(files);
  const found: NamedFile[] = [];
  const waiting = entries.filter((entry) => entry !== null);
  for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
    if (isFile(entry)) {
      found.push({ path: entry.fullPath.replace(/^\//, ""), file: await fileOf(entry) });
    } else {
      waiting.push(...await entriesIn(entry as FileSystemDirectoryEntry));
    }
    if (found.length + waiting.length > MOST_FILES) {
      throw new Error(
        `More than ${MOST_FILES} files were dropped: drop the folder of one model alone`,
      );
    }
  }
  return found;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A reader gives some at a time, and none when there are no more. */
async function entriesIn(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject)
    );
    if (some.length === 0 || all.length > MOST_FILES) return all;
    all.push(...some);
  }
}
