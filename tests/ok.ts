/**
 * `deno task ok`: format, lint and types of every config in the repository, and the direction of imports.
 * Configs are found by walking, so that a new one is checked from its first day.
 */
import { configFolders, sourceFiles } from "./source_files.ts";

const ROOT = new URL("../", import.meta.url);

interface Step {
  name: string;
  cwd: URL;
  args: string[];
}

const configs = configFolders(await sourceFiles(ROOT));
const steps: Step[] = configs.flatMap(({ config, files }) => {
  const folder = config.slice(0, config.lastIndexOf("/") + 1);
  const cwd = new URL(folder, ROOT);
  const inFolder = files.map((file) => file.slice(folder.length));
  const format = { name: `fmt --check  ${config}`, cwd, args: ["fmt", "--check"] };
  if (files.length === 0) return [format]; // a list of packages alone, which need not be downloaded here
  return [
    format,
    { name: `lint  ${config}`, cwd, args: ["lint"] },
    // Named one by one: a nested folder's files need their own config's packages.
    {
      name: `check  ${config} (${files.length} files)`,
      cwd,
      args: ["check", "--frozen", ...inFolder],
    },
  ];
});
const graphTest = ["test", "-A", "--no-check", "tests/import_graph_test.ts"];
steps.push({ name: "import graph", cwd: ROOT, args: graphTest });

const failed: string[] = [];
for (const { name, cwd, args } of steps) {
  const start = performance.now();
  const command = new Deno.Command(Deno.execPath(), { args, cwd, stdin: "null" });
  const { success, stdout, stderr } = await command.output();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${success ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
  if (success) continue;
  failed.push(name);
  await Deno.stdout.write(stdout);
  await Deno.stderr.write(stderr);
}
if (failed.length > 0) {
  console.log(`\n${failed.length} of ${steps.length} failed: ${failed.join("; ")}`);
  Deno.exit(1);
}
