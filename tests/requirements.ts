/** The programs beside Deno that the tests need: found, installed where that is possible, else named. */
import { findBrowser } from "./browser/executables.ts";

interface Requirement {
  name: string;
  debianPackage: string;
  /** What to do where apt is not there to do it. */
  advice: string;
  isMet(): boolean | Promise<boolean>;
}

const CHROMIUM: Requirement = {
  name: "Chromium",
  debianPackage: "chromium",
  advice: "install Chromium or Chrome, or set CHROMIUM to its path",
  isMet: () => findBrowser("chromium") !== null,
};
const FIREFOX: Requirement = {
  name: "Firefox",
  debianPackage: "firefox-esr",
  advice: "install Firefox, or set FIREFOX to its path",
  isMet: () => findBrowser("firefox") !== null,
};
const WEBGPU: Requirement = {
  name: "a WebGPU adapter for Deno",
  debianPackage: "mesa-vulkan-drivers",
  advice: "install a Vulkan driver (Mesa's llvmpipe does without a GPU)",
  isMet: hasWebGpuAdapter,
};

/**
 * Sees to it that everything is there, by apt where this process is root on Debian or Ubuntu.
 * Returns one line on what is still missing and what to install, or `null` if nothing is.
 */
export async function provideRequirements(browsers: boolean): Promise<string | null> {
  const wanted = browsers ? [WEBGPU, CHROMIUM, FIREFOX] : [WEBGPU];
  const missing = await unmet(wanted);
  if (missing.length === 0) return null;
  if (canInstall()) {
    const packages = missing.map((requirement) => requirement.debianPackage);
    console.log(`Missing: ${names(missing)}. Installing by apt: ${packages.join(" ")}`);
    await install(packages);
  }
  const stillMissing = await unmet(missing);
  if (stillMissing.length === 0) return null;
  const packages = stillMissing.map((requirement) => requirement.debianPackage).join(" ");
  const advice = stillMissing.map((requirement) => requirement.advice).join("; ");
  return `The tests need ${names(stillMissing)}: ${advice} ` +
    `(on Debian, as root: apt-get install ${packages}).`;
}

async function unmet(requirements: Requirement[]): Promise<Requirement[]> {
  const met = await Promise.all(requirements.map((requirement) => requirement.isMet()));
  return requirements.filter((_, i) => !met[i]);
}

function names(requirements: Requirement[]): string {
  return requirements.map((requirement) => requirement.name).join(", ");
}

function canInstall(): boolean {
  return Deno.build.os === "linux" && Deno.uid() === 0 && isFile("/usr/bin/apt-get");
}

async function install(packages: string[]): Promise<void> {
  const apt = (...args: string[]) =>
    new Deno.Command("/usr/bin/apt-get", {
      args: ["-q", "-o", "Acquire::Retries=3", ...args],
      env: { DEBIAN_FRONTEND: "noninteractive" },
      stdin: "null",
    }).spawn().status;
  await apt("update");
  // One call each: a name that Ubuntu does not know must not keep the others from being installed.
  for (const name of packages) await apt("install", "-y", "--no-install-recommends", name);
}

/** Asked in a process of its own: the Vulkan loader reads its drivers once, before an install changes them. */
async function hasWebGpuAdapter(): Promise<boolean> {
  const ask = "Deno.exit(await navigator.gpu.requestAdapter() === null ? 1 : 0)";
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", "--unstable-webgpu", ask],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
