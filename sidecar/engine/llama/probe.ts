// Owns the proof that a library can be loaded, given in a child process, because a broken one takes its process with it.
// The child is the program itself, started with `--probe-library FOLDER`; its entry calls runProbe.
import { spawn } from "node:child_process";
import { LibraryError, openFolder } from "./library";
import type { LibraryFiles } from "./library";
import { openLibrary } from "./symbols";

export const probeFlag = "--probe-library";
const probeWord = "palimpsest-library-ok";
const probeMsMax = 20_000;
const outputMax = 4_096;

/** In the child: loads the library, asserts the layouts, says so on standard output. Returns the exit code. */
export function runProbe(folder: string): number {
  try {
    const { files } = openLibrary(openFolder(folder));
    process.stdout.write(`${probeWord} ${files.release}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

/**
 * In the parent: resolves when the child has loaded the library.
 * @throws LibraryError where it refused, crashed, hung beyond `msMax` or said something else.
 */
export async function probeLibrary(files: Pick<LibraryFiles, "folder" | "release">, entryPath: string, msMax = probeMsMax): Promise<void> {
  const { folder, release } = files;
  const { code, signal, timedOut, output, errors } = await runChild([entryPath, probeFlag, folder], msMax);
  const told = toldBy(errors);
  if (timedOut) {
    throw new LibraryError(`Loading the llama.cpp libraries in ${folder} took more than ${msMax / 1_000} seconds. Try again, or install the package again.`);
  }
  if (code === 1 && told !== "") throw new LibraryError(told);
  if (code !== 0) {
    const end = signal ?? `exit code ${code}`;
    const why = told === "" ? end : `${end}: ${told}`;
    throw new LibraryError(`Loading the llama.cpp libraries in ${folder} crashed (${why}). Install the package again, or another variant.`);
  }
  if (!output.split("\n").includes(`${probeWord} ${release}`)) {
    const answer = JSON.stringify(output.slice(0, 80));
    throw new LibraryError(`Loading the llama.cpp libraries in ${folder} ended with an unexpected answer: ${answer}. Install Palimpsest again.`);
  }
}

/** What went wrong, in a line: an uncaught error stands amid its source and its stack. */
function toldBy(errors: string): string {
  const lines = errors.trim().split("\n");
  return lines.find((line) => /^\w*Error(?: \[\w+\])?: /.test(line)) ?? lines.slice(-3).join(" ");
}

interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
  readonly output: string;
  readonly errors: string;
}

function runChild(args: readonly string[], msMax: number): Promise<ChildEnd> {
  // Inside an editor the executable is Electron, which is Node only when told so.
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: "1" };
  const child = spawn(process.execPath, [...args], { env, stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
  let output = "";
  let errors = "";
  let timedOut = false;
  child.stdout.on("data", (chunk: Buffer) => (output = (output + chunk.toString()).slice(-outputMax)));
  child.stderr.on("data", (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-outputMax)));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
    }, msMax);
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(new LibraryError(`The check of the llama.cpp libraries can't be started: ${error.message}.`));
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, timedOut, output, errors });
    });
  });
}
