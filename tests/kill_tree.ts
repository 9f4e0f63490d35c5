/** Kills a process and all that it started. Browsers leave their parent's group, so groups do not do. */
export function killTree(pid: number): void {
  for (const process of [pid, ...descendants(pid)]) {
    try {
      Deno.kill(process, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // ended meanwhile
    }
  }
}

/** Read from Linux's /proc; elsewhere none are found, and only the process itself is killed. */
function descendants(pid: number): number[] {
  if (Deno.build.os !== "linux") return [];
  const children = new Map<number, number[]>();
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // `pid (command) state parent …`, and the command may hold spaces and parentheses
      const stat = Deno.readTextFileSync(`/proc/${name}/stat`);
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch { /* ended meanwhile */ }
  }
  const found = [pid];
  for (const process of found) found.push(...(children.get(process) ?? []));
  return found.slice(1);
}
