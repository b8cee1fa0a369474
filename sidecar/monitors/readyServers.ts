// Owns the servers that need no set-up but their name, and what is peculiar about the answers of those that we know.
// Names places where a server may lie; looking there is serverProgram.ts's.
import { join } from "node:path";

/** What is peculiar about a server. */
export interface ServerManner {
  /** It lists all names in front of a name that is there, so that a stand-in does no harm. */
  readonly mayStandIn: boolean;
  /** Operands behind which it lists other names where a stand-in follows. */
  readonly standsAlone: RegExp | undefined;
  /** It calls every list incomplete, and lists all there is where nothing is typed. */
  readonly incompleteIsWhole: boolean;
  /** What its hover says of a name that the receiver doesn't have; it says something else where any name will do. */
  readonly unknownName: RegExp | undefined;
  /** A definition of a name that nobody wrote is that of an index signature. */
  readonly definesIndexes: boolean;
  /** Answers to `workspace/configuration`, by section. */
  readonly configuration: Readonly<Record<string, unknown>>;
}

interface ReadyServer {
  readonly manner: ServerManner;
  readonly arguments: readonly string[];
  /** Below a folder `node_modules`, the likelier first. */
  readonly inModules: readonly string[];
  /** Programs to look for on PATH; the second leads from the folder that the program really lies in. */
  readonly onPath: readonly { readonly program: string; readonly from?: readonly string[] }[];
}

const machine = `${process.platform}-${process.arch}`;
const suffix = process.platform === "win32" ? ".exe" : "";
const typescriptProgram = join("@typescript", `typescript-${machine}`, "lib", `tsc${suffix}`);

const plainManner: ServerManner = {
  mayStandIn: false, standsAlone: undefined, incompleteIsWhole: false, unknownName: undefined, definesIndexes: false, configuration: {},
};

const readyServers: Readonly<Record<string, ReadyServer>> = {
  typescript7: {
    manner: { ...plainManner, mayStandIn: true, unknownName: /^any$/, definesIndexes: true },
    arguments: ["--lsp", "--stdio"],
    inModules: [typescriptProgram, join("@typescript", `native-preview-${machine}`, "lib", `tsgo${suffix}`)],
    // From typescript/bin, or typescript/lib, to the package of this machine beside it, or below it.
    onPath: [{ program: "tsc", from: [join("..", "..", typescriptProgram), join("..", "node_modules", typescriptProgram)] }],
  },
  pyright: {
    manner: {
      ...plainManner, mayStandIn: true, incompleteIsWhole: true, unknownName: /: Unknown$/,
      // Which class is meant depends on the name that follows.
      standsAlone: /\bsuper\s*\([^()]*\)\s*\.\s*$/,
      configuration: { "python.analysis": { diagnosticMode: "openFilesOnly", autoImportCompletions: false, typeCheckingMode: "off" } },
    },
    arguments: ["--stdio"],
    inModules: [join("pyright", "langserver.index.js")],
    onPath: [{ program: "pyright-langserver" }],
  },
};

export function isReadyMade(name: string): boolean {
  return Object.hasOwn(readyServers, name);
}

export function readyServer(name: string): ReadyServer | undefined {
  return isReadyMade(name) ? readyServers[name] : undefined;
}

/** Of a server that was named by its program, or by a script that Node runs. */
export function mannerOf(program: string, args: readonly string[]): ServerManner {
  const script = /(?:^|[\\/])node(?:\.exe)?$/.test(program) ? args.find((arg) => !arg.startsWith("-")) : undefined;
  return mannerOfFile(script ?? program);
}

function mannerOfFile(program: string): ServerManner {
  if (/(?:^|[\\/])tsgo(?:\.exe)?$|typescript-[\w-]+[\\/]lib[\\/]tsc(?:\.exe)?$/.test(program)) return readyServers["typescript7"]?.manner ?? plainManner;
  return /pyright/.test(program) ? (readyServers["pyright"]?.manner ?? plainManner) : plainManner;
}
