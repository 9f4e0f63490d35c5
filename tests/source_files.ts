/** Folders at the root that hold no code of ours (deno.json and .gitignore exclude them too). */
const NO_SOURCES = ["dist", "dist-npm", "runs", "data", "models"];

/**
 * Every file below `root` that we wrote, as sorted paths relative to it: without hidden folders,
 * installed packages and what the tasks write.
 */
export async function sourceFiles(root: URL): Promise<string[]> {
  const files: string[] = [];
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for await (const { name, isDirectory, isFile } of Deno.readDir(new URL(folder, root))) {
      const path = folder + name;
      if (isFile) files.push(path);
      const skipped = name.startsWith(".") || name === "node_modules" || NO_SOURCES.includes(path);
      if (isDirectory && !skipped) folders.push(`${path}/`);
    }
  }
  return files.sort();
}

export interface ConfigFolder {
  /** A deno.json. */
  config: string;
  /** The TypeScript files that it governs: those below its folder that no nearer config governs. */
  files: string[];
}

/** Every deno.json among `files` with its TypeScript files, so that a new config needs no new line here. */
export function configFolders(files: string[]): ConfigFolder[] {
  const configs = files.filter((file) => /(^|\/)deno\.jsonc?$/.test(file));
  const folderOf = (path: string) => path.slice(0, path.lastIndexOf("/") + 1);
  const nearest = (file: string) =>
    configs
      .filter((config) => file.startsWith(folderOf(config)))
      .reduce((a, b) => folderOf(b).length > folderOf(a).length ? b : a);
  const sources = files.filter((file) => /\.tsx?$/.test(file));
  return configs.map((config) => ({ config, files: sources.filter((f) => nearest(f) === config) }));
}
